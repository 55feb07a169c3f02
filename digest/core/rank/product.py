"""Products: who asks for what, times what fits which paper; what most points come from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from digest.core.rank.matrices import Floats, Ints, Lookup, row_of


@dataclass(frozen=True, slots=True)
class Earned:
    """What each wish of some readers brings to papers, not yet added up.

    Attributes:
        wishes: the wish of each asking; a reader's askings stand side by side.
        firsts: where each reader's askings begin, then where all end.
        brought: askings x papers, sparse: points.
    """

    wishes: Ints
    firsts: Ints
    brought: Any

    @property
    def rows(self) -> Ints:
        """The reader of each asking, counted from the first."""
        return np.repeat(np.arange(len(self.firsts) - 1), np.diff(self.firsts))

    def by_reader(self) -> Any:
        """Return readers x papers, sparse, with one entry for each wish that fits a paper."""
        data = (self.brought.data, self.brought.indices, self.brought.indptr[self.firsts])
        return sparse.csr_array(data, shape=(len(self.firsts) - 1, self.brought.shape[1]))


class Product:
    """Points of readers for papers through what the readers wish for.

    Args:
        asked: readers x wishes, sparse: what a fit of one is worth.
        fits: wishes x papers, sparse: how well a wish fits a paper.
    """

    def __init__(self, asked: Any, fits: Any) -> None:
        self._asked = asked
        self._fits = fits

    def earned(self, readers: range) -> Earned:
        """Return the points of these readers by what they ask for.

        To copy the rows of all that is asked for, and to add up what stands in one place when
        they are spread out, is twice as quick as a sparse product.
        """
        firsts = self._asked.indptr[readers.start : readers.stop + 1]
        own = slice(firsts[0], firsts[-1])
        wishes = self._asked.indices[own]
        brought = self._fits[wishes]
        brought.data *= np.repeat(self._asked.data[own], np.diff(brought.indptr))
        return Earned(wishes, firsts - firsts[0], brought)

    def of_each(self, reader: int, papers: Ints) -> tuple[Ints, Floats]:
        """Return one reader's wishes, and what each brings to these papers, wishes x papers."""
        wishes, weights = row_of(self._asked, reader)
        points: Floats = weights[:, None] * self._fit.at(wishes, papers)
        return wishes, points

    @cached_property
    def _fit(self) -> Lookup:
        return Lookup(self._fits)
