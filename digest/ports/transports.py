"""The way out: what transports do, and what they draw mails from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.core.delivery import Delivery
from digest.core.message import Message
from digest.core.outcome import Cause, Fault, Outcome


@dataclass(frozen=True, slots=True)
class Envelope:
    """The SMTP sender and recipient of one message (RFC 5321, 2.3.1)."""

    sender: str
    recipient: str


@dataclass(frozen=True, slots=True, eq=False)
class Mail:
    """One message on its way.

    Attributes:
        delivery: what it belongs to.
        envelope: from whom and to whom, on the wire.
        message: what is sent.
    """

    delivery: Delivery
    envelope: Envelope
    message: Message


class Outbox(Protocol):
    """The mails that wait, as a transport draws them.

    The order for each mail: ``next`` or ``at_hand``; then ``give_back``, or ``begin`` and,
    if that says yes, the content; then ``tell``. A mail that came to nothing before its
    content is told of without ``begin``.
    """

    async def next(self) -> Mail | None:
        """Return the next mail, waiting while there may be one; None when there is none now."""
        ...

    def at_hand(self) -> Mail | None:
        """Return a mail that can be had without waiting, or None."""
        ...

    async def begin(self, mail: Mail) -> bool:
        """Record that the content is about to leave, and all that was told before.

        Returns False when it must not: the claim is lost, or the reader wants no mail.

        Raises:
            StoreError: it could not be recorded.
        """
        ...

    def tell(self, mail: Mail, outcome: Outcome) -> None:
        """Record soon what came of a mail: before the next ``begin`` returns, at the latest."""
        ...

    def give_back(self, mail: Mail) -> None:
        """Put back a mail that was not offered to anybody."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Why a transport stopped before the outbox was empty.

    Attributes:
        relay: which relay.
        reply: one line for people.
        code: the server's code, or None.
        cause: why, for scripts.
        fault: the relay's own trouble, or one that only the operator can end.
        until: when to come back, if that is known (UTC).
    """

    relay: str
    reply: str
    code: int | None = None
    cause: Cause
    fault: Fault
    until: datetime | None = None


class Transport(Protocol):
    """Hands messages to the next hop."""

    @property
    def name(self) -> str:
        """How to call it: "smtp.example.org:587", "maildir /var/mail/out"."""
        ...

    async def carry(self, outbox: Outbox) -> Halt | None:
        """Hand over what the outbox holds until it gives no more.

        Never raises for anything the next hop or the line does. Returns why it stopped when
        it could not go on; mails that were not taken or refused by then are given back.

        Raises:
            StoreError: the outbox cannot be used.
        """
        ...


class Pace(Protocol):
    """Says when the next mail may go to a relay."""

    def ready(self) -> bool:
        """Take a place that is free now; False when there is none at hand."""
        ...

    async def turn(self) -> Halt | None:
        """Wait for a place and take it; or say why there is none today."""
        ...
