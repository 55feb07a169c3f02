"""Bounces: each event once, with its score and what follows from it in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    delete,
    func,
    or_,
    select,
    update,
)

from digest.core.bounces import STALE_AFTER, BounceEvent, BounceKind, Suppression, judge
from digest.core.subscriber import Status
from digest.ports.bounces import Recorded, Traced
from digest.store.database import Database, chunks, insert_into, one_at_a_time
from digest.store.rows import fold
from digest.store.sign_up_table import sign_ups
from digest.store.tables import bounce_events, deliveries, subscribers, suppressions

_UNTRACED_KEPT = timedelta(days=30)
_PAST_LOOKED_AT = 200
_COLUMNS = ("kind", "message_id", "status", "diagnostic", "source", "points", "seen_at")


class SqlBounceStore:
    """The ``BounceStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def trace(
        self,
        *,
        message_ids: Sequence[str] = (),
        sign_up: int = 0,
        subscriber_id: int = 0,
        address: str = "",
    ) -> Traced | None:
        """See ``BounceStore``."""
        with self._database.reading() as connection:
            found = _by_mail(connection, message_ids)
            if found is None and sign_up:
                found = _by_sign_up(connection, sign_up)
            if found is None and subscriber_id:
                found = _by_reader(connection, subscribers.c.id == subscriber_id)
            if found is None and address:
                found = _by_reader(connection, subscribers.c.email_key == fold(address))
        return found

    def record(self, event: BounceEvent) -> Recorded:
        """See ``BounceStore``."""
        key = fold(event.address)
        with self._database.writing() as connection:
            one_at_a_time(connection, f"bounce {key}")
            reader = _reader_of(connection, event.subscriber_id)
            if reader is None:
                return _record_untraced(connection, event)
            past = _past(connection, key)
            stale_after = STALE_AFTER[reader["cadence"].frequency]
            judgement = judge(event, past, stale_after=stale_after)
            if not _insert(connection, replace(event, points=judgement.points)):
                return Recorded(is_new=False)
            if event.kind is BounceKind.UNSUBSCRIBE:
                _unsubscribe(connection, reader["id"])
            suppressed = judgement.suppression
            if suppressed and not _suppress(connection, key, suppressed):
                suppressed = None  # it was already, and the first reason stays
            return Recorded(
                is_new=True,
                points=judgement.points,
                total=judgement.total,
                suppression=suppressed,
            )

    def history(self, address: str, *, limit: int = 50) -> list[BounceEvent]:
        """See ``BounceStore``."""
        with self._database.reading() as connection:
            return _newest(connection, fold(address), limit)

    def counts(self, *, since: datetime) -> Mapping[str, int]:
        """See ``BounceStore``."""
        is_traced = bounce_events.c.subscriber_id.is_not(None).label("traced")
        query = (
            select(bounce_events.c.kind, is_traced, func.count())
            .where(bounce_events.c.seen_at >= since)
            .group_by(bounce_events.c.kind, is_traced)
        )
        counted: dict[str, int] = {}
        with self._database.reading() as connection:
            for kind, traced, number in connection.execute(query):
                name = kind.value if traced else "untraced"
                counted[name] = counted.get(name, 0) + number
        return counted


def _by_mail(connection: Connection, message_ids: Sequence[str]) -> Traced | None:
    columns = (deliveries.c.subscriber_id, deliveries.c.recipient, deliveries.c.message_id)
    for chunk in chunks(message_ids):
        query = select(*columns).where(deliveries.c.message_id.in_(chunk))
        for reader, address, message_id in connection.execute(query.limit(1)):
            return Traced(subscriber_id=reader, address=address, message_id=message_id)
    return None


