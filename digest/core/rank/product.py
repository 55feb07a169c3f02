"""Products: who asks for what, times what fits which paper; what most points come from."""

from functools import cached_property
from typing import Any

from digest.core.rank.matrices import Floats, Ints, Lookup, row_of


class Product:
    """Points of readers for papers through what the readers wish for.

    Args:
        asked: readers x wishes, sparse: what a fit of one is worth.
        fits: wishes x papers, sparse: how well a wish fits a paper.
    """

    def __init__(self, asked: Any, fits: Any) -> None:
        self._asked = asked
        self._fits = fits

    def points(self, readers: range) -> Any:
        """Return the points of these readers, readers x papers, sparse."""
        return self._asked[readers.start : readers.stop] @ self._fits

    def of_each(self, reader: int, papers: Ints) -> tuple[Ints, Floats]:
        """Return one reader's wishes, and what each brings to these papers, wishes x papers."""
        wishes, weights = row_of(self._asked, reader)
        points: Floats = weights[:, None] * self._fit.at(wishes, papers)
        return wishes, points

    def of_one(self, readers: Ints, wishes: Ints, rows: Ints, papers: Ints) -> Floats:
        """Return what one wish of each reader brings to some papers.

        To spread a reader's row out and read it here and there is much quicker than to look
        each entry up.

        Args:
            readers: the readers, all different.
            wishes: of each reader, one that some part knows.
            rows: of each entry, the place of its reader in ``readers``.
            papers: of each entry, the paper.
        """
        weights = self._worth.pairs(readers, wishes)
        fits: Floats = self._fits[wishes].toarray()
        return weights[rows] * fits[rows, papers]

    @cached_property
    def _fit(self) -> Lookup:
        return Lookup(self._fits)

    @cached_property
    def _worth(self) -> Lookup:
        return Lookup(self._asked)
