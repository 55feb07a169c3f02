"""Choose each due reader's papers and put the editions into the outbox.

Candidates are papers first seen since the reader's last cut-off and never shown to that
reader. All readers of a block are ranked at once; the editions, their papers and their
queued deliveries are stored in one transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from digest.core.delivery import Delivery
from digest.core.edition import Edition, Match
from digest.core.paper import Paper, PaperId
from digest.core.rank import Pool, Profile, Ranking, explain, rank, trending
from digest.core.schedule import Slot
from digest.core.subscriber import Subscriber
from digest.pipeline.due import DueBlock
from digest.pipeline.embed import Embedder
from digest.ports import EditionStore, History, PaperStore, StoredPaper

_TRENDING_LENGTH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeSettings:
    """What composing needs to know.

    Attributes:
        max_age: a paper older than this when first seen is not news.
        send_empty: tell readers when there is nothing, in place of silence.
        give_up_after: how long a delivery may be tried.
        new_message_id: makes a Message-ID that no other mail has.
    """

    max_age: timedelta
    send_empty: bool
    give_up_after: timedelta
    new_message_id: Callable[[Slot], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeReport:
    """How many readers were due, got an edition, and had nothing new."""

    due: int = 0
    composed: int = 0
    empty: int = 0


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
        hottest: all of them with their position, what the community loves most first.
    """

    stored: tuple[StoredPaper, ...]
    pool: Pool
    serials: NDArray[np.int64]
    positions: dict[PaperId, int]
    newest: int
    hottest: tuple[tuple[int, Match], ...]

    def candidates(self, history: History) -> NDArray[np.bool_]:
        """Return which papers are new to the reader with this history."""
        mask: NDArray[np.bool_] = self.serials > history.cutoff
        mask[[self.positions[paper] for paper in history.shown if paper in self.positions]] = False
        return mask

    def trending(self, mask: NDArray[np.bool_], limit: int) -> tuple[Match, ...]:
        """Return the hottest of some papers."""
        among = (match for position, match in self.hottest if mask[position])
        return tuple(islice(among, limit))

    def trending_below(self, picks: Sequence[Match], mask: NDArray[np.bool_]) -> tuple[Paper, ...]:
        """Return the community's favourites among some papers that are not picked already."""
        picked = {match.paper.id for match in picks}
        loved = (
            match.paper
            for position, match in self.hottest
            if mask[position] and match.paper.signals.upvotes and match.paper.id not in picked
        )
        return tuple(islice(loved, _TRENDING_LENGTH))


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
    hottest = trending(texts, now=now, limit=len(texts))
    return Window(
        stored=stored,
        pool=Pool(texts, vectors=embedder.papers(texts) if embedder else None),
        serials=np.array([paper.serial for paper in stored], dtype=np.int64),
        positions=positions,
        hottest=tuple((positions[match.paper.id], match) for match in hottest),
        newest=max(newest, stored[-1].serial) if stored else newest,
    )


def plan(
    due: Iterable[DueBlock],
    *,
    papers: PaperStore,
    editions: EditionStore,
    max_age: timedelta,
    now: datetime,
    embedder: Embedder | None = None,
) -> Iterator[list[tuple[Subscriber, Edition]]]:
    """Yield the editions of the due readers, block by block, storing nothing."""
    window: Window | None = None
    for block in due:
        window = window or open_window(papers, now=now, max_age=max_age, embedder=embedder)
        yield _compose_block(block, window, papers, editions, embedder=embedder, now=now)


