"""The two statements that every mail needs: begin it, and settle it.

Written out and handed straight to the driver: these run once for each mail, and SQLAlchemy's
way to the same UPDATE costs ten times the UPDATE.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from digest.core.delivery import Delivery
from digest.store.columns import encode_instant

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
    return _changes_a_row(
        connection,
        _BEGIN,
        (
            delivery.attempts,
            None if lease_until is None else encode_instant(lease_until),
            at,
            delivery.id,
            delivery.token,
            delivery.lease_owner,
            at,
        ),
    )


def settle(connection: Connection, delivery: Delivery, now: datetime) -> bool:
    """Store an outcome; see ``ports.Ledger.commit``."""
    return _changes_a_row(
        connection,
        _SETTLE,
        (
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
        ),
    )


def _changes_a_row(connection: Connection, statement: str, values: tuple[Any, ...]) -> bool:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.paramstyle != "qmark":
        statement = statement.replace("?", "%s")
    return bool(driver.execute(statement, values).rowcount == 1)
