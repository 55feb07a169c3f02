"""Who is sending what, and what became of it, as it is kept."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from digest.core.delivery import Delivery, DeliveryState


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
        settled: Callable[[DeliveryState], None] = lambda _state: None,
    ) -> list[Delivery]:
        """Lease due deliveries to one owner and commit; nothing else about them changes.

        Queued and deferred ones whose time has come and which nobody else has, oldest
        first; each claim raises ``token``. Suppressed addresses and readers who want no
        mail become ``suppressed``, expired ones ``failed``; they are not returned, and
        ``settled`` is called with the state of each.
        """
        ...

    def commit(
        self, *, begun: Sequence[Delivery], settled: Sequence[Delivery], now: datetime
    ) -> tuple[list[bool], list[bool]]:
        """Store outcomes, and begin mails whose content is about to leave, in one transaction.

        Returns for each whether it was stored. It is not when the row is no longer this
        claim's (another one raised ``token``); a mail is not begun either when its address
        was suppressed, or its reader left, since the claim.
        """
        ...

    def record(self, delivery: Delivery, *, now: datetime) -> bool:
        """Store one outcome, as ``commit`` does."""
        ...

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Give back claims that were not begun; one that is no longer ours is left alone."""
        ...

    def abandoned(self, *, now: datetime, dead_owners: Iterable[str] = ()) -> list[Delivery]:
        """Return ``sending`` deliveries whose lease ran out or whose owner is dead."""
        ...

    def free(self, dead_owners: Iterable[str]) -> int:
        """End the leases of dead owners on mails that were not begun; return how many."""
        ...

    def owners(self) -> set[str]:
        """Return every owner that holds a lease."""
        ...

    def deliveries(self, *, edition_ids: Sequence[int]) -> list[Delivery]:
        """Return the deliveries of these editions."""
        ...

    def oldest_open(self) -> int | None:
        """Return the first id of those that wait or are being sent, None when none is open."""
        ...

    def counts(
        self,
        *,
        subscriber_ids: Sequence[int] | None = None,
        first: int = 0,
        free_at: datetime | None = None,
    ) -> dict[tuple[str, str], int]:
        """Return how many deliveries stand where, by (slot, state).

        Args:
            subscriber_ids: of these readers; None counts those of all.
            first: the first id that counts, so that years of deliveries need not be read.
            free_at: without those that somebody holds a lease on at this time.
        """
        ...

    def in_state(self, state: str, *, limit: int | None = None) -> list[Delivery]:
        """Return deliveries in a state, oldest first; all of them, or as many as ``limit``."""
        ...

    def send_again(self, ids: Sequence[int], *, expires_at: datetime, now: datetime) -> int:
        """Queue held deliveries again; return how many were held."""
        ...

    def let_go(self, ids: Sequence[int], *, now: datetime) -> int:
        """Take held deliveries for sent, because they have arrived; return how many were held."""
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
