"""The disliked papers' part: points taken off for resembling what a reader disliked.

Rocchio's rule: what a reader wants lies towards the papers that were liked and, by a smaller
share, away from those that were not (Manning, Raghavan and Schütze, "Introduction to
Information Retrieval", 2008, section 9.1.1).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from digest.core.edition import Reason, ReasonKind
from digest.core.paper import Paper, PaperId
from digest.core.rank.likeness import Likeness
from digest.core.rank.matrices import Floats, Ints, row_numbers, row_of
from digest.core.rank.scale import likeness_ideal
from digest.core.rank.wishes import Wishes

GAMMA = 0.25  # Rocchio's weight of what is not wanted; of what is wanted it is one
FLOOR = 0.08  # the cosine up to which papers share no more than their field


class DislikedPart:
    """Takes points off by the cosine to the centroid of a reader's disliked papers.

    The centroid has length one, so that a neighbour of one of many disliked papers sinks too.

    Args:
        likeness: the papers of the pool, as vectors.
        wishes: who disliked which paper.
        disliked: the papers of ``wishes.distinct``.
    """

    def __init__(
        self, likeness: Likeness, wishes: Wishes[PaperId], disliked: Sequence[Paper]
    ) -> None:
        self._likeness = likeness
        self._asked = wishes.asked
        self._disliked = tuple(disliked)
        self._vectors = likeness.vectors(self._disliked)
        sums = wishes.asked @ self._vectors
        self._lengths: Floats = np.sqrt(np.asarray(sums.multiply(sums).sum(axis=1)).ravel())
        self._counts = wishes.per_reader

    def points(self, readers: range) -> Any:
        """Return the points of these readers, readers x papers, sparse; none is above zero."""
        asked = self._asked[readers.start : readers.stop]
        sums = self._likeness.cosines(asked @ self._vectors)
        taken = -self._shares(row_numbers(sums) + readers.start, sums.data)
        found = sparse.csr_array((taken, sums.indices, sums.indptr), shape=sums.shape)
        found.eliminate_zeros()
        return found

    def reasons(self, reader: int, papers: Ints) -> list[list[Reason]]:
        """Return, for each of these papers, the disliked paper that it resembles most."""
        disliked, _ = row_of(self._asked, reader)
        if not len(disliked):
            return [[] for _ in papers]
        cosines = self._likeness.cosines_with(papers, self._vectors[disliked])
        taken = self._shares(np.full(len(papers), reader), cosines.sum(axis=0)).tolist()
        nearest = disliked[np.argmax(cosines, axis=0)].tolist()
        return [
            [Reason(ReasonKind.DISLIKED, self._disliked[near].title, points=-share)]
            if share > 0
            else []
            for near, share in zip(nearest, taken, strict=True)
        ]

    def _shares(self, readers: Ints, sums: Floats) -> Floats:
        """Return what sums of cosines to each reader's disliked papers cost, in points."""
        above = np.maximum(sums - FLOOR * self._counts[readers], 0)
        cosines = above / np.maximum(self._lengths[readers], 1)
        shares: Floats = (GAMMA / likeness_ideal(1) * cosines).astype(np.float32)
        return shares
