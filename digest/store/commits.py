"""The two statements that every mail needs: begin it, and settle it.

They go to the driver itself, and so does the transaction around them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from digest.core.delivery import Delivery
from digest.store.columns import encode_instant
from digest.store.database import Database
from digest.store.driver import in_style

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


class Commits:
    """Stores what is begun and what has ended, in one transaction.

    Args:
        database: where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._begin = in_style(database.paramstyle, _BEGIN)
        self._settle = in_style(database.paramstyle, _SETTLE)

    def commit(
        self, begun: Sequence[Delivery], settled: Sequence[Delivery], now: datetime
    ) -> tuple[list[bool], list[bool]]:
        """See ``ports.Ledger.commit``.

        Raises:
            StoreError: the database cannot be used.
        """
        at = encode_instant(now)
        with self._database.writing_by_driver() as driver:
            told = [_changes(driver, self._settle, _ending(of, at)) for of in settled]
            return [_changes(driver, self._begin, _beginning(of, at)) for of in begun], told


def _changes(driver: Any, statement: str, values: tuple[Any, ...]) -> bool:
    return bool(driver.execute(statement, values).rowcount == 1)


def _beginning(delivery: Delivery, at: int) -> tuple[Any, ...]:
    until = delivery.lease_until
    return (
        delivery.attempts,
        None if until is None else encode_instant(until),
        at,
        delivery.id,
        delivery.token,
        delivery.lease_owner,
        at,
    )


def _ending(delivery: Delivery, at: int) -> tuple[Any, ...]:
    return (
        delivery.state.value,
        delivery.attempts,
        encode_instant(delivery.next_attempt_at),
        delivery.code,
        delivery.status,
        delivery.cause.value,
        delivery.reply,
        None if delivery.sent_at is None else encode_instant(delivery.sent_at),
        at,
        delivery.id,
        delivery.token,
    )
