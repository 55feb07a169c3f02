"""A refusal while we were sending, as a bounce: when it blames the recipient."""

from datetime import datetime

from digest.core.blame import blames_recipient, status_in
from digest.core.bounces import BounceEvent, BounceKind
from digest.core.delivery import Delivery
from digest.core.text import clean, clip


def refusal_event(
    delivery: Delivery, code: int | None, status: str, reply: str, *, now: datetime
) -> BounceEvent | None:
    """Return the bounce that an SMTP refusal amounts to, None when it says nothing of the reader.

    Policy, size and protocol refusals are trouble of ours with the server, and so is whatever
    names neither a mailbox's code nor a mailbox in words.

    Args:
        delivery: what was refused.
        code: the reply's code, None when there was no reply.
        status: its enhanced status code, "" when it had none.
        reply: its text.
        now: the present (UTC).
    """
    if code is None or not blames_recipient(code, status, reply):
        return None
    return BounceEvent(
        key=bounce_key(delivery.message_id),
        kind=BounceKind.REFUSED,
        address=delivery.recipient,
        subscriber_id=delivery.subscriber_id,
        message_id=delivery.message_id,
        status=status or status_in(reply),
        diagnostic=clip(clean(reply), 200),
        source="smtp",
        seen_at=now,
    )


def bounce_key(message_id: str) -> str:
    """Return the key of a mail's bounce: one mail bounces once, however often that is told."""
    return f"bounce:{message_id}"
