"""People: who gets mail, and what the configuration file says of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from digest.core.schedule import Schedule
from digest.core.subscriber import Origin, Status, Subscriber
from digest.errors import UnknownSubscriberError, UsageError
from digest.store.database import Database, chunks, insert_into, one_at_a_time
from digest.store.erased import know_again
from digest.store.followers import follow
from digest.store.rows import SCHEDULE_FIELDS, fold, row_of_subscriber, subscriber_of
from digest.store.tables import subscribers
from digest.store.willing import gets_mail, is_suppressed

_FIND = select(subscribers).where(subscribers.c.email_key == bindparam("key"))
_BY_ID = select(subscribers).where(subscribers.c.id.in_(bindparam("ids", expanding=True)))
_AT_ONCE = 1_000


class SqlSubscriberStore:
    """The ``SubscriberStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, subscriber: Subscriber, *, now: datetime) -> Subscriber:
        """See ``SubscriberStore``."""
        created = replace(subscriber, created_at=subscriber.created_at or now)
        key = fold(subscriber.email)
        with self._database.writing() as connection:
            known = _known_at(connection, [key]).get(key)
            if known is None:
                return replace(created, id=_insert_one(connection, created))
            if known.status_in_file is not None:
                back = _renewed(known, created)
            elif known.reader.status is Status.UNSUBSCRIBED:
                back = _added_again(known.reader, created)
            else:
                raise _taken(subscriber.email)
            _overwrite(connection, [back])
        return back

    def update(self, subscriber: Subscriber) -> None:
        """See ``SubscriberStore``; the last word on a block gone from the file, too.

        But for one that leaves the reader ended by the file, who is back with the block.

        Raises:
            UnknownSubscriberError: there is none with this id.
            UsageError: another subscriber has the address.
        """
        row = row_of_subscriber(subscriber)
        if subscriber.created_at is None:
            del row["created_at"]
        if subscriber.ended_by is Origin.FILE:
            del row["status_in_file"]
        query = update(subscribers).where(subscribers.c.id == subscriber.id)
        with self._database.writing() as connection:
            try:
                changed = connection.execute(query.values(row)).rowcount
            except IntegrityError:
                raise _taken(subscriber.email) from None
        if not changed:
            raise UnknownSubscriberError(subscriber.email)

    def change(
        self, subscriber_id: int, how: Callable[[Subscriber], Subscriber]
    ) -> Subscriber | None:
        """See ``SubscriberStore``; like ``update`` it is the last word.

        Raises:
            UsageError: another subscriber has the address.
        """
        query = select(subscribers).where(subscribers.c.id == subscriber_id).with_for_update()
        with self._database.writing() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            known = _Known(subscriber_of(row), row["status_in_file"])
            changed = replace(how(known.reader), id=subscriber_id)
            if changed != known.reader or known.status_in_file:
                try:
                    _overwrite(connection, [changed])
                except IntegrityError:
                    raise _taken(changed.email) from None
        return changed

    def put(self, readers: Sequence[Subscriber], *, now: datetime) -> int:
        """See ``SubscriberStore``; of two with one address the later counts."""
        wanted = {fold(reader.email): reader for reader in readers}
        with self._database.writing() as connection:
            known = _known_at(connection, wanted)
            new = [replace(wanted[key], created_at=now) for key in wanted.keys() - known.keys()]
            _insert(connection, new)
            _overwrite(connection, [_renewed(known[key], wanted[key]) for key in known])
        return len(new)

    def find(self, email: str) -> Subscriber | None:
        """See ``SubscriberStore``."""
        with self._database.reading() as connection:
            row = connection.execute(_FIND, {"key": fold(email)}).mappings().first()
        return subscriber_of(row) if row else None

    def by_id(self, ids: Iterable[int]) -> dict[int, Subscriber]:
        """See ``SubscriberStore``."""
        found: dict[int, Subscriber] = {}
        with self._database.reading() as connection:
            for chunk in chunks(dict.fromkeys(ids)):
                rows = connection.execute(_BY_ID, {"ids": chunk}).mappings()
                found |= {row["id"]: subscriber_of(row) for row in rows}
        return found

    def all(self, *, status: Status | None = None) -> list[Subscriber]:
        """See ``SubscriberStore``."""
        query = select(subscribers).order_by(subscribers.c.email_key)
        if status is not None:
            query = query.where(subscribers.c.status == status)
        with self._database.reading() as connection:
            return [subscriber_of(row) for row in connection.execute(query).mappings()]

    def each(self) -> Iterator[Subscriber]:
        """See ``SubscriberStore``."""
        some = select(subscribers).order_by(subscribers.c.email_key).limit(_AT_ONCE)
        last = ""
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(some.where(subscribers.c.email_key > last)).mappings()
                found = [(row["email_key"], subscriber_of(row)) for row in rows]
            if not found:
                return
            yield from (reader for _, reader in found)
            last, _ = found[-1]

    def schedules(self, *, now: datetime) -> list[Schedule]:
        """See ``SubscriberStore``."""
        columns = [subscribers.c[name] for name in SCHEDULE_FIELDS]
        query = select(*columns).where(gets_mail(now)).distinct()
        with self._database.reading() as connection:
            return [Schedule(**row) for row in connection.execute(query).mappings()]

    def number(self, *, now: datetime | None = None) -> int:
        """See ``SubscriberStore``."""
        query = select(func.count()).select_from(subscribers)
        if now is not None:
            query = query.where(gets_mail(now), ~is_suppressed())
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def delete(self, subscriber_id: int) -> None:
        """See ``SubscriberStore``."""
        with self._database.writing() as connection:
            connection.execute(delete(subscribers).where(subscribers.c.id == subscriber_id))

    def sync(self, wanted: Sequence[Subscriber], *, now: datetime) -> None:
        """See ``SubscriberStore``; of two blocks with one address the later counts."""
        blocks = {fold(reader.email): reader for reader in wanted}
        with self._database.writing() as connection:
            one_at_a_time(connection, "sync")
            known = _readers_in_file(connection)
            _add_missing(connection, [blocks[key] for key in blocks if key not in known], now)
            _overwrite(connection, _changed(blocks, known))
            _take_out(connection, [known[key].reader for key in known if key not in blocks])

    def follow(self, usual: Subscriber) -> int:
        """See ``SubscriberStore``."""
        with self._database.writing() as connection:
            return follow(connection, usual)


