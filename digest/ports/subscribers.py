"""People, as they are kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from digest.core.schedule import Schedule
from digest.core.subscriber import Status, Subscriber


class SubscriberStore(Protocol):
    """People."""

    def add(self, subscriber: Subscriber, *, now: datetime) -> Subscriber:
        """Store a new subscriber, or one whom the file or a command ended; return it with its id.

        Raises:
            UsageError: the address is taken (addresses compare without case).
            InvalidTransitionError: its reader unsubscribed.
        """
        ...

    def update(self, subscriber: Subscriber) -> None:
        """Overwrite the subscriber with this id."""
        ...

    def change(
        self, subscriber_id: int, how: Callable[[Subscriber], Subscriber]
    ) -> Subscriber | None:
        """Overwrite a subscriber with what ``how`` makes of it, in one transaction.

        Of two changes at once neither undoes the other: the second sees what the first one
        stored. Returns what is stored now, None when there is no such subscriber; what
        ``how`` raises changes nothing.
        """
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

    def each(self) -> Iterator[Subscriber]:
        """Yield all subscribers by address; memory holds but some of them."""
        ...

    def schedules(self, *, now: datetime) -> list[Schedule]:
        """Return the schedules of all who get mail at this time, each once."""
        ...

    def number(self, *, now: datetime | None = None) -> int:
        """Return how many subscribers there are; with a time, how many get mail then.

        Those whose address is suppressed get none.
        """
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

    def follow(self, usual: Subscriber) -> int:
        """Give readers the settings of ``usual`` that they left to the list (``follows``).

        Returns:
            how many readers' settings changed.
        """
        ...
