"""Who waits for an edition: readers whose slot is open and has none yet.

The database compares: a tick of every minute, with readers who have years of editions,
must not read what they have had. An edition of another cadence, made after the slot had begun,
stands for the slot's (see ``core.schedule.stands_for``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.core.schedule import Schedule, Slot, begins_at
from digest.store.columns import encode_instant
from digest.store.driver import all_rows, marks

# A CASE where an OR would do, or SQLite would go by the index of states and sort everybody,
# for every page anew.
_WAITING = """
SELECT id FROM subscribers
WHERE id > ? AND {among}
    AND (cadence, send_at, timezone) IN (VALUES {schedules})
    AND CASE status WHEN 'active' THEN TRUE WHEN 'paused' THEN paused_until <= ? ELSE FALSE END
    AND NOT EXISTS (
        SELECT 1 FROM editions LEFT JOIN deliveries ON deliveries.edition_id = editions.id
        WHERE editions.subscriber_id = subscribers.id AND editions.slot = ?
            AND (editions.picks > 0 OR deliveries.id IS NOT NULL OR editions.cutoff >= ?)
    )
    AND NOT EXISTS (
        SELECT 1 FROM editions LEFT JOIN deliveries ON deliveries.edition_id = editions.id
        WHERE editions.subscriber_id = subscribers.id
            AND editions.created_at >= CASE timezone {beginnings} END
            AND LENGTH(editions.slot) <> ?
            AND (editions.picks > 0 OR deliveries.id IS NOT NULL)
    )
ORDER BY id LIMIT ?
"""
_SCHEDULE = "(?, ?, ?)"
_BEGINNING = "WHEN ? THEN ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Asks who waits, a page of readers at a time.

    Attributes:
        slot: the slot that is open.
        schedules: those that have it.
        now: the present (UTC), for pauses that have ended.
        newest_serial: an empty edition counts unless papers came after it.
        size: the most readers of a page.
        among: only these readers; None asks of all.
    """

    slot: Slot
    schedules: Sequence[Schedule]
    now: datetime
    newest_serial: int
    size: int
    among: Sequence[int] | None = None

    def after(self, connection: Connection, subscriber_id: int) -> list[int]:
        """Return the first ones who wait after a reader, by their ids, which rise."""
        beginnings = self._beginnings()
        statement = _WAITING.format(
            beginnings=" ".join([_BEGINNING] * len(beginnings)),
            schedules=", ".join([_SCHEDULE] * len(self.schedules)),
            among="TRUE" if self.among is None else f"id IN ({marks(self.among)})",
        )
        values = (
            subscriber_id,
            *(self.among or ()),
            *(value for schedule in self.schedules for value in _row(schedule)),
            encode_instant(self.now),
            self.slot.key,
            self.newest_serial,
            *(value for beginning in beginnings for value in beginning),
            len(self.slot.key),
            self.size,
        )
        return [number for (number,) in all_rows(connection, statement, values)]

    def _beginnings(self) -> list[tuple[str, int]]:
        """Return when the slot begins in each time zone, as the columns hold both."""
        zones = sorted({schedule.timezone for schedule in self.schedules})
        return [(zone, encode_instant(begins_at(self.slot, zone))) for zone in zones]


def _row(schedule: Schedule) -> tuple[str, str, str]:
    """Return a schedule as its columns hold it."""
    return str(schedule.cadence), schedule.send_at.isoformat(), schedule.timezone
