"""A configuration with its open store: what the commands and the daemon work in.

Ranking, rendering, sources and transports are imported by the methods that need them: a
``digest send`` with nothing due, run from cron every few minutes, must not wait for numpy.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from digest.config import Config
from digest.core.delivery import Delivery
from digest.core.edition import Edition
from digest.core.schedule import upcoming_slot
from digest.core.subscriber import Subscriber
from digest.errors import UnknownSubscriberError
from digest.pipeline.due import DueBlock, DueReaders, Postponed, SlotAt
from digest.store import Store
from digest.wiring.clock import Clock
from digest.wiring.libraries import Libraries
from digest.wiring.pipeline_settings import compose_settings, deliver_settings, retry_policy
from digest.wiring.semantic import embed_news

if TYPE_CHECKING:
    from digest.core.outcome import Outcome
    from digest.core.rank import Ranking, Remark
    from digest.pipeline.compose import ComposeReport
    from digest.pipeline.deliver import DeliverReport
    from digest.pipeline.embed import Embedder
    from digest.pipeline.harvest import HarvestReport, SourceReport
    from digest.pipeline.outbox import Stop
    from digest.ports import RelayRecord, SourceRecord

_BLOCK = 1_000
_PATIENCE = timedelta(minutes=1)  # with another process that composes the same


@dataclass(frozen=True, slots=True)
class Workspace:
    """One configuration, its store and its clock.

    Attributes:
        config: as loaded and checked.
        store: open, its schema current.
        clock: gives the present (UTC), or what ``--now`` says.
        embedder: turns texts into vectors; None unless ``[semantic]`` is enabled.
        libraries: readers' own bibliographies; None when nobody has one.
    """

    config: Config
    store: Store
    clock: Clock
    embedder: "Embedder | None" = None
    libraries: Libraries | None = None

    def close(self) -> None:
        """Let the store go."""
        self.store.close()

    def find(self, email: str) -> Subscriber:
        """Return the subscriber with this address.

        Raises:
            UnknownSubscriberError: there is none.
        """
        subscriber = self.store.subscribers.find(email) if email.isprintable() else None
        if subscriber is None:
            raise UnknownSubscriberError(email)
        return subscriber

    def with_feedback(self, reader: Subscriber) -> Subscriber:
        """Return a reader whose interests know feedback and library; not to be stored so."""
        from digest.pipeline.feedback import join_feedback
        from digest.pipeline.library import join_libraries

        return join_libraries(join_feedback([reader], self.store.feedback), self.libraries)[0]

    async def harvest(
        self,
        names: Sequence[str] = (),
        *,
        since: datetime | None = None,
        wanted: "Callable[[SourceRecord], bool]" = lambda _record: True,
        told: "Callable[[SourceReport], None]" = lambda _report: None,
    ) -> "HarvestReport":
        """Ask the sources (all, or those named) for what is new, and store it."""
        from digest.pipeline.harvest import harvest
        from digest.wiring.sources import open_sources

        async with open_sources(self.config, self.clock, names) as sources:
            report = await harvest(
                sources,
                self.store.papers,
                self.store.turns,
                clock=self.clock,
                since=since,
                wanted=wanted,
                told=told,
            )
        if self.embedder and report.new:
            await asyncio.to_thread(
                embed_news, self.embedder, self.config, self.store, self.clock()
            )
        return report

    def due(
        self, slot_at: SlotAt, readers: Sequence[Subscriber] | None = None
    ) -> Iterator[DueBlock]:
        """Yield the readers (of all, or of some) whose slot is still to be composed."""
        return self._due_readers(slot_at).blocks(_ids(readers))

    def due_in_turn(
        self,
        slot_at: SlotAt,
        readers: Sequence[Subscriber] | None = None,
        *,
        patience: timedelta = _PATIENCE,
        postponed: Postponed = lambda _reader, _why: None,
    ) -> Iterator[DueBlock]:
        """Yield the due readers whom no other process composes for; see ``pipeline.due``."""
        return self._due_readers(slot_at, postponed).in_turn(
            self.store.turns, patience=patience, among=_ids(readers)
        )

    def _due_readers(
        self, slot_at: SlotAt, postponed: Postponed = lambda _reader, _why: None
    ) -> DueReaders:
        return DueReaders(
            subscribers=self.store.subscribers,
            editions=self.store.editions,
            slot_at=slot_at,
            now=self.clock(),
            newest_serial=self.store.papers.newest_serial(),
            size=_BLOCK,
            libraries=self.libraries,
            postponed=postponed,
        )

    def compose(
        self, due: Iterator[DueBlock], progress: Callable[[int], None] = lambda _readers: None
    ) -> "ComposeReport | None":
        """Compose and queue one edition for each due reader; None when nobody is due.

        Raises:
            ConfigError: a theme that the configuration names is not there, or is broken.
        """
        first = next(due, None)
        if first is None:
            return None
        from digest.pipeline.compose import compose
        from digest.wiring.themes import check_themes

        check_themes(self.config)
        return compose(
            chain([first], due),
            papers=self.store.papers,
            editions=self.store.editions,
            feedback=self.store.feedback,
            settings=compose_settings(self.config),
            now=self.clock(),
            embedder=self.embedder,
            libraries=self.libraries,
            progress=progress,
        )

    def plan(self, due: Iterable[DueBlock]) -> list[tuple[Subscriber, Edition]]:
        """Compose what the due readers would get, storing nothing."""
        from digest.pipeline.compose import plan

        blocks = plan(
            due,
            papers=self.store.papers,
            editions=self.store.editions,
            feedback=self.store.feedback,
            max_age=self.config.digest.max_age,
            now=self.clock(),
            embedder=self.embedder,
            libraries=self.libraries,
        )
        return [entry for block in blocks for entry in block]

    def preview(self, subscriber: Subscriber) -> "tuple[Edition, Ranking]":
        """Compose what this reader would get now, storing nothing."""
        from digest.pipeline.compose import preview

        now = self.clock()
        return preview(
            subscriber,
            upcoming_slot(subscriber.schedule, now),
            papers=self.store.papers,
            editions=self.store.editions,
            feedback=self.store.feedback,
            max_age=self.config.digest.max_age,
            now=now,
            embedder=self.embedder,
            libraries=self.libraries,
        )

    def examine_keywords(self, reader: Subscriber) -> "tuple[Remark, ...]":
        """Say which of a reader's keywords do not work, judged by the recent papers."""
        from digest.pipeline.keywords import examine_keywords

        ((_, remarks),) = examine_keywords(
            [reader],
            papers=self.store.papers,
            max_age=self.config.digest.max_age,
            now=self.clock(),
        )
        return remarks

    def recover(self) -> int:
        """Settle attempts whose sender died, before a delivery begins; return how many.

        What this process has claimed itself is left from a delivery that the store broke off.
        """
        from digest.pipeline.deliver import recover
        from digest.store.lock import dead_owners, owner_id

        ledger = self.store.ledger
        owners = ledger.owners()
        return recover(
            ledger,
            dead_owners=sorted(dead_owners(owners) | owners & {owner_id()}),
            policy=retry_policy(self.config),
            now=self.clock(),
        )

    async def deliver(
        self,
        *,
        stop: "Stop | None" = None,
        readers: Sequence[Subscriber] | None = None,
        told: "Callable[[Delivery, Outcome], None]" = lambda _delivery, _outcome: None,
        resting: frozenset[str] = frozenset(),
    ) -> "DeliverReport":
        """Send what is due in the outbox, of all readers or of some.

        Args:
            stop: once set, mails in flight are finished and no more are begun.
            readers: only theirs; None takes all.
            told: called with each delivery after its outcome was recorded.
            resting: names of ways out to leave alone.
        """
        from digest.pipeline.deliver import deliver
        from digest.pipeline.desk import Desk
        from digest.wiring.letters import letter_room
        from digest.wiring.way_out import open_transports

        transports = open_transports(self.config, self.store.relays, self.clock)
        return await deliver(
            self.store.ledger,
            self.store.relays,
            self.store.bounces,
            [transport for transport in transports if transport.name not in resting],
            Desk(
                room=letter_room(self.config, self.clock),
                editions=self.store.editions,
                subscribers=self.store.subscribers,
                feedback=self.store.feedback,
                libraries=self.libraries,
            ),
            settings=deliver_settings(self.config),
            clock=self.clock,
            stop=stop,
            subscriber_ids=_ids(readers),
            told=told,
        )

    def resting_relays(self) -> "dict[str, RelayRecord]":
        """Return the relays in trouble that are to be left alone now, by name."""
        now = self.clock()
        records = self.store.relays.relay_records(now=now)
        return {of.name: of for of in records if of.not_before and of.not_before > now}


def _ids(readers: Sequence[Subscriber] | None) -> list[int] | None:
    return None if readers is None else [reader.id for reader in readers]