def compose(
    due: Iterable[DueBlock],
    *,
    papers: PaperStore,
    editions: EditionStore,
    settings: ComposeSettings,
    now: datetime,
    embedder: Embedder | None = None,
    progress: Callable[[int], None] = lambda _readers: None,
) -> ComposeReport:
    """Compose and store one edition for each due reader.

    Args:
        due: readers with the slot that is due, a block at a time; a slot made before is left
            as it is.
        papers: where papers come from.
        editions: the outbox.
        settings: limits and policies.
        now: the present (UTC).
        embedder: makes vectors of papers and phrases; None ranks by words alone.
        progress: called with the number of readers done since the last call.
    """
    readers = composed = empty = 0
    blocks = plan(
        due,
        papers=papers,
        editions=editions,
        max_age=settings.max_age,
        now=now,
        embedder=embedder,
    )
    for block in blocks:
        editions.add_editions(
            [(edition, _delivery(reader, edition, settings)) for reader, edition in block]
        )
        filled = sum(not edition.is_empty for _, edition in block)
        readers += len(block)
        composed += filled
        empty += len(block) - filled
        progress(len(block))
    return ComposeReport(due=readers, composed=composed, empty=empty)


def preview(
    subscriber: Subscriber,
    slot: Slot,
    *,
    papers: PaperStore,
    editions: EditionStore,
    max_age: timedelta,
    now: datetime,
    embedder: Embedder | None = None,
) -> tuple[Edition, Ranking]:
    """Compose a reader's next edition without storing it, and explain every choice."""
    window = open_window(papers, now=now, max_age=max_age, embedder=embedder)
    history = editions.histories([subscriber.id])[subscriber.id]
    mask = window.candidates(history)
    liked = papers.papers(subscriber.interests.liked)
    profile = profile_of(subscriber)
    meanings = embedder.meanings([profile], liked) if embedder else None
    (ranking,) = rank(window.pool, [profile], liked=liked, candidates=[mask], meanings=meanings)
    edition = _edition(subscriber, slot, ranking, window=window, mask=mask, now=now)
    return edition, explain(window.pool, profile, liked=liked, candidates=[mask], meanings=meanings)


def profile_of(subscriber: Subscriber) -> Profile:
    """Return a reader's interests as ranking takes them."""
    return Profile(
        id=str(subscriber.id),
        interests=subscriber.interests,
        limit=subscriber.max_papers,
        min_score=subscriber.min_score,
    )


def _was_news(paper: StoredPaper, max_age: timedelta) -> bool:
    published = paper.paper.published
    return published is None or paper.first_seen - published <= max_age


def _compose_block(
    block: Sequence[tuple[Subscriber, Slot]],
    window: Window,
    papers: PaperStore,
    editions: EditionStore,
    *,
    embedder: Embedder | None,
    now: datetime,
) -> list[tuple[Subscriber, Edition]]:
    histories = editions.histories([subscriber.id for subscriber, _ in block])
    masks = [window.candidates(histories[subscriber.id]) for subscriber, _ in block]
    profiles = [profile_of(subscriber) for subscriber, _ in block]
    liked = papers.papers({liked for profile in profiles for liked in profile.interests.liked})
    meanings = embedder.meanings(profiles, liked) if embedder else None
    rankings = rank(window.pool, profiles, liked=liked, candidates=masks, meanings=meanings)
    return [
        (subscriber, _edition(subscriber, slot, ranking, window=window, mask=mask, now=now))
        for (subscriber, slot), ranking, mask in zip(block, rankings, masks, strict=True)
    ]


def _edition(
    subscriber: Subscriber,
    slot: Slot,
    ranking: Ranking,
    *,
    window: Window,
    mask: NDArray[np.bool_],
    now: datetime,
) -> Edition:
    considered = int(np.count_nonzero(mask))
    picks, matched = ranking.matches, ranking.matched
    if subscriber.interests.is_empty:
        picks, matched = window.trending(mask, subscriber.max_papers), considered
    return Edition(
        subscriber_id=subscriber.id,
        slot=slot,
        created_at=now,
        cutoff=window.newest,
        considered=considered,
        matched=matched,
        picks=picks,
        trending=window.trending_below(picks, mask) if picks else (),
    )


def _delivery(
    subscriber: Subscriber, edition: Edition, settings: ComposeSettings
) -> Delivery | None:
    if edition.is_empty and not settings.send_empty:
        return None
    return Delivery(
        edition_id=0,
        subscriber_id=subscriber.id,
        recipient=subscriber.email,
        message_id=settings.new_message_id(edition.slot),
        next_attempt_at=edition.created_at,
        expires_at=edition.created_at + settings.give_up_after,
    )
