"""Editions with their deliveries, as they are put into the outbox."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.core.delivery import Delivery
from digest.core.edition import Edition
from digest.core.paper import Paper, PaperId
from digest.core.schedule import Schedule, Slot


class KnownPapers(Protocol):
    """Papers at hand by serial, as many as its maker wants to keep."""

    def get(self, serial: int) -> Paper | None:
        """Return a paper, or None when it is not at hand."""
        ...

    def keep(self, serial: int, paper: Paper) -> None:
        """Have a paper at hand, perhaps in the place of one not used for long."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one reader has had since some moment.

    Attributes:
        cutoff: serial of the newest paper considered in an edition that was not lost.
        shown: ids of papers in editions whose delivery has not failed for good.
    """

    cutoff: int = 0
    shown: frozenset[PaperId] = frozenset()


class EditionStore(Protocol):
    """Editions and their deliveries: the outbox."""

    def waiting(
        self,
        slots: Mapping[Schedule, Slot],
        *,
        now: datetime,
        newest_serial: int,
        size: int,
        among: Sequence[int] | None = None,
    ) -> Iterator[list[int]]:
        """Yield the ids of readers with an open slot and no edition for it, in blocks.

        Those who get no mail now are left out, and those to whom an edition of another cadence was
        sent after the slot began: it stands for the slot's. A block has readers with one slot, in
        the order in which they came, and is as the store is when it is asked for.

        Args:
            slots: the open slot of each schedule that has one.
            now: the present (UTC).
            newest_serial: an empty edition that nobody was told of counts as none once
                papers came after it.
            size: the most readers of a block.
            among: only these readers; None asks of all.
        """
        ...

    def histories(self, subscriber_ids: Sequence[int], *, since: datetime) -> dict[int, History]:
        """Return what each of these readers has had; all are present in the result.

        Args:
            subscriber_ids: who.
            since: editions that were made before (UTC) do not count.
        """
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

    def empties(self) -> dict[str, int]:
        """Return how many editions of each slot are empty and told to nobody."""
        ...

    def forget(self, *, before: datetime, limit: int) -> int:
        """Delete the oldest editions with their deliveries; return how many.

        One whose delivery is still open or in doubt stays.

        Args:
            before: only those that were made before (UTC).
            limit: the most to delete, in one transaction.
        """
        ...

    def editions(self, ids: Sequence[int], *, known: KnownPapers) -> dict[int, Edition]:
        """Return these editions; one that is gone is missing.

        Args:
            ids: which.
            known: papers read before, used again and added to: for one run, in which a
                paper that changes meanwhile stays as it was first read.
        """
        ...

    def editions_of(
        self, subscriber_id: int, *, slot: str | None = None, limit: int | None = None
    ) -> list[Edition]:
        """Return a reader's editions, newest first: all, or the last ones."""
        ...
