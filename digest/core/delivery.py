"""Deliveries and their states: what follows from what the next hop said.

    queued ──claim──> sending ──accepted──> sent
                         │ ────deferred──> deferred ──claim──> sending …
                         │ ────refused───> failed
                         │ ────unknown───> in doubt (held), or deferred (resent)
    queued, deferred ──suppressed address──> suppressed
    queued, deferred ──past its expiry────> failed

*Sent* means that the next hop took responsibility (RFC 5321, 4.2.5), no more. Every
failure is temporary unless proven permanent.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

_RELAY_PAUSE = timedelta(seconds=10)


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    IN_DOUBT = "in_doubt"

    @property
    def is_open(self) -> bool:
        """True while something will still happen by itself."""
        return self in {DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED}


class OnDoubt(StrEnum):
    """What to do when the reply to the final dot was lost."""

    RESEND = "resend"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The next hop took the message; ``reply`` is its line."""

    reply: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now (4yz, no connection): try again later.

    Attributes:
        reply: the server's line, or what went wrong.
        code: SMTP reply code (RFC 5321, 4.2), or None when there was no reply.
        relay: the trouble is the relay's or the line's, not this recipient's.
    """

    reply: str
    code: int | None = None
    relay: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Never for this message (5yz); fields as in ``Deferred``."""

    reply: str
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The line broke between the final dot and its reply (RFC 1047)."""

    reply: str


Outcome = Accepted | Deferred | Refused | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An edition on its way to an address.

    Attributes:
        id: the store's number.
        edition_id: what is sent.
        subscriber_id: to whom.
        recipient: the address, fixed when the edition was composed.
        message_id: the Message-ID, angle brackets included; the same on every attempt.
        state: where it stands.
        attempts: how often it was tried; also the fencing token of a claim.
        next_attempt_at: not before this (UTC).
        expires_at: given up after this (UTC).
        lease_owner: who is sending it, or "".
        lease_until: when that claim ends by itself (UTC), or None.
        code: SMTP code of the last reply, or None.
        reply: the last reply or trouble, or "".
        sent_at: when the next hop accepted it (UTC), or None.
    """

    id: int = 0
    edition_id: int
    subscriber_id: int
    recipient: str
    message_id: str
    state: DeliveryState = DeliveryState.QUEUED
    attempts: int = 0
    next_attempt_at: datetime
    expires_at: datetime
    lease_owner: str = ""
    lease_until: datetime | None = None
    code: int | None = None
    reply: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How long to wait between attempts, and what to do in doubt.

    Attributes:
        first: wait after the first failure; doubles with each attempt.
        cap: the longest wait.
        on_doubt: send again, or hold for a person to decide.
    """

    first: timedelta = timedelta(minutes=5)
    cap: timedelta = timedelta(hours=1)
    on_doubt: OnDoubt = OnDoubt.RESEND

    def delay(self, attempts: int, jitter: float) -> timedelta:
        """Return the wait after ``attempts`` tries, ±20 % by ``jitter`` in [0, 1)."""
        doubled = self.first * (1 << min(max(attempts - 1, 0), 20))
        return min(doubled, self.cap) * (0.8 + 0.4 * jitter)


def next_state(
    delivery: Delivery, outcome: Outcome, *, policy: RetryPolicy, now: datetime, jitter: float
) -> Delivery:
    """Return the delivery after its attempt ended with ``outcome``.

    Args:
        delivery: as it was claimed (``sending``).
        outcome: what the transport said.
        policy: waits and the rule for doubt.
        now: the present (UTC).
        jitter: a random number in [0, 1).
    """
    released = replace(delivery, lease_owner="", lease_until=None, reply=outcome.reply)
    match outcome:
        case Accepted():
            return replace(released, state=DeliveryState.SENT, sent_at=now, code=250)
        case Refused(code=code):
            return replace(released, state=DeliveryState.FAILED, code=code)
        case Deferred(code=code, relay=True):
            # Not this mail's fault: it goes out as soon as the relay can be used again.
            return _later(replace(released, code=code), now + _RELAY_PAUSE)
        case Deferred(code=code):
            again = now + policy.delay(delivery.attempts, jitter)
            return _later(replace(released, code=code), again)
        case Unknown():
            if policy.on_doubt is OnDoubt.HOLD:
                return replace(released, state=DeliveryState.IN_DOUBT, code=None)
            again = now + policy.delay(delivery.attempts, jitter)
            return _later(replace(released, code=None), again)


def recovered(delivery: Delivery, *, policy: RetryPolicy, now: datetime) -> Delivery:
    """Return a ``sending`` delivery whose sender died, as the policy for doubt says."""
    reply = "the sender stopped during the attempt; the mail may have been accepted"
    released = replace(delivery, lease_owner="", lease_until=None, reply=reply, code=None)
    if policy.on_doubt is OnDoubt.HOLD:
        return replace(released, state=DeliveryState.IN_DOUBT)
    return replace(released, state=DeliveryState.DEFERRED, next_attempt_at=now)


def _later(delivery: Delivery, again: datetime) -> Delivery:
    if again >= delivery.expires_at:
        return replace(
            delivery,
            state=DeliveryState.FAILED,
            reply=f"given up after {delivery.attempts} attempts: {delivery.reply}",
        )
    return replace(delivery, state=DeliveryState.DEFERRED, next_attempt_at=again)
