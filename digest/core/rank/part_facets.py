"""The facets' part: fixed points for what a paper either has or has not.

Followed authors and categories are facets. Having several that a reader asked for earns no
more than having one.
"""

from collections.abc import Sequence
from typing import Any

from digest.core.edition import Reason, ReasonKind
from digest.core.rank.matrices import Ints, Lookup, one_hot, row_of
from digest.core.rank.wishes import Wishes


class FacetPart:
    """Points by one kind of facet.

    Args:
        kind: what the reasons are called.
        points: what having the facet earns.
        wishes: who asked for which facet.
        papers_with: for each distinct facet, the numbers of the papers that have it.
        papers: how many papers there are.
    """

    def __init__(
        self,
        *,
        kind: ReasonKind,
        points: float,
        wishes: Wishes[str],
        papers_with: Sequence[Sequence[int]],
        papers: int,
    ) -> None:
        self._kind = kind
        self._points = points
        self._wishes = wishes
        self._having = one_hot(papers_with, papers)
        self._lookup = Lookup(self._having)

    @property
    def is_asked_for(self) -> bool:
        """True when any reader asks for any of the facets."""
        return bool(self._wishes.distinct)

    def points(self, readers: range) -> Any:
        """Return the points of these readers, readers x papers, sparse."""
        found = self._wishes.asked[readers.start : readers.stop] @ self._having
        found.data[:] = self._points
        return found

    def reasons(self, reader: int, papers: Ints) -> list[list[Reason]]:
        """Return, for each of these papers, which facets it has."""
        facets, _ = row_of(self._wishes.asked, reader)
        if not len(facets):
            return [[] for _ in papers]
        has = self._lookup.at(facets, papers) > 0
        return [self._told(facets[has[:, column]]) for column in range(len(papers))]

    def _told(self, facets: Ints) -> list[Reason]:
        names = [self._wishes.distinct[facet] for facet in facets]
        share = self._points / max(len(names), 1)
        return [Reason(kind=self._kind, text=name, points=share) for name in names]
