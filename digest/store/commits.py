"""The two statements that every mail needs: begin it, and settle it."""

from datetime import datetime

from sqlalchemy import Connection

from digest.core.delivery import Delivery
from digest.store.columns import encode_instant
from digest.store.driver import changed

_BEGIN = """
UPDATE deliveries SET state = 'sending', attempts = ?, lease_until = ?, changed_at = ?
WHERE id = ? AND token = ? AND lease_owner = ? AND state IN ('queued', 'deferred')
AND NOT EXISTS (SELECT 1 FROM suppressions WHERE address_key = recipient_key)
AND EXISTS (
    SELECT 1 FROM subscribers WHERE subscribers.id = subscriber_id
    AND (subscribers.status = 'active'
         OR subscribers.status = 'paused' AND subscribers.paused_until <= ?)
)
"""
_SETTLE = """
UPDATE deliveries SET state = ?, attempts = ?, next_attempt_at = ?, lease_owner = '',
    lease_until = NULL, code = ?, status = ?, cause = ?, reply = ?, sent_at = ?, changed_at = ?
WHERE id = ? AND token = ? AND lease_owner <> '' AND state IN ('queued', 'deferred', 'sending')
"""


def begin(connection: Connection, delivery: Delivery, now: datetime) -> bool:
    """Store that a mail's content is about to leave; see ``ports.Ledger.commit``."""
    lease_until = delivery.lease_until
    at = encode_instant(now)
    values = (
        delivery.attempts,
        None if lease_until is None else encode_instant(lease_until),
        at,
        delivery.id,
        delivery.token,
        delivery.lease_owner,
        at,
    )
    return changed(connection, _BEGIN, values) == 1


def settle(connection: Connection, delivery: Delivery, now: datetime) -> bool:
    """Store an outcome; see ``ports.Ledger.commit``."""
    values = (
        delivery.state.value,
        delivery.attempts,
        encode_instant(delivery.next_attempt_at),
        delivery.code,
        delivery.status,
        delivery.cause.value,
        delivery.reply,
        None if delivery.sent_at is None else encode_instant(delivery.sent_at),
        encode_instant(now),
        delivery.id,
        delivery.token,
    )
    return changed(connection, _SETTLE, values) == 1
