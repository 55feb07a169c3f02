"""How relays do, and the places that their limits leave, shared by all processes."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, case, func, literal, select, update

from digest.core.outcome import Cause
from digest.core.pace import Places, take
from digest.ports import Halt, RelayRecord
from digest.store.columns import instants
from digest.store.database import Database, insert_into
from digest.store.tables import relays

_NEW: dict[str, Any] = {
    "failures": 0,
    "trouble": "",
    "cause": Cause.NONE,
    "next_free": 0.0,
    "sent_on_day": 0,
}


class SqlRelayStore:
    """The ``RelayStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def relay_record(self, name: str, *, now: datetime) -> RelayRecord:
        """See ``RelayStore``."""
        return next(
            (record for record in self.relay_records(now=now) if record.name == name),
            RelayRecord(name=name),
        )

    def relay_records(self, *, now: datetime) -> list[RelayRecord]:
        """See ``RelayStore``."""
        with self._database.reading() as connection:
            rows = connection.execute(select(relays).order_by(relays.c.name)).mappings()
            return [_record_of(row, now) for row in rows]

    def note_trouble(self, name: str, halt: Halt, *, now: datetime, not_before: datetime) -> None:
        """See ``RelayStore``; a trouble goes on until a success, whatever its words."""
        with self._database.writing() as connection:
            _make_sure_of(connection, name)
            connection.execute(
                update(relays)
                .where(relays.c.name == name)
                .values(
                    failures=relays.c.failures + 1,
                    trouble=halt.reply,
                    cause=halt.cause,
                    since=func.coalesce(relays.c.since, literal(now, instants())),
                    not_before=not_before,
                )
            )

    def note_success(self, name: str) -> None:
        """See ``RelayStore``."""
        well = {"failures": 0, "trouble": "", "cause": Cause.NONE}
        with self._database.writing() as connection:
            _make_sure_of(connection, name)
            connection.execute(
                update(relays)
                .where(relays.c.name == name)
                .values(well | {"since": None, "not_before": None})
            )

    def reserve(
        self, name: str, *, now: float, day: date, interval: float, count: int, per_day: int
    ) -> Places | None:
        """See ``RelayStore``."""
        with self._database.writing() as connection:
            _make_sure_of(connection, name)
            sent = case((relays.c.day == day, relays.c.sent_on_day), else_=0)
            lock = select(relays.c.next_free, sent).where(relays.c.name == name).with_for_update()
            next_free, sent_today = connection.execute(lock).one()
            if per_day:
                count = min(count, per_day - sent_today)
            if count <= 0:
                return None
            places = take(next_free, now=now, interval=interval, count=count)
            connection.execute(
                update(relays)
                .where(relays.c.name == name)
                .values(next_free=places.end, day=day, sent_on_day=sent_today + count)
            )
            return places


def _make_sure_of(connection: Connection, name: str) -> None:
    row = insert_into(connection, relays).values(_NEW | {"name": name})
    connection.execute(row.on_conflict_do_nothing(index_elements=["name"]))


def _record_of(row: RowMapping, now: datetime) -> RelayRecord:
    is_today = row["day"] == now.astimezone(UTC).date()
    return RelayRecord(
        name=row["name"],
        failures=row["failures"],
        trouble=row["trouble"],
        cause=row["cause"],
        since=row["since"],
        not_before=row["not_before"],
        sent_today=row["sent_on_day"] if is_today else 0,
    )
