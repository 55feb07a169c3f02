"""Suppressions: addresses that must not be mailed; the claim of a delivery looks at them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, union

from digest.core.bounces import BounceKind, SuppressedBy, Suppression
from digest.store.database import Database
from digest.store.erased import keep_hash
from digest.store.rows import fold
from digest.store.sign_ups import forget_sign_ups
from digest.store.tables import bounce_events, deliveries, subscribers, suppressions


class SqlSuppressionStore:
    """The ``SuppressionStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, address: str) -> Suppression | None:
        """See ``SuppressionStore``."""
        with self._database.reading() as connection:
            return _find(connection, fold(address))

    def lift(self, address: str, *, now: datetime) -> Suppression | None:
        """See ``SuppressionStore``."""
        key = fold(address)
        with self._database.writing() as connection:
            stood = _find(connection, key)
            if stood is not None:
                connection.execute(delete(suppressions).where(suppressions.c.address_key == key))
                connection.execute(insert(bounce_events).values(_lifted(connection, key, now)))
        return stood

    def counts(self) -> Mapping[str, int]:
        """See ``SuppressionStore``."""
        query = select(suppressions.c.kind, func.count()).group_by(suppressions.c.kind)
        with self._database.reading() as connection:
            return {kind.value: number for kind, number in connection.execute(query)}

    def erase(self, subscriber_id: int, *, now: datetime) -> None:
        """See ``SuppressionStore``."""
        with self._database.writing() as connection:
            own = select(subscribers.c.email_key).where(subscribers.c.id == subscriber_id)
            present = connection.scalar(own)
            if present is None:
                return
            former = select(deliveries.c.recipient_key).where(
                deliveries.c.subscriber_id == subscriber_id
            )
            for key in [*connection.scalars(union(own, former))]:
                _forget(connection, key, now=now, is_present=key == present)
            connection.execute(delete(subscribers).where(subscribers.c.id == subscriber_id))


def _find(connection: Connection, key: str) -> Suppression | None:
    query = select(suppressions).where(suppressions.c.address_key == key)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return Suppression(kind=row["kind"], reason=row["reason"], since=row["since"])


def _lifted(connection: Connection, key: str, now: datetime) -> dict[str, object]:
    reader = select(subscribers.c.id).where(subscribers.c.email_key == key)
    return {
        "key": f"lifted:{key}:{now.isoformat()}",
        "subscriber_id": connection.scalar(reader),
        "address_key": key,
        "kind": BounceKind.LIFTED,
        "message_id": "",
        "status": "",
        "diagnostic": "mail is allowed again",
        "source": "command",
        "points": 0,
        "seen_at": now,
    }


def _forget(connection: Connection, key: str, *, now: datetime, is_present: bool) -> None:
    """Take an address out of everything; whoever is erased is not to be mailed by mistake."""
    stood = _find(connection, key)
    forget_sign_ups(connection, key)
    connection.execute(delete(suppressions).where(suppressions.c.address_key == key))
    connection.execute(
        delete(bounce_events).where(
            or_(
                bounce_events.c.address_key == key,
                func.lower(bounce_events.c.diagnostic).contains(key, autoescape=True),
            )
        )
    )
    if stood:
        keep_hash(connection, key, stood.kind, stood.since)
    elif is_present:
        keep_hash(connection, key, SuppressedBy.ERASED, now)
