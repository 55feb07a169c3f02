"""Who waits for an edition: readers whose slot is open and has none yet.

The database compares: a tick of every minute, with readers who have years of editions,
must not read what they have had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.core.schedule import Schedule, Slot
from digest.store.columns import encode_instant
from digest.store.driver import all_rows, marks

_WAITING = """
WITH wanted (cadence, send_at, timezone, slot) AS (VALUES {slots})
SELECT subscribers.id FROM subscribers
JOIN wanted ON wanted.cadence = subscribers.cadence
    AND wanted.send_at = subscribers.send_at AND wanted.timezone = subscribers.timezone
WHERE subscribers.id > ? AND {among}
    AND (subscribers.status = 'active'
        OR subscribers.status = 'paused' AND subscribers.paused_until <= ?)
    AND NOT EXISTS (
        SELECT 1 FROM editions LEFT JOIN deliveries ON deliveries.edition_id = editions.id
        WHERE editions.subscriber_id = subscribers.id AND editions.slot = wanted.slot
            AND (editions.picks > 0 OR deliveries.id IS NOT NULL OR editions.cutoff >= ?)
    )
ORDER BY subscribers.id LIMIT ?
"""
_SLOT = "(?, ?, ?, ?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Asks who waits, a page of readers at a time.

    Attributes:
        slots: the open slots by the schedules that have them.
        now: the present (UTC), for pauses that have ended.
        newest_serial: an empty edition counts unless papers came after it.
        size: the most readers of a page.
        among: only these readers; None asks of all.
    """

    slots: Sequence[tuple[Schedule, Slot]]
    now: datetime
    newest_serial: int
    size: int
    among: Sequence[int] | None = None

    def after(self, connection: Connection, subscriber_id: int) -> list[int]:
        """Return the first ones who wait after a reader, by their ids, which rise."""
        statement = _WAITING.format(
            slots=", ".join([_SLOT] * len(self.slots)),
            among="TRUE" if self.among is None else f"subscribers.id IN ({marks(self.among)})",
        )
        values = (
            *(value for schedule, slot in self.slots for value in _row(schedule, slot)),
            subscriber_id,
            *(self.among or ()),
            encode_instant(self.now),
            self.newest_serial,
            self.size,
        )
        return [number for (number,) in all_rows(connection, statement, values)]


def _row(schedule: Schedule, slot: Slot) -> tuple[str, str, str, str]:
    """Return a schedule as its columns hold it, and the slot's key."""
    return str(schedule.cadence), schedule.send_at.isoformat(), schedule.timezone, slot.key
