"""Choose each due reader's papers and put the editions into the outbox.

Candidates are papers first seen since the reader's last cut-off and never shown to that
reader. All readers of a block are ranked at once; the editions, their papers and their
queued deliveries are stored in one transaction, and the empty ones in another.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from digest.core.delivery import Delivery
from digest.core.edition import Edition
from digest.core.rank import Ranking, Remark, allowed, examine, explain, rank
from digest.core.schedule import Slot
from digest.core.subscriber import Subscriber
from digest.pipeline.due import DueBlock
from digest.pipeline.embed import Embedder
from digest.pipeline.tastes import Tastes, tastes_of
from digest.pipeline.window import Window, open_window
from digest.ports import EditionStore, FeedbackStore, Libraries, PaperStore


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
    """How many readers were due, got an edition from us, and had nothing new.

    Whom another process served meanwhile is due and neither of the others.
    """

    due: int = 0
    composed: int = 0
    empty: int = 0


def plan(
    due: Iterable[DueBlock],
    *,
    papers: PaperStore,
    editions: EditionStore,
    feedback: FeedbackStore,
    max_age: timedelta,
    now: datetime,
    embedder: Embedder | None = None,
    libraries: Libraries | None = None,
) -> Iterator[list[tuple[Subscriber, Edition]]]:
    """Yield the editions of the due readers, block by block, storing nothing."""
    window: Window | None = None
    for block in due:
        window = window or open_window(papers, now=now, max_age=max_age, embedder=embedder)
        tastes = tastes_of(
            [reader for reader, _ in block],
            papers=papers,
            feedback=feedback,
            embedder=embedder,
            libraries=libraries,
        )
        yield _compose_block(block, window, tastes, editions, now)


def compose(
    due: Iterable[DueBlock],
    *,
    papers: PaperStore,
    editions: EditionStore,
    feedback: FeedbackStore,
    settings: ComposeSettings,
    now: datetime,
    embedder: Embedder | None = None,
    libraries: Libraries | None = None,
    progress: Callable[[int], None] = lambda _readers: None,
) -> ComposeReport:
    """Compose and store one edition for each due reader.

    Args:
        due: readers with the slot that is due, a block at a time; a slot made before is left
            as it is.
        papers: where papers come from.
        editions: the outbox.
        feedback: what readers said of papers.
        settings: limits and policies.
        now: the present (UTC).
        embedder: makes vectors of papers and phrases; None ranks by words alone.
        libraries: readers' own bibliographies.
        progress: called with the number of readers done since the last call.
    """
    readers = composed = empty = 0
    blocks = plan(
        due,
        papers=papers,
        editions=editions,
        feedback=feedback,
        max_age=settings.max_age,
        now=now,
        embedder=embedder,
        libraries=libraries,
    )
    for block in blocks:
        made = [(edition, _delivery(reader, edition, settings)) for reader, edition in block]
        filled = [entry for entry in made if not entry[0].is_empty]
        readers += len(block)
        composed += editions.add_editions(filled)
        empty += editions.add_editions([entry for entry in made if entry[0].is_empty])
        progress(len(block))
    return ComposeReport(due=readers, composed=composed, empty=empty)


def preview(
    subscriber: Subscriber,
    slot: Slot,
    *,
    papers: PaperStore,
    editions: EditionStore,
    feedback: FeedbackStore,
    max_age: timedelta,
    now: datetime,
    embedder: Embedder | None = None,
    libraries: Libraries | None = None,
) -> tuple[Edition, Ranking]:
    """Compose a reader's next edition without storing it, and explain every choice."""
    window = open_window(papers, now=now, max_age=max_age, embedder=embedder)
    history = editions.histories([subscriber.id], since=window.begins)[subscriber.id]
    mask = window.candidates(history)
    tastes = tastes_of(
        [subscriber], papers=papers, feedback=feedback, embedder=embedder, libraries=libraries
    )
    (edition,) = _editions([(subscriber, slot)], window, tastes, [mask], now)
    explained = explain(
        window.pool,
        tastes.profiles[0],
        liked=tastes.judged,
        candidates=[mask],
        meanings=tastes.meanings,
    )
    return edition, explained


def look_ahead(
    subscriber: Subscriber,
    slot: Slot,
    window: Window,
    *,
    papers: PaperStore,
    editions: EditionStore,
    feedback: FeedbackStore,
    now: datetime,
    embedder: Embedder | None = None,
    libraries: Libraries | None = None,
) -> tuple[Edition, tuple[Remark, ...]]:
    """Compose a reader's next edition without storing it, and judge the reader's keywords.

    Both look at one window, which is costly to open and may serve many readers.
    """
    tastes = tastes_of(
        [subscriber], papers=papers, feedback=feedback, embedder=embedder, libraries=libraries
    )
    ((_, edition),) = _compose_block([(subscriber, slot)], window, tastes, editions, now)
    return edition, examine(window.pool, subscriber.interests)


def _compose_block(
    block: Sequence[tuple[Subscriber, Slot]],
    window: Window,
    tastes: Tastes,
    editions: EditionStore,
    now: datetime,
) -> list[tuple[Subscriber, Edition]]:
    histories = editions.histories([reader.id for reader, _ in block], since=window.begins)
    masks = [window.candidates(histories[reader.id]) for reader, _ in block]
    made = _editions(block, window, tastes, masks, now)
    return [(reader, edition.as_told()) for (reader, _), edition in zip(block, made, strict=True)]


def _editions(
    block: Sequence[tuple[Subscriber, Slot]],
    window: Window,
    tastes: Tastes,
    masks: Sequence[NDArray[np.bool_]],
    now: datetime,
) -> Iterator[Edition]:
    rankings = rank(
        window.pool,
        tastes.profiles,
        liked=tastes.judged,
        candidates=masks,
        meanings=tastes.meanings,
        loved=window.loved,
    )
    may_come = allowed(window.pool, tastes.profiles, candidates=masks)
    wanted = (profile.interests for profile in tastes.profiles)
    for (reader, slot), interests, ranking, mask, may in zip(
        block, wanted, rankings, masks, may_come, strict=True
    ):
        picks, matched, below = ranking.matches, ranking.matched, reader.trending
        if interests.is_empty:
            picks = window.trending(may, reader.max_papers)
            matched, below = len(picks), 0  # the list is the community's own: no more to tell
        yield Edition(
            subscriber_id=reader.id,
            slot=slot,
            created_at=now,
            cutoff=window.newest,
            considered=int(np.count_nonzero(mask)),
            matched=matched,
            picks=picks,
            trending=window.trending_below(picks, may, below) if picks else (),
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
