"""Bars: what keeps a paper from a reader whatever its points.

Excluded words and authors, being liked, saved or disliked already, and not being among the
reader's candidates.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.core.paper import PaperId
from digest.core.rank.matrices import Flags, one_hot, row_numbers
from digest.core.rank.names import is_same, name_of
from digest.core.rank.occurrences import find
from digest.core.rank.pool import Pool
from digest.core.rank.results import Profile
from digest.core.rank.sheet import Sheet
from digest.core.rank.terms import phrase
from digest.core.rank.wishes import (
    Wishes,
    disliked_of,
    excluded_authors_of,
    exclusions_of,
    liked_of,
)
from digest.core.subscriber import Interests

Candidates = Sequence[NDArray[np.bool_] | NDArray[np.integer[Any]] | None]


class Bars:
    """Bars for each reader and paper.

    Args:
        pool: the papers.
        profiles: the readers.
        candidates: per reader a mask or the numbers of the papers that come into question,
            or None where all do.
    """

    def __init__(
        self, pool: Pool, profiles: Sequence[Profile], candidates: Candidates | None
    ) -> None:
        self._pool = pool
        self._profiles = profiles
        self._candidates = candidates
        papers, texts = len(pool.papers), pool.index.size
        excluded = exclusions_of(profiles)
        self._numbers = {words: number for number, words in enumerate(excluded.distinct)}
        self._found = find(pool.index, pool.index.full, excluded.distinct)
        containing = self._found.presence(phrases=len(self._numbers), size=texts, texts=papers)
        products = (
            (excluded.asked, containing),
            _by_authors(pool, excluded_authors_of(profiles)),
            _themselves(pool, liked_of(profiles, pool.number_of)),
            _themselves(pool, disliked_of(profiles, pool.number_of)),
        )
        self._products = [each for each in products if all(matrix.nnz for matrix in each)]

    def free(self, sheet: Sheet) -> Sheet:
        """Return the sheet without what is barred."""
        barred = self._barred(sheet.readers)
        if self._candidates is None and not any(each.nnz for each in barred):
            return sheet
        return sheet.only(self._without(barred, sheet.readers))

    def allowed(self, readers: range) -> Flags:
        """Return which papers are not barred from these readers, readers x papers."""
        return self._without(self._barred(readers), readers)

    def why(self, reader: int, paper: int) -> str:
        """Say why a paper is barred from a reader, or "" when it was never considered."""
        interests = self._profiles[reader].interests
        for text in interests.exclude:
            if words := phrase(text):
                key = np.array([self._numbers[words] * self._pool.index.size + paper])
                in_title, in_abstract = self._found.at(key)
                if in_title[0] or in_abstract[0]:
                    place = "title" if in_title[0] else "abstract"
                    return f'excluded: "{text.strip()}" in the {place}'
        return self._why_author(interests, paper) or self._why_picked(interests, paper)

    def _why_author(self, interests: Interests, paper: int) -> str:
        written = [name_of(author) for author in self._pool.papers[paper].authors]
        for author in interests.exclude_authors:
            if any(is_same(name_of(author), each) for each in written):
                return f'excluded: the author "{author.strip()}"'
        return ""

    def _why_picked(self, interests: Interests, paper: int) -> str:
        picked = self._pool.papers[paper].id
        given = {
            "disliked": interests.disliked,
            "saved": interests.saved,
            "liked": interests.liked,
            "in the library": interests.library,
        }
        return next((f"{verdict} already" for verdict in given if picked in given[verdict]), "")

    def _barred(self, readers: range) -> list[Any]:
        asked = slice(readers.start, readers.stop)
        return [wished[asked] @ having for wished, having in self._products]

    def _without(self, barred: Sequence[Any], readers: range) -> Flags:
        free = self._considered(readers)
        for each in barred:
            free[row_numbers(each), each.indices] = False
        return free

    def _considered(self, readers: range) -> Flags:
        shape = (len(readers), len(self._pool.papers))
        if self._candidates is None:
            return np.ones(shape, np.bool_)
        considered = np.zeros(shape, np.bool_)
        for row, candidates in enumerate(self._candidates[readers.start : readers.stop]):
            considered[row, slice(None) if candidates is None else candidates] = True
        return considered


def _by_authors(pool: Pool, wishes: Wishes[str]) -> tuple[Any, Any]:
    return wishes.asked, one_hot(pool.authors.papers_by(wishes.distinct), len(pool.papers))


def _themselves(pool: Pool, wishes: Wishes[PaperId]) -> tuple[Any, Any]:
    own = one_hot([[pool.number_of[each]] for each in wishes.distinct], len(pool.papers))
    return wishes.asked, own
