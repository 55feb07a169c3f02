"""Deliveries and their states: what follows from what the next hop said.

    queued ──begin──> sending ──accepted──> sent
      │                  │ ────deferred──> deferred ──begin──> sending …
      │                  │ ────refused───> failed
      │                  │ ────unknown───> in doubt (held), or deferred (resent)
      │ ────deferred or refused before its content was sent──> deferred, failed
    queued, deferred ──suppressed address──> suppressed
    queued, deferred ──past its expiry────> failed

Before a mail is begun it is *claimed*: a lease on a queued or deferred delivery, which
changes nothing else, so that a claim whose owner dies is simply free again. ``sending``
begins just before the content leaves: only then can the mail be in doubt.

*Sent* means that the next hop took responsibility (RFC 5321, 4.2.5), no more. Every
failure is temporary unless proven permanent.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from digest.core.outcome import Accepted, Cause, Deferred, Fault, Outcome, Refused, Unknown

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
        attempts: how often it was tried, a try cut short by the relay's trouble not counted.
        token: how often it was claimed: the fencing token. Whoever holds an older one has
            no say any more.
        next_attempt_at: not before this (UTC).
        expires_at: given up after this (UTC).
        lease_owner: who is sending it, or "".
        lease_until: when that claim ends by itself (UTC), or None.
        code: SMTP code of the last reply, or None.
        status: enhanced status code of the last reply (RFC 3463), or "".
        cause: why it stands where it stands.
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
    token: int = 0
    next_attempt_at: datetime
    expires_at: datetime
    lease_owner: str = ""
    lease_until: datetime | None = None
    code: int | None = None
    status: str = ""
    cause: Cause = Cause.NONE
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


def begun(delivery: Delivery, *, lease_until: datetime) -> Delivery:
    """Return a claimed delivery as it is from just before its content leaves."""
    return replace(
        delivery,
        state=DeliveryState.SENDING,
        attempts=delivery.attempts + 1,
        lease_until=lease_until,
    )


def next_state(
    delivery: Delivery,
    outcome: Outcome,
    *,
    policy: RetryPolicy,
    now: datetime,
    jitter: float,
    relay_works: bool = True,
) -> Delivery:
    """Return the delivery after its attempt ended with ``outcome``.

    Args:
        delivery: as it was begun (``sending``), or as claimed when it came to nothing before.
        outcome: what the transport said.
        policy: waits and the rule for doubt.
        now: the present (UTC).
        jitter: a random number in [0, 1).
        relay_works: the relay accepts other mails; then a policy that refuses this one is
            not about us.
    """
    told = partial(
        replace,
        delivery,
        attempts=_attempts_after(delivery, outcome),
        lease_owner="",
        lease_until=None,
        code=outcome.code,
        status=outcome.status,
        cause=outcome.cause,
        reply=outcome.reply,
    )
    if isinstance(outcome, Accepted):
        return told(state=DeliveryState.SENT, sent_at=now)
    if isinstance(outcome, Refused) and _is_final(outcome, relay_works=relay_works):
        return told(state=DeliveryState.FAILED)
    if isinstance(outcome, Unknown) and policy.on_doubt is OnDoubt.HOLD:
        return told(state=DeliveryState.IN_DOUBT)
    tried = told()
    return _later(tried, now + _wait(tried, outcome, policy, jitter))


def recovered(delivery: Delivery, *, policy: RetryPolicy, now: datetime) -> Delivery:
    """Return a ``sending`` delivery whose sender died, as the policy for doubt says."""
    released = replace(
        delivery,
        lease_owner="",
        lease_until=None,
        reply="the sender stopped during the attempt; the mail may have been accepted",
        code=None,
        status="",
        cause=Cause.SENDER_DIED,
    )
    if policy.on_doubt is OnDoubt.HOLD:
        return replace(released, state=DeliveryState.IN_DOUBT)
    return replace(released, state=DeliveryState.DEFERRED, next_attempt_at=now)


def _attempts_after(delivery: Delivery, outcome: Outcome) -> int:
    """Return the attempts with this one, if it counts.

    What the relay or we are to blame for does not; ``begun`` has counted it beforehand.
    """
    fault = getattr(outcome, "fault", Fault.RECIPIENT)
    counts = fault in {Fault.RECIPIENT, Fault.POLICY}
    return delivery.attempts + counts - (delivery.state is DeliveryState.SENDING)


def _is_final(refused: Refused, *, relay_works: bool) -> bool:
    """Tell whether a refusal is this recipient's, for good, and not ours to end."""
    return refused.fault is Fault.RECIPIENT or (refused.fault is Fault.POLICY and relay_works)


def _wait(
    delivery: Delivery, outcome: Deferred | Refused | Unknown, policy: RetryPolicy, jitter: float
) -> timedelta:
    if isinstance(outcome, Deferred) and outcome.fault is Fault.RELAY:
        return _RELAY_PAUSE
    return policy.delay(max(delivery.attempts, 1), jitter)


def _later(delivery: Delivery, again: datetime) -> Delivery:
    if again >= delivery.expires_at:
        return replace(
            delivery,
            state=DeliveryState.FAILED,
            cause=Cause.EXPIRED,
            reply=f"given up after {_attempts(delivery.attempts)}: {delivery.reply}",
        )
    return replace(delivery, state=DeliveryState.DEFERRED, next_attempt_at=again)


def _attempts(number: int) -> str:
    return f"{number} attempt{'' if number == 1 else 's'}"