@dataclass(frozen=True, slots=True)
class _Known:
    """A reader who is there, and the status to return to when only the file ended it."""

    reader: Subscriber
    status_in_file: Status | None


def _readers_in_file(connection: Connection) -> dict[str, _Known]:
    return _known(connection, subscribers.c.origin == Origin.FILE)


def _known_at(connection: Connection, keys: Iterable[str]) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    for chunk in chunks(keys):
        found |= _known(connection, subscribers.c.email_key.in_(chunk))
    return found


def _known(connection: Connection, which: ColumnElement[bool]) -> dict[str, _Known]:
    return {
        row["email_key"]: _Known(subscriber_of(row), row["status_in_file"])
        for row in connection.execute(select(subscribers).where(which)).mappings()
    }


def _renewed(known: _Known, wanted: Subscriber) -> Subscriber:
    """Return ``wanted`` with what stays the reader's own.

    Whoever only left the file is back, with the status of then; an unsubscribe or a removal
    stays, and an unsubscribe that is wanted now is taken over.
    """
    ended = wanted.status is Status.UNSUBSCRIBED
    return replace(
        wanted,
        id=known.reader.id,
        status=wanted.status if ended else known.status_in_file or known.reader.status,
        ended_by=None if ended or known.status_in_file else known.reader.ended_by,
        paused_until=known.reader.paused_until,
        origin=wanted.origin if known.status_in_file else known.reader.origin,
        created_at=known.reader.created_at,
    )


def _added_again(removed: Subscriber, wanted: Subscriber) -> Subscriber:
    """Return ``wanted`` in the place of a reader whom a command had removed, history and all.

    Raises:
        InvalidTransitionError: it was the reader who ended the mail.
    """
    known = removed.confirm()
    return replace(wanted, id=known.id, created_at=known.created_at)


def _add_missing(connection: Connection, readers: Sequence[Subscriber], now: datetime) -> None:
    """Add readers, but none whose address came in by another door."""
    _insert(
        connection,
        [replace(reader, origin=Origin.FILE, created_at=now) for reader in readers],
    )


def _insert(connection: Connection, readers: Sequence[Subscriber]) -> None:
    if readers:
        query = insert_into(connection, subscribers)
        connection.execute(
            query.on_conflict_do_nothing(index_elements=["email_key"]),
            [row_of_subscriber(reader) for reader in readers],
        )
        know_again(connection, [fold(reader.email) for reader in readers])


def _insert_one(connection: Connection, reader: Subscriber) -> int:
    query = insert_into(connection, subscribers).values(row_of_subscriber(reader))
    number: int | None = connection.scalar(
        query.on_conflict_do_nothing(index_elements=["email_key"]).returning(subscribers.c.id)
    )
    if number is None:
        raise _taken(reader.email)
    know_again(connection, [fold(reader.email)])
    return number


def _changed(blocks: Mapping[str, Subscriber], known: Mapping[str, _Known]) -> list[Subscriber]:
    """Return readers as their blocks say now; status and pause stay the reader's own."""
    changed: list[Subscriber] = []
    for key in blocks.keys() & known.keys():
        wanted = _renewed(known[key], replace(blocks[key], origin=Origin.FILE))
        if wanted != known[key].reader:
            changed.append(wanted)
    return changed


def _overwrite(connection: Connection, readers: Sequence[Subscriber]) -> None:
    if readers:
        query = update(subscribers).where(subscribers.c.id == bindparam("row_id"))
        connection.execute(
            query, [row_of_subscriber(reader) | {"row_id": reader.id} for reader in readers]
        )


def _take_out(connection: Connection, readers: Iterable[Subscriber]) -> None:
    """End the mail of readers whose block is gone, and keep the status to return to."""
    ended = [reader.id for reader in readers if reader.status is not Status.UNSUBSCRIBED]
    for chunk in chunks(ended):
        query = update(subscribers).where(subscribers.c.id.in_(chunk))
        connection.execute(
            query.values(
                status=Status.UNSUBSCRIBED,
                status_in_file=subscribers.c.status,
                ended_by=Origin.FILE,
            )
        )


def _taken(address: str) -> UsageError:
    return UsageError(f"{address}: there is a subscriber with this address already")
