"""Suppressions: addresses that must not be mailed; the claim of a delivery looks at them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, union

from digest.core.bounces import BounceKind, SuppressedBy, Suppression
from digest.core.sign_up import SignUpKind
from digest.store.database import Database
from digest.store.erased import keep_hash, know_again
from digest.store.rows import fold
from digest.store.sign_up_table import sign_ups
from digest.store.sign_ups import forget_sign_ups
from digest.store.tables import bounce_events, deliveries, subscribers, suppressions
from digest.store.willing import is_suppressed


class SqlSuppressionStore:
    """The ``SuppressionStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, address: str) -> Suppression | None:
        """See ``SuppressionStore``."""
        with self._database.reading() as connection:
            return find_suppression(connection, fold(address))

    def lift(self, address: str, *, now: datetime) -> Suppression | None:
        """See ``SuppressionStore``."""
        key = fold(address)
        with self._database.writing() as connection:
            return lift_suppression(connection, key, now)

    def recall(self, address: str) -> Suppression | None:
        """See ``SuppressionStore``."""
        key = fold(address)
        with self._database.writing() as connection:
            know_again(connection, [key])
            return find_suppression(connection, key)

    def counts(self) -> Mapping[str, int]:
        """See ``SuppressionStore``."""
        query = select(suppressions.c.kind, func.count()).group_by(suppressions.c.kind)
        with self._database.reading() as connection:
            return {kind.value: number for kind, number in connection.execute(query)}

    def readers(self) -> frozenset[int]:
        """See ``SuppressionStore``."""
        with self._database.reading() as connection:
            return frozenset(connection.scalars(select(subscribers.c.id).where(is_suppressed())))

    def erase(self, subscriber_id: int, *, now: datetime) -> None:
        """See ``SuppressionStore``."""
        with self._database.writing() as connection:
            own = select(subscribers.c.email_key).where(subscribers.c.id == subscriber_id)
            present = connection.scalar(own)
            if present is None:
                return
            for key in _addresses_of(connection, subscriber_id):
                _forget(connection, key, now=now, is_present=key == present)
            asked = sign_ups.c.subscriber_id == subscriber_id
            connection.execute(delete(sign_ups).where(asked))
            connection.execute(delete(subscribers).where(subscribers.c.id == subscriber_id))


def _addresses_of(connection: Connection, subscriber_id: int) -> list[str]:
    """Return the address of a reader and former ones, but for those that others have now."""
    own = select(subscribers.c.email_key).where(subscribers.c.id == subscriber_id)
    mailed = select(deliveries.c.recipient_key).where(deliveries.c.subscriber_id == subscriber_id)
    left = select(sign_ups.c.email_key).where(
        sign_ups.c.subscriber_id == subscriber_id, sign_ups.c.kind == SignUpKind.OLD_END
    )
    others = select(subscribers.c.email_key).where(subscribers.c.id != subscriber_id)
    former = union(own, mailed, left).subquery()
    return [
        *connection.scalars(select(former.c.email_key).where(former.c.email_key.not_in(others)))
    ]


def find_suppression(connection: Connection, key: str) -> Suppression | None:
    """Return why an address must not be mailed, None when it may be."""
    query = select(suppressions).where(suppressions.c.address_key == key)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return Suppression(kind=row["kind"], reason=row["reason"], since=row["since"])


def lift_suppression(connection: Connection, key: str, now: datetime) -> Suppression | None:
    """Allow mail to an address again; return what stood in the way."""
    stood = find_suppression(connection, key)
    if stood is not None:
        connection.execute(delete(suppressions).where(suppressions.c.address_key == key))
        connection.execute(insert(bounce_events).values(_lifted(connection, key, now)))
    return stood


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
    stood = find_suppression(connection, key)
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
