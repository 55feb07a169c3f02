"""Bounces and complaints: what is known of one, what it counts, when an address is given up.

A bounce counts its ``weight`` at most once a day (UTC) for an address, so a storm of reports
says no more than one. The score starts anew when the last bounce that counted is stale, or when
somebody lifted the suppression. That a later mail was accepted says nothing: most bounces
come after the next hop accepted the mail. At ``THRESHOLD`` points the address is suppressed; a
complaint suppresses at once. Only the address, never its domain.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.core.blame import is_no_mailbox, is_our_fault
from digest.core.schedule import Frequency

THRESHOLD = 4
STALE_AFTER = {
    Frequency.DAILY: timedelta(days=7),
    Frequency.WEEKDAYS: timedelta(days=7),
    Frequency.WEEKLY: timedelta(days=21),
    Frequency.MONTHLY: timedelta(days=93),
}
"""How long a bounce is remembered; who gets mail less often has bounces less often."""


class BounceKind(StrEnum):
    """What happened to a mail, or was done about its address."""

    REFUSED = "refused"
    """The next hop said 5yz while we were talking to it."""
    HARD = "hard"
    """A report came back: it can never be delivered."""
    SOFT = "soft"
    """A report came back: it could not be delivered, but a later mail might be."""
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    LIFTED = "lifted"
    """Somebody allowed mail again."""


_BOUNCES = {BounceKind.REFUSED, BounceKind.HARD, BounceKind.SOFT}


class SuppressedBy(StrEnum):
    """Why an address must not be mailed."""

    BOUNCES = "bounces"
    COMPLAINT = "complaint"
    ERASED = "erased"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceEvent:
    """One bounce, complaint or request, traced to a reader or not.

    Attributes:
        key: the same for the same event, however often and by whatever way it is told.
        kind: what happened.
        address: the address it is about, as far as known.
        subscriber_id: the reader it was traced to; None is nobody, and counts nothing.
        message_id: the Message-ID of the mail it is about, or "".
        status: enhanced status code (RFC 3463) such as ``5.1.1``, or "".
        diagnostic: one line of what the other side said.
        source: how we know: smtp, mailbox, file, or a webhook's form.
        seen_at: when we learned it (UTC); dates in reports are anybody's to write.
        points: what it counted, once it is stored.
    """

    key: str
    kind: BounceKind
    address: str
    subscriber_id: int | None = None
    message_id: str = ""
    status: str = ""
    diagnostic: str = ""
    source: str
    seen_at: datetime
    points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address that must not be mailed.

    Attributes:
        kind: what led to it.
        reason: one line for people.
        since: when that was (UTC).
    """

    kind: SuppressedBy
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What follows from an event.

    Attributes:
        points: what it adds to the score.
        total: the score with it.
        suppression: what to do about the address, or None.
    """

    points: int
    total: int
    suppression: Suppression | None = None


def weight(kind: BounceKind, status: str) -> int:
    """Return what an event may count: 2 for "no such mailbox", 1 for other bounces.

    Nothing when the trouble is of our own making (too big, refused as spam, a bad sender):
    one listing of our relay must not cost us every reader of a large provider.
    """
    if kind not in _BOUNCES or is_our_fault(status):
        return 0
    return 2 if is_no_mailbox(status) else 1


def score(past: Iterable[BounceEvent], *, now: datetime, stale_after: timedelta) -> int:
    """Return the points that an address has at ``now``.

    Args:
        past: its events as stored, oldest first; only points and lifts matter.
        now: the present (UTC).
        stale_after: how long the last bounce is remembered.
    """
    total, last = 0, now
    for event in past:
        if event.kind is BounceKind.LIFTED:
            total = 0
        elif event.points:
            total = event.points + (total if event.seen_at - last <= stale_after else 0)
            last = event.seen_at
    return total if now - last <= stale_after else 0


def judge(event: BounceEvent, past: Iterable[BounceEvent], *, stale_after: timedelta) -> Judgement:
    """Say what an event counts and whether its address is to be suppressed.

    Args:
        event: new, not among ``past``.
        past: the events of its address so far, as for ``score``.
        stale_after: how long the last bounce is remembered.
    """
    known = list(past)
    before = score(known, now=event.seen_at, stale_after=stale_after)
    if event.subscriber_id is None:
        return Judgement(points=0, total=before)
    today = event.seen_at.date()
    counted = any(other.points and other.seen_at.date() == today for other in _since_lift(known))
    points = 0 if counted else weight(event.kind, event.status)
    total = before + points
    return Judgement(points=points, total=total, suppression=_suppression(event, points, total))


def _since_lift(past: list[BounceEvent]) -> list[BounceEvent]:
    lifts = [place for place, event in enumerate(past) if event.kind is BounceKind.LIFTED]
    return past[lifts[-1] + 1 :] if lifts else past


def _suppression(event: BounceEvent, points: int, total: int) -> Suppression | None:
    said = " ".join(filter(None, (event.status, event.diagnostic)))
    if event.kind is BounceKind.COMPLAINT:
        reason = ": ".join(filter(None, ("the reader complained", said)))
        return Suppression(kind=SuppressedBy.COMPLAINT, reason=reason, since=event.seen_at)
    if points and total >= THRESHOLD:
        reason = ": ".join(filter(None, (f"mails bounced ({total} points)", said)))
        return Suppression(kind=SuppressedBy.BOUNCES, reason=reason, since=event.seen_at)
    return None
