"""Editions with their deliveries, as they are put into the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from digest.core.delivery import Delivery
from digest.core.edition import Edition
from digest.core.paper import Paper, PaperId


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
