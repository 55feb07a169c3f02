"""The board: every reader's points for every paper, a block of readers at a time.

A reader's points for a paper are a sum of parts (terms, liked and disliked papers, meanings,
authors, categories, signals). A part is one product of who asks for what with what fits
which paper, so no step looks at one reader and one paper alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import add, attrgetter
from typing import Any

import numpy as np

from digest.core.edition import Match, Reason
from digest.core.paper import Paper, PaperId
from digest.core.rank.matrices import Flags, Floats, Ints, row_numbers
from digest.core.rank.meanings import Meanings
from digest.core.rank.part import Part, WishPart
from digest.core.rank.parts import Parts
from digest.core.rank.pool import Pool
from digest.core.rank.product import Earned
from digest.core.rank.results import Profile
from digest.core.rank.scale import SIGNAL_POINTS, score_of
from digest.core.rank.sheet import Sheet
from digest.core.rank.signals import signal_reasons

_points_of = attrgetter("points")
_MOST_READERS = 4096  # what the packed sorting keys have room for
_MOST_CELLS = 1 << 18  # of a sheet, readers times papers: it is to fit a processor's cache


class Board:
    """Profiles compiled against a pool.

    Args:
        pool: the papers.
        profiles: the readers.
        liked: texts of liked, saved and disliked papers that are not in the pool.
        meanings: vectors of what readers say and like, or None to go by words alone.
        tail: what share of their points papers keep that do not quite match.
    """

    def __init__(
        self,
        pool: Pool,
        profiles: Sequence[Profile],
        *,
        liked: Mapping[PaperId, Paper],
        meanings: Meanings | None = None,
        tail: float = 0.0,
    ) -> None:
        self._pool = pool
        self._readers = len(profiles)
        weights = np.array([profile.trending_weight for profile in profiles], np.float32)
        self._esteemed: Floats = SIGNAL_POINTS * weights
        texts = {paper.id: paper for paper in pool.papers} | dict(liked)
        parts = Parts(pool, profiles, texts, meanings=meanings, tail=tail)
        self._by_wish: tuple[WishPart, ...] = (*parts.by_terms(),)
        self._authors = parts.by_authors()
        facets = (self._authors, parts.by_categories())
        self._others: tuple[Part, ...] = (
            *parts.by_liked(),
            *parts.by_disliked(),
            *(facet for facet in facets if facet.is_asked_for),
        )

    def sheets(self) -> Iterator[Sheet]:
        """Yield all points, for so many readers at a time that memory stays flat."""
        step = max(1, min(_MOST_READERS, _MOST_CELLS // max(len(self._pool.papers), 1)))
        for start in range(0, self._readers, step):
            yield self.sheet(range(start, min(start + step, self._readers)))

    def sheet(self, readers: range) -> Sheet:
        """Return all points of these readers, also those that were pushed below zero."""
        earned = self._earned(readers)
        tables = [part.toarray() for part in self._added(earned, readers) if part.nnz]
        nothing = np.zeros((len(readers), len(self._pool.papers)), np.float32)
        points: Floats = reduce(add, tables or [nothing])
        if self._pool.esteem.any():
            weights = self._esteemed[readers.start : readers.stop]
            points += weights[:, None] * self._pool.esteem * (points > 0)
        return Sheet(readers, points, self._followed(readers), earned)

    def touched(self, readers: range) -> Flags:
        """Return where anything matches, readers x papers, though points may add up to none."""
        touched = np.zeros((len(readers), len(self._pool.papers)), np.bool_)
        for part in self._added(self._earned(readers), readers):
            touched[row_numbers(part), part.indices] = True
        return touched

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers of the pool."""
        return self._pool.papers

    def look_up(self, readers: Ints, papers: Ints) -> None:
        """Find together what the matches will tell of: for each of these readers, one paper."""
        for part in self._by_wish:
            part.look_up(readers, papers)

    def matches(self, reader: int, papers: Ints, points: Floats) -> tuple[Match, ...]:
        """Return matches with their reasons, strongest first."""
        esteemed = float(self._esteemed[reader])
        parts = (*self._by_wish, *self._others)
        told = zip(*(part.reasons(reader, papers) for part in parts), strict=True)
        return tuple(
            Match(
                paper=self._pool.papers[paper],
                score=score_of(earned),
                reasons=self._reasons(
                    paper, esteemed, [reason for part in reasons for reason in part]
                ),
            )
            for paper, earned, reasons in zip(papers.tolist(), points.tolist(), told, strict=True)
        )

    def _earned(self, readers: range) -> tuple[Earned, ...]:
        return tuple(part.product.earned(readers) for part in self._by_wish)

    def _added(self, earned: Sequence[Earned], readers: range) -> Iterator[Any]:
        """Yield what points add up from, readers x papers, sparse."""
        yield from (each.by_reader() for each in earned)
        yield from (part.points(readers) for part in self._others)

    def _followed(self, readers: range) -> Flags:
        if not self._authors.is_asked_for:
            return np.zeros((len(readers), len(self._pool.papers)), np.bool_)
        followed: Flags = self._authors.points(readers).toarray() > 0
        return followed

    def _reasons(self, paper: int, esteemed: float, reasons: list[Reason]) -> tuple[Reason, ...]:
        earned = esteemed * float(self._pool.esteem[paper])
        if earned and sum(map(_points_of, reasons)) > 0:
            signals = self._pool.papers[paper].signals
            reasons = [*reasons, *signal_reasons(signals, earned)]
        return tuple(sorted(reasons, key=_points_of, reverse=True))
