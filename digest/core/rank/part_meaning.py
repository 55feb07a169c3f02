"""The meanings' part: points for papers that are near in meaning, whatever words they use.

Keywords, free words and liked papers come to points in the same way: what the nearness of
each to a paper exceeds the floor by, weighed and added up.
"""

from collections.abc import Callable
from typing import Any

from digest.core.edition import Reason, ReasonKind
from digest.core.rank.matrices import Floats, Ints, row_numbers
from digest.core.rank.product import Product
from digest.core.rank.view import View
from digest.core.text import clip

_MOST_TOLD = 2
_LONGEST = 120  # of what is told, in characters: free words go on and on


class MeaningPart:
    """Points by the nearness of a reader's wishes to papers.

    Args:
        view: the papers of the pool.
        seen: one vector a distinct wish, as ``View.seen`` gives them.
        least: the cosine that makes a paper a match.
        asked: readers x wishes, sparse: how many points a nearness of one is worth.
        told: what a reader calls a wish, by the two numbers.

    Attributes:
        product: who asks for what, times how near papers are to it.
    """

    def __init__(
        self,
        view: View,
        seen: Floats,
        *,
        least: float,
        asked: Any,
        told: Callable[[int, int], str],
    ) -> None:
        self.product = Product(asked, view.nearness(seen, least=least))
        self._told = told

    def points(self, readers: range) -> Any:
        """Return the points of these readers, readers x papers, sparse."""
        return self.product.earned(readers).by_reader()

    def reasons(self, reader: int, papers: Ints) -> list[list[Reason]]:
        """Return, for each of these papers, the wishes it is nearest to."""
        wishes, points = self.product.of_each(reader, papers)
        return [self._nearest(reader, wishes, column) for column in points.T]

    def look_up(self, readers: Ints, papers: Ints) -> None:
        """See ``WishPart``; nothing need be found."""

    def _nearest(self, reader: int, wishes: Ints, points: Floats) -> list[Reason]:
        """Tell of the strongest ones; what the others add goes to them in proportion."""
        strongest = [place for place in (-points).argsort(kind="stable") if points[place] > 0]
        shown = strongest[:_MOST_TOLD]
        share = float(points.sum() / points[shown].sum()) if shown else 0.0
        return [
            Reason(
                kind=ReasonKind.MEANING,
                text=clip(self._told(reader, int(wishes[place])), _LONGEST),
                points=float(points[place]) * share,
            )
            for place in shown
        ]


def weighted(asked: Any, worth: Floats) -> Any:
    """Return who asks for what, weights below zero left out, times what a reader's are worth."""
    result = asked.copy()
    result.data = result.data.clip(min=0) * worth[row_numbers(asked)]
    result.eliminate_zeros()
    return result
