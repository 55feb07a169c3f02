"""What the pipeline needs from the outside, declared by the side that uses it.

Adapters fulfil these by shape. ``Source`` and ``Transport`` are asynchronous; the stores
are synchronous and are called from a worker thread.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from digest.core.delivery import Delivery, Outcome
from digest.core.edition import Edition
from digest.core.harvest import Cursor, Harvest
from digest.core.paper import Paper, PaperId
from digest.core.subscriber import Status, Subscriber


class Source(Protocol):
    """Where papers come from."""

    @property
    def name(self) -> str:
        """The name under which its cursor and state are kept; unique in a configuration."""
        ...

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Harvest:
        """Ask the upstream once, politely, for what is new since ``cursor``.

        Never raises for anything the upstream does: trouble is a state of the result.
        """
        ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """The SMTP sender and recipient of one message (RFC 5321, 2.3.1)."""

    sender: str
    recipient: str


class Transport(Protocol):
    """Hands messages to the next hop."""

    async def send(self, message: bytes, envelope: Envelope) -> Outcome:
        """Hand over one message (CRLF line ends) and say what the next hop said.

        Never raises for anything the next hop or the line does.
        """
        ...

    async def close(self) -> None:
        """Say good-bye and release connections; a second call does nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPaper:
    """A paper with what the store adds.

    Attributes:
        serial: rises by one with each paper first seen; the unit of cut-offs.
        paper: the merged record, signals as last seen.
        first_seen: when the first source told us (UTC).
    """

    serial: int
    paper: Paper
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """What is known about one source's harvests.

    Attributes:
        name: the source's name.
        cursor: how far it was read.
        state: name of the last ``HarvestState``, or "" before the first harvest.
        detail: one line for people when that state was not good.
        checked_at: when it was last asked (UTC), or None.
        good_at: when it last gave a good answer (UTC), or None.
        failures: how many answers in a row were not good.
        not_before: do not ask before this (UTC), or None.
        papers_total: how many papers it told us first.
    """

    name: str
    cursor: Cursor = Cursor()
    state: str = ""
    detail: str = ""
    checked_at: datetime | None = None
    good_at: datetime | None = None
    failures: int = 0
    not_before: datetime | None = None
    papers_total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """How many papers of a harvest were new, and how many were known and brought up to date."""

    new: int
    merged: int


