"""The liked papers' part: points for resembling what a reader liked."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from digest.core.edition import Reason, ReasonKind
from digest.core.paper import Paper, PaperId
from digest.core.rank.likeness import Likeness
from digest.core.rank.matrices import Ints, row_numbers, row_of
from digest.core.rank.scale import keyword_share, likeness_ideal
from digest.core.rank.wishes import Wishes

FLOOR = 0.02  # the cosine of papers that share no more than their language
_BELOW_FLOOR = 0.01
_MOST_TOLD = 2
_ALIKE = 0.5  # of the best cosine: from there on another liked paper is told beside the best one


class LikedPart:
    """Points by the mean cosine to a reader's liked papers.

    Args:
        likeness: the papers of the pool, as vectors.
        wishes: who likes which paper.
        liked: the papers of ``wishes.distinct``.
        terms: how many terms each reader has; they share the say.
        tail: what share of its points a paper keeps that hardly resembles.
        say: what share of the say words have, beside meaning.
    """

    def __init__(
        self,
        likeness: Likeness,
        wishes: Wishes[PaperId],
        liked: Sequence[Paper],
        *,
        terms: Ints,
        tail: float,
        say: float = 1.0,
    ) -> None:
        self._likeness = likeness
        self._asked = wishes.asked
        self._liked = tuple(liked)
        self._vectors = likeness.vectors(self._liked)
        self._counts = wishes.per_reader
        self._scales = np.array(
            [
                say * _scale(count, terms=beside)
                for count, beside in zip(self._counts.tolist(), terms.tolist(), strict=True)
            ],
            np.float32,
        )
        self._tail = tail * _BELOW_FLOOR

    def points(self, readers: range) -> Any:
        """Return the points of these readers, readers x papers, sparse."""
        likes = self._asked[readers.start : readers.stop]
        found = self._likeness.cosines(likes @ self._vectors)
        rows = row_numbers(found) + readers.start
        found.data /= self._counts[rows]
        found.data = self._scales[rows] * self._above_floor(found.data)
        found.eliminate_zeros()
        return found

    def reasons(self, reader: int, papers: Ints) -> list[list[Reason]]:
        """Return, for each of these papers, the liked papers it resembles most."""
        likes, _ = row_of(self._asked, reader)
        if not len(likes):
            return [[] for _ in papers]
        cosines = self._likeness.cosines_with(papers, self._vectors[likes])
        points = self._scales[reader] * self._above_floor(cosines.mean(axis=0))
        nearest = np.argsort(-cosines, axis=0, kind="stable")[:_MOST_TOLD]
        return [
            self._told(likes[near], cosines[near, column], float(points[column]))
            for column, near in enumerate(nearest.T)
        ]

    def _above_floor(self, cosines: Any) -> Any:
        return np.maximum(cosines - FLOOR, 0) + self._tail * cosines

    def _told(self, nearest: Ints, cosines: Any, points: float) -> list[Reason]:
        """Tell of the nearest ones, the best first; they share all the points."""
        if points <= 0:
            return []
        told = (cosines > 0) & (cosines >= _ALIKE * cosines[0])
        shares = points * cosines[told] / cosines[told].sum()
        return [
            Reason(kind=ReasonKind.LIKED, text=self._liked[number].title, points=float(share))
            for number, share in zip(nearest[told], shares, strict=True)
        ]


def _scale(liked: int, *, terms: int) -> float:
    if not liked:
        return 0.0
    say = 1 - keyword_share(liked) if terms else 1.0
    return say / likeness_ideal(liked)
