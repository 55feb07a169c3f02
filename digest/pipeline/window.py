"""The window: the papers that may be candidates, prepared once for all readers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from digest.core.edition import Match
from digest.core.paper import Paper, PaperId
from digest.core.rank import Pool, is_loved, trending
from digest.pipeline.embed import Embedder
from digest.ports import History, PaperStore, StoredPaper

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The papers that may be candidates, prepared once for all readers.

    Attributes:
        stored: the papers with their serials.
        pool: the papers, ready to be ranked.
        serials: their serials, rising.
        positions: where each paper stands.
        newest: the serial up to which papers were looked at, old ones included: an edition
            that is empty is not tried again until something came after it.
        begins: when the first of them may have been seen (UTC).
        hottest: all of them with their position, what the community loves most first.
    """

    stored: tuple[StoredPaper, ...]
    pool: Pool
    serials: NDArray[np.int64]
    positions: dict[PaperId, int]
    newest: int
    begins: datetime
    hottest: tuple[tuple[int, Match], ...]

    def candidates(self, history: History) -> NDArray[np.bool_]:
        """Return which papers are new to the reader with this history."""
        mask: NDArray[np.bool_] = self.serials > history.cutoff
        mask[[self.positions[paper] for paper in history.shown if paper in self.positions]] = False
        return mask

    @property
    def loved(self) -> tuple[int, ...]:
        """The positions of the papers that many like, the hottest first."""
        return tuple(position for position, match in self.hottest if is_loved(match.paper.signals))

    def trending(self, mask: NDArray[np.bool_], limit: int) -> tuple[Match, ...]:
        """Return the hottest of some papers, each work once."""
        return tuple(islice(self._works(mask, set()), limit))

    def trending_below(
        self, picks: Sequence[Match], mask: NDArray[np.bool_], limit: int
    ) -> tuple[Paper, ...]:
        """Return the community's favourites among some papers that are not picked already."""
        picked = {int(self.pool.twins[self.positions[match.paper.id]]) for match in picks}
        hot = (match.paper for match in self._works(mask, picked))
        return tuple(islice((paper for paper in hot if paper.signals.upvotes), limit))

    def _works(self, mask: NDArray[np.bool_], known: set[int]) -> Iterator[Match]:
        """Yield the hottest of some papers that are no known works, noting each work."""
        for position, match in self.hottest:
            work = int(self.pool.twins[position])
            if mask[position] and work not in known:
                known.add(work)
                yield match


def news(papers: PaperStore, *, now: datetime, max_age: timedelta) -> tuple[StoredPaper, ...]:
    """Return the papers of the last ``max_age`` that were news when first seen."""
    return tuple(
        paper
        for paper in papers.papers_since(0, first_seen_after=now - max_age)
        if _was_news(paper, max_age)
    )


def open_window(
    papers: PaperStore, *, now: datetime, max_age: timedelta, embedder: Embedder | None = None
) -> Window:
    """Load the papers that may be candidates, with their vectors when there is an embedder."""
    newest = papers.newest_serial()  # before the papers: what comes meanwhile is not passed over
    stored = news(papers, now=now, max_age=max_age)
    texts = [paper.paper for paper in stored]
    positions = {paper.paper.id: position for position, paper in enumerate(stored)}
    pasts = papers.sightings(first_seen_after=now - max_age, by=now - _DAY)
    hottest = trending(texts, now=now, limit=len(texts), pasts=pasts)
    return Window(
        stored=stored,
        pool=Pool(texts, vectors=embedder.papers(texts) if embedder else None),
        serials=np.array([paper.serial for paper in stored], dtype=np.int64),
        positions=positions,
        hottest=tuple((positions[match.paper.id], match) for match in hottest),
        newest=max(newest, stored[-1].serial) if stored else newest,
        begins=now - max_age,
    )


def _was_news(paper: StoredPaper, max_age: timedelta) -> bool:
    published = paper.paper.published
    return published is None or paper.first_seen - published <= max_age
