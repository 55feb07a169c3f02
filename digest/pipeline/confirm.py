"""The owner of an address agrees: what was asked for becomes a reader's record."""

from dataclasses import replace
from datetime import datetime

from digest.core.sign_up import LIFTED_BY_READER, SignUp
from digest.core.subscriber import Origin, Status, Subscriber
from digest.ports import SubscriberStore
from digest.ports.bounces import SuppressionStore
from digest.ports.sign_ups import SignUpStore


def confirm(
    sign_up: SignUp,
    reader: Subscriber,
    *,
    sign_ups: SignUpStore,
    subscribers: SubscriberStore,
    suppressions: SuppressionStore,
    now: datetime,
) -> bool:
    """Make a reader of whoever signed up; a second time changes nothing and returns False.

    Whoever agreed once and unsubscribed later is not brought back by the same link. The mark
    on the sign-up comes last: a crash before it is mended by the next click.
    """
    if sign_up.confirmed_at is not None:
        return False
    subscribers.change(reader.id, lambda known: _as_asked(known, sign_up))
    suppression = suppressions.find(reader.email)
    if suppression is not None and suppression.kind in LIFTED_BY_READER:
        suppressions.lift(reader.email, now=now)
    return sign_ups.confirm(sign_up.id, now=now)


def allow(
    sign_up: SignUp,
    *,
    sign_ups: SignUpStore,
    suppressions: SuppressionStore,
    now: datetime,
) -> bool:
    """Let mail to an address through again, once; not where only an operator may."""
    if sign_up.confirmed_at is not None:
        return False
    suppression = suppressions.find(sign_up.email)
    if suppression is not None and suppression.kind in LIFTED_BY_READER:
        suppressions.lift(sign_up.email, now=now)
    return sign_ups.confirm(sign_up.id, now=now)


def _as_asked(reader: Subscriber, sign_up: SignUp) -> Subscriber:
    """Return the reader with what was asked for; a block of the file keeps the last word."""
    agreed = replace(reader, status=Status.ACTIVE, paused_until=None, ended_by=None)
    if reader.origin is Origin.FILE:
        return agreed
    return replace(agreed, interests=sign_up.interests, schedule=sign_up.schedule)
