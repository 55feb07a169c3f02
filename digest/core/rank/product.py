"""Products: who asks for what, times what fits which paper; what most points come from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from digest.core.rank.lists import Lists
from digest.core.rank.matrices import Floats, Ints, Lookup, joined_rows, row_of, scaled_rows


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
        return joined_rows(self.brought, self.firsts)


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
        """Return the points of these readers by what they ask for."""
        firsts = self._asked.indptr[readers.start : readers.stop + 1]
        own = slice(firsts[0], firsts[-1])
        wishes, weights = self._asked.indices[own], self._asked.data[own]
        return Earned(wishes, firsts - firsts[0], scaled_rows(self._fits, wishes, weights))

    def of_each(self, reader: int, papers: Ints) -> tuple[Ints, Floats]:
        """Return one reader's wishes, and what each brings to these papers, wishes x papers."""
        wishes, weights = row_of(self._asked, reader)
        points: Floats = weights[:, None] * self._fit.at(wishes, papers)
        return wishes, points

    def met(self, readers: Ints, papers: Ints) -> tuple[Ints, Ints]:
        """Return the wishes of each of these readers that fit its paper, and which paper."""
        wished = Lists(self._asked.indices, np.diff(self._asked.indptr)).of(readers)
        asked_of = papers[wished.rows]
        fits = self._fit.each(wished.values, asked_of) != 0
        return wished.values[fits], asked_of[fits]

    @cached_property
    def _fit(self) -> Lookup:
        return Lookup(self._fits)
