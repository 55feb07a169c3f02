"""Readers who have left settings to the list, and what it says of them now."""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    case,
    literal,
    or_,
    type_coerce,
    update,
)

from digest.core.subscriber import LIST_SETTINGS, Subscriber
from digest.store.rows import Values, row_of_subscriber
from digest.store.tables import subscribers


def follow(connection: Connection, usual: Subscriber) -> int:
    """Give every reader what the list says of the settings left to it; return how many changed."""
    row = row_of_subscriber(usual)
    behind = [and_(subscribers.c[name] != row[name], _follows(name)) for name in LIST_SETTINGS]
    query = update(subscribers).where(subscribers.c.follows != frozenset(), or_(*behind))
    changed: int = connection.execute(query.values(_as_usual(row))).rowcount
    return changed


def _follows(name: str) -> ColumnElement[bool]:
    return type_coerce(subscribers.c.follows, Text).contains(f",{name},", autoescape=True)


def _as_usual(row: Values) -> Values:
    columns = {name: subscribers.c[name] for name in LIST_SETTINGS}
    return {
        name: case((_follows(name), literal(row[name], column.type)), else_=column)
        for name, column in columns.items()
    }