class PaperStore(Protocol):
    """Papers, their signals and the state of their sources."""

    def record_harvest(
        self, source: str, harvest: Harvest, *, now: datetime, not_before: datetime | None
    ) -> Added:
        """Upsert papers by work, append signals, record state and move the cursor at once.

        One transaction. A paper already known under any of its ``work_keys`` is merged and
        keeps its id and serial. The cursor moves only when the harvest's state is good.
        """
        ...

    def source_record(self, name: str) -> SourceRecord:
        """Return what is known of a source; an empty record before its first harvest."""
        ...

    def source_records(self) -> list[SourceRecord]:
        """Return every source ever asked, by name."""
        ...

    def newest_serial(self) -> int:
        """Return the serial of the newest paper, 0 when there is none."""
        ...

    def papers_since(self, serial: int, *, first_seen_after: datetime) -> list[StoredPaper]:
        """Return papers with a greater serial, seen after a time, in serial order."""
        ...

    def papers(self, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
        """Return the papers known under these ids (aliases count), keyed as asked."""
        ...


class SubscriberStore(Protocol):
    """People."""

    def add(self, subscriber: Subscriber, *, now: datetime) -> Subscriber:
        """Store a new subscriber, or one who only left the file, and return it with its id.

        Raises:
            UsageError: the address is taken (addresses compare without case).
        """
        ...

    def update(self, subscriber: Subscriber) -> None:
        """Overwrite the subscriber with this id."""
        ...

    def put(self, readers: Sequence[Subscriber], *, now: datetime) -> int:
        """Add readers, or bring those with these addresses up to date, all or none.

        Whoever is there already keeps status and pause, so that nothing is undone that a
        reader decided; but an unsubscribe is taken over, and whoever only left the file is
        back. Returns how many were added.
        """
        ...

    def find(self, email: str) -> Subscriber | None:
        """Return the subscriber with this address in any case, or None."""
        ...

    def by_id(self, ids: Iterable[int]) -> dict[int, Subscriber]:
        """Return the subscribers with these ids."""
        ...

    def all(self, *, status: Status | None = None) -> list[Subscriber]:
        """Return subscribers by address; with a status, only those."""
        ...

    def delete(self, subscriber_id: int) -> None:
        """Remove a subscriber with editions and deliveries."""
        ...

    def sync(self, wanted: Sequence[Subscriber], *, now: datetime) -> None:
        """Make the readers of origin ``file`` equal to ``wanted``, in one transaction.

        New ones are added, changed ones updated, missing ones unsubscribed (so that
        putting them back later repeats nothing); a reader's own unsubscribe or pause is
        never overridden. Readers of other origin with the same address are left alone.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one reader has had.

    Attributes:
        cutoff: serial of the newest paper considered in an edition that was not lost.
        shown: ids of papers in editions whose delivery has not failed for good.
        slots: keys of slots that have an edition with papers, or an empty one with a delivery.
        empty_slots: slots composed with nothing to send, with the cut-off of that try.
    """

    cutoff: int = 0
    shown: frozenset[PaperId] = frozenset()
    slots: frozenset[str] = frozenset()
    empty_slots: Mapping[str, int] = field(default_factory=dict)


class EditionStore(Protocol):
    """Editions and their deliveries: the outbox."""

    def histories(self, subscriber_ids: Sequence[int]) -> dict[int, History]:
        """Return the history of each of these readers; all are present in the result."""
        ...

    def add_editions(self, entries: Sequence[tuple[Edition, Delivery | None]]) -> int:
        """Store editions with their papers and queued deliveries, each exactly once.

        One transaction. A (subscriber, slot) that exists is left as it is, except that an
        empty edition gives way. Returns how many were stored.

        Args:
            entries: editions, each with the delivery to queue, or None when it is empty
                and nothing is to be sent. Delivery ids and edition ids are set here.
        """
        ...

    def edition(self, edition_id: int) -> Edition | None:
        """Return an edition with its papers as they are known now."""
        ...

    def editions_of(self, subscriber_id: int, *, slot: str | None = None) -> list[Edition]:
        """Return a reader's editions, newest first."""
        ...


class Ledger(Protocol):
    """Deliveries and what became of them."""

    def claim(
        self,
        *,
        owner: str,
        limit: int,
        now: datetime,
        lease_until: datetime,
        subscriber_ids: Sequence[int] | None = None,
    ) -> list[Delivery]:
        """Take due deliveries for one owner and commit: state ``sending``, attempts + 1.

        Queued and deferred ones whose time has come, oldest first. Suppressed addresses
        and readers who want no mail become ``suppressed``, expired ones ``failed``; they
        are not returned.
        """
        ...

    def record(self, delivery: Delivery, *, now: datetime) -> bool:
        """Store the outcome of an attempt and commit at once.

        Returns False, and changes nothing, when the row is no longer this attempt's (the
        lease ran out and somebody else claimed it): ``attempts`` is the fencing token.
        """
        ...

    def release(self, deliveries: Sequence[Delivery], *, now: datetime) -> None:
        """Give back claims whose attempt never began: ``queued`` again, attempts - 1."""
        ...

    def abandoned(self, *, now: datetime, dead_owners: Iterable[str] = ()) -> list[Delivery]:
        """Return ``sending`` deliveries whose lease ran out or whose owner is dead."""
        ...

    def owners(self) -> set[str]:
        """Return every owner that holds a lease."""
        ...

    def deliveries(self, *, edition_ids: Sequence[int]) -> list[Delivery]:
        """Return the deliveries of these editions."""
        ...

    def counts(self, *, subscriber_ids: Sequence[int] | None = None) -> dict[tuple[str, str], int]:
        """Return how many deliveries stand where, by (slot, state); of some readers or all."""
        ...

    def in_state(self, state: str, *, limit: int = 100) -> list[Delivery]:
        """Return deliveries in a state, oldest first."""
        ...

    def next_attempt_at(self) -> datetime | None:
        """Return when the next open delivery is due, or None when none is open."""
        ...

    def suppress(self, address: str, reason: str, *, now: datetime) -> None:
        """Never mail this address again; saying it twice changes nothing."""
        ...

    def suppressions(self) -> dict[str, str]:
        """Return suppressed addresses with the reason."""
        ...
