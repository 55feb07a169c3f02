"""Rows from values and values from rows; the columns themselves know their types."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, RowMapping

from digest.core.delivery import Delivery
from digest.core.harvest import Cursor
from digest.core.paper import Paper, Signals
from digest.core.schedule import Schedule
from digest.core.subscriber import Subscriber
from digest.ports import SourceRecord, StoredPaper
from digest.store.tables import deliveries, papers

Values = dict[str, Any]

SCHEDULE_FIELDS = tuple(field.name for field in fields(Schedule))
SIGNAL_KINDS = tuple(field.name for field in fields(Signals))
_PAPER_FIELDS = tuple(field.name for field in fields(Paper) if field.name != "signals")
_CURSOR_FIELDS = tuple(field.name for field in fields(Cursor))
_SOURCE_FIELDS = tuple(field.name for field in fields(SourceRecord) if field.name != "cursor")
_SUBSCRIBER_FIELDS = tuple(
    field.name for field in fields(Subscriber) if field.name not in {"id", "schedule"}
)
_DELIVERY_FIELDS = tuple(field.name for field in fields(Delivery))

PAPER_COLUMNS = [papers.c[name] for name in (*_PAPER_FIELDS, *SIGNAL_KINDS)]
DELIVERY_COLUMNS = [deliveries.c[name] for name in _DELIVERY_FIELDS]


def fold(address: str) -> str:
    """Return the form in which addresses are compared."""
    return address.casefold()


def row_of_paper(paper: Paper) -> Values:
    """Return a paper's columns, all but those that the store adds."""
    return _values(paper, _PAPER_FIELDS) | _values(paper.signals, SIGNAL_KINDS)


def paper_of(row: RowMapping) -> Paper:
    """Read a paper."""
    return Paper(
        signals=Signals(**{kind: row[kind] for kind in SIGNAL_KINDS}),
        **{name: row[name] for name in _PAPER_FIELDS},
    )


def stored_paper_of(row: RowMapping) -> StoredPaper:
    """Read a paper with what the store knows of it."""
    return StoredPaper(serial=row["serial"], paper=paper_of(row), first_seen=row["first_seen"])


def row_of_source(record: SourceRecord) -> Values:
    """Return a source's columns."""
    return _values(record, _SOURCE_FIELDS) | _values(record.cursor, _CURSOR_FIELDS)


def source_of(row: RowMapping) -> SourceRecord:
    """Read what is known of a source."""
    return SourceRecord(
        cursor=Cursor(**{name: row[name] for name in _CURSOR_FIELDS}),
        **{name: row[name] for name in _SOURCE_FIELDS},
    )


def row_of_subscriber(subscriber: Subscriber) -> Values:
    """Return a reader's columns, all but the id."""
    return (
        _values(subscriber, _SUBSCRIBER_FIELDS)
        | _values(subscriber.schedule, SCHEDULE_FIELDS)
        | {"email_key": fold(subscriber.email), "status_in_file": None}
    )


def subscriber_of(row: RowMapping) -> Subscriber:
    """Read a reader."""
    return Subscriber(
        id=row["id"],
        schedule=Schedule(**{name: row[name] for name in SCHEDULE_FIELDS}),
        **{name: row[name] for name in _SUBSCRIBER_FIELDS},
    )


def row_of_delivery(delivery: Delivery) -> Values:
    """Return a delivery's columns, all but the id and the time of the change."""
    return _values(delivery, _DELIVERY_FIELDS[1:]) | {"recipient_key": fold(delivery.recipient)}


def delivery_of(row: Row[Any]) -> Delivery:
    """Read a delivery from its ``DELIVERY_COLUMNS``."""
    return Delivery(**dict(zip(_DELIVERY_FIELDS, row, strict=True)))


def _values(value: object, names: Sequence[str]) -> Values:
    return {name: getattr(value, name) for name in names}
