"""What came back of mails: the mailboxes it arrives in, and how it is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.core.bounces import BounceEvent, Suppression


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceMail:
    """A message in a bounce mailbox: the mailbox's name for it, and its bytes."""

    id: str
    content: bytes


class BounceMailbox(Protocol):
    """Where reports about mails arrive; none is ever deleted."""

    @property
    def name(self) -> str:
        """What to call it in messages."""
        ...

    def mails(self) -> Iterator[BounceMail]:
        """Yield mails that are not settled yet, oldest first.

        Raises:
            MailboxError: it cannot be read.
        """
        ...

    def settle(self, mail: BounceMail, *, understood: bool) -> None:
        """Put a mail away, where people look when it was not understood.

        Raises:
            MailboxError: it cannot be moved.
        """
        ...

    def close(self) -> None:
        """Let go of it; a second call does nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """The reader that a report is about.

    Attributes:
        subscriber_id: the reader.
        address: where the mail went, or the reader's address when the mail is not known.
        message_id: the mail's Message-ID, or "" when it is not known.
    """

    subscriber_id: int
    address: str
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What recording an event came to.

    Attributes:
        is_new: False when the same event was told before; then nothing else happened.
        points: what it counted.
        total: the address's score with it.
        suppression: set when this event suppressed the address.
    """

    is_new: bool
    points: int = 0
    total: int = 0
    suppression: Suppression | None = None


class BounceStore(Protocol):
    """Bounces, complaints and requests, and what followed from them."""

    def trace(
        self,
        *,
        message_ids: Sequence[str] = (),
        sign_up: int = 0,
        subscriber_id: int = 0,
        address: str = "",
    ) -> Traced | None:
        """Find a reader: by a mail we sent, else by number, else by present address.

        Args:
            message_ids: of editions' mails.
            sign_up: the number of the sign-up that the mail answered; 0 is none.
            subscriber_id: the reader's number; 0 is nobody's.
            address: the reader's.
        """
        ...

    def record(self, event: BounceEvent) -> Recorded:
        """Store an event, score it and do what follows, in one transaction.

        A ``key`` that is there already changes nothing. An event without a reader, or whose
        reader is gone, is stored and counts nothing. A request to unsubscribe is granted.
        """
        ...

    def history(self, address: str, *, limit: int = 50) -> list[BounceEvent]:
        """Return the events of an address in any case, newest first."""
        ...

    def counts(self, *, since: datetime) -> Mapping[str, int]:
        """Return how many events were seen since then, by kind; untraced ones apart."""
        ...


class SuppressionStore(Protocol):
    """Addresses that must not be mailed."""

    def find(self, address: str) -> Suppression | None:
        """Return why an address must not be mailed, None when it may be."""
        ...

    def lift(self, address: str, *, now: datetime) -> Suppression | None:
        """Allow mail again, and start its score anew; returns what stood in the way.

        For operators, and for readers who confirmed that they want mail.
        """
        ...

    def recall(self, address: str) -> Suppression | None:
        """Return why an address must not be mailed, also when it is known as a hash alone.

        Such a one, of a reader who was erased, is kept as it is from then on.
        """
        ...

    def counts(self) -> Mapping[str, int]:
        """Return how many addresses are suppressed, by what led to it."""
        ...

    def readers(self) -> frozenset[int]:
        """Return the numbers of all subscribers whose address must not be mailed."""
        ...

    def erase(self, subscriber_id: int, *, now: datetime) -> None:
        """Delete a subscriber with everything known, but for one salted hash.

        By it the address is known again, and not mailed, should somebody bring it back (an
        old list imported); nobody can read the address from it.
        """
        ...