def _by_sign_up(connection: Connection, number: int) -> Traced | None:
    """Return whose address a sign-up names, or else who asked (for a change of address)."""
    is_theirs = subscribers.c.email_key == sign_ups.c.email_key
    has_asked = subscribers.c.id == sign_ups.c.subscriber_id
    query = (
        select(subscribers.c.id, sign_ups.c.email)
        .join_from(sign_ups, subscribers, or_(is_theirs, has_asked))
        .where(sign_ups.c.id == number)
        .order_by(is_theirs.desc())
    )
    for reader, address in connection.execute(query.limit(1)):
        return Traced(subscriber_id=reader, address=address)
    return None


def _by_reader(connection: Connection, condition: ColumnElement[bool]) -> Traced | None:
    query = select(subscribers.c.id, subscribers.c.email).where(condition)
    for reader, address in connection.execute(query):
        return Traced(subscriber_id=reader, address=address)
    return None


def _reader_of(connection: Connection, subscriber_id: int | None) -> RowMapping | None:
    query = select(subscribers.c.id, subscribers.c.cadence).where(
        subscribers.c.id == (subscriber_id or 0)
    )
    return connection.execute(query).mappings().first()


def _record_untraced(connection: Connection, event: BounceEvent) -> Recorded:
    """Store what is nobody's, for a while: strangers can send as much of it as they like."""
    connection.execute(
        delete(bounce_events).where(
            bounce_events.c.subscriber_id.is_(None),
            bounce_events.c.seen_at < event.seen_at - _UNTRACED_KEPT,
        )
    )
    kept = replace(event, subscriber_id=None, points=0)
    if event.subscriber_id is not None:  # the reader was erased meanwhile, and stays so
        kept = replace(kept, address="", message_id="", diagnostic="")
    return Recorded(is_new=_insert(connection, kept))


def _past(connection: Connection, key: str) -> list[BounceEvent]:
    """Return what makes an address's score, oldest first: of a day one event at most."""
    is_lift = bounce_events.c.kind == BounceKind.LIFTED
    matters = or_(bounce_events.c.points > 0, is_lift)
    return _newest(connection, key, _PAST_LOOKED_AT, matters)[::-1]


def _newest(
    connection: Connection, key: str, limit: int, *only: ColumnElement[bool]
) -> list[BounceEvent]:
    query = (
        select(bounce_events)
        .where(bounce_events.c.address_key == key, *only)
        .order_by(bounce_events.c.seen_at.desc(), bounce_events.c.id.desc())
        .limit(limit)
    )
    return read_events(connection, query)


def read_events(connection: Connection, query: Select[Any]) -> list[BounceEvent]:
    """Return the events that a query over ``bounce_events`` finds."""
    return [_event_of(row) for row in connection.execute(query).mappings()]


def _event_of(row: RowMapping) -> BounceEvent:
    return BounceEvent(
        key=row["key"],
        address=row["address_key"],
        subscriber_id=row["subscriber_id"],
        **{name: row[name] for name in _COLUMNS},
    )


def _insert(connection: Connection, event: BounceEvent) -> bool:
    """Store an event; False when it was told before."""
    row = {name: getattr(event, name) for name in ("key", "subscriber_id", *_COLUMNS)}
    query = insert_into(connection, bounce_events).values(
        row | {"address_key": fold(event.address)}
    )
    stored = query.on_conflict_do_nothing(index_elements=["key"]).returning(bounce_events.c.id)
    return connection.scalar(stored) is not None


def _unsubscribe(connection: Connection, subscriber_id: int) -> None:
    query = update(subscribers).where(subscribers.c.id == subscriber_id)
    connection.execute(
        query.values(
            status=Status.UNSUBSCRIBED, paused_until=None, status_in_file=None, ended_by=None
        )
    )


def _suppress(connection: Connection, key: str, suppression: Suppression) -> bool:
    """Suppress an address; False when it is suppressed already."""
    row = {
        "address_key": key,
        "kind": suppression.kind,
        "reason": suppression.reason,
        "since": suppression.since,
    }
    query = insert_into(connection, suppressions).values(row)
    stored = query.on_conflict_do_nothing(index_elements=["address_key"])
    return connection.scalar(stored.returning(suppressions.c.address_key)) is not None
