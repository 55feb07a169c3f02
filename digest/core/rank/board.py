"""The board: every reader's points for every paper, a block of readers at a time.

A reader's points for a paper are a sum of parts (terms, liked and disliked papers, meanings,
authors, categories, signals). A part is one sparse product of who asks for what with what
fits which paper, so no step looks at one reader and one paper alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import add

import numpy as np

from digest.core.edition import Match, Reason
from digest.core.paper import Paper, PaperId
from digest.core.rank.block import Block
from digest.core.rank.leads import Leads
from digest.core.rank.matrices import Flags, Floats, Ints, row_numbers
from digest.core.rank.meanings import Meanings
from digest.core.rank.part import Part
from digest.core.rank.parts import Parts
from digest.core.rank.pool import Pool
from digest.core.rank.results import Profile
from digest.core.rank.scale import SIGNAL_POINTS, score_of
from digest.core.rank.signals import signal_reasons

_MOST_READERS = 4096  # what the packed sorting keys have room for
_MOST_CELLS = 1 << 20  # of a block, readers times papers


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
        by_terms = [*parts.by_terms()]
        self._leads = Leads(parts.terms.asked, [part.product for part in by_terms])
        self._followed = parts.by_authors()
        self._parts: tuple[Part, ...] = (
            *by_terms,
            *parts.by_liked(),
            *parts.by_disliked(),
            self._followed,
            parts.by_categories(),
        )

    def blocks(self) -> Iterator[Block]:
        """Yield all points, for so many readers at a time that memory stays flat."""
        step = max(1, min(_MOST_READERS, _MOST_CELLS // max(len(self._pool.papers), 1)))
        for start in range(0, self._readers, step):
            yield self.block(range(start, min(start + step, self._readers)))

    def block(self, readers: range) -> Block:
        """Return all points of these readers, also those that were pushed below zero."""
        parts = [part.points(readers) for part in self._parts]
        total = reduce(add, [part for part in parts if part.nnz] or parts[:1])
        rows, papers = row_numbers(total), total.indices
        points = total.data
        if self._pool.esteem.any():
            weights = self._esteemed[readers.start : readers.stop]
            points = points + weights[rows] * self._pool.esteem[papers] * (points > 0)
        return Block(readers, rows, papers, points)

    def is_followed(self, block: Block) -> Flags:
        """Tell of which entries a followed author wrote the paper."""
        if not self._followed.is_asked_for:
            return np.zeros(len(block.rows), np.bool_)
        dense: Flags = self._followed.points(block.readers).toarray() > 0
        return dense[block.rows, block.papers]

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers of the pool."""
        return self._pool.papers

    def leads(self, block: Block) -> Ints:
        """Return, for each entry, which term earned most of its points; -1 where none did."""
        return self._leads.of(block)

    def matches(self, reader: int, papers: Ints, points: Floats) -> tuple[Match, ...]:
        """Return matches with their reasons, strongest first."""
        esteemed = float(self._esteemed[reader])
        told = zip(*(part.reasons(reader, papers) for part in self._parts), strict=True)
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

    def _reasons(self, paper: int, esteemed: float, reasons: list[Reason]) -> tuple[Reason, ...]:
        earned = esteemed * float(self._pool.esteem[paper])
        if earned and sum(reason.points for reason in reasons) > 0:
            signals = self._pool.papers[paper].signals
            reasons = [*reasons, *signal_reasons(signals, earned)]
        return tuple(sorted(reasons, key=lambda reason: -reason.points))
