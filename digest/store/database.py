"""The way into a database: a snapshot to read from, or a transaction to write in.

SQLite: a write-ahead log, so that readers never wait; ``synchronous = FULL``, so that an
outcome once recorded survives a power cut; ``BEGIN IMMEDIATE``, so that a write waits for
its turn at the start and never fails half-way (https://www.sqlite.org/lang_transaction.html).
PostgreSQL: writes see what is committed, reads one moment; ``synchronous_commit`` is never
off; see ``server``. Connections stay open in the pool: opening one costs more than a
hundred commits.
"""

import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from digest.errors import StoreError
from digest.store.address import file_of, name_of
from digest.store.server import server_engine
from digest.store.trouble import explained

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

_BUSY_SECONDS = 10
_CHUNK = 1_000  # far below the most values of a statement: 32,766 in SQLite
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # erased is erased, also where it is not the default
)
_Item = TypeVar("_Item")


class Database:
    """An engine that is used in one of two ways, from any thread.

    Args:
        url: where it is, absolute.

    Attributes:
        name: what to call it in a message.
        is_server: a server's, which other machines use too; else a file.
        paramstyle: how the driver wants values marked (PEP 249).
    """

    def __init__(self, url: URL) -> None:
        self.name = name_of(url)
        self.is_server = file_of(url) is None
        # SQLite lets writers poll for their turn; those of one process can queue up.
        self._turn: AbstractContextManager[object] = nullcontext()
        if self.is_server:
            self._engine = server_engine(url)
        else:
            self._engine = _sqlite_engine(url)
            self._turn = threading.Lock()
        self.paramstyle = self._engine.dialect.paramstyle
        one_moment = {"isolation_level": "REPEATABLE READ"} if self.is_server else {}
        self._readers = self._engine.execution_options(**one_moment)
        self._writers = self._engine.execution_options(sqlite_begin="IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection on which every query sees the same moment.

        Raises:
            StoreError: the database cannot be used.
        """
        with explained(self.name), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept together at the end, or not at all.

        Raises:
            StoreError: the database cannot be used.
        """
        with explained(self.name), self._turn, self._writers.begin() as connection:
            yield connection

    @contextmanager
    def writing_by_driver(self) -> Iterator[Any]:
        """Give the driver's own connection to write with, as ``writing`` gives SQLAlchemy's.

        For what is done for every mail: SQLAlchemy's way to a transaction costs more than that.
        Values are marked in ``paramstyle``; the caller neither commits nor asks for a second
        transaction meanwhile.

        Raises:
            StoreError: the database cannot be used; see ``explained``.
        """
        with explained(self.name), self._turn:
            pooled = self._engine.raw_connection()
            driver: Any = pooled.driver_connection
            try:
                if not self.is_server:
                    driver.execute("BEGIN IMMEDIATE")
                yield driver
                driver.commit()
            finally:
                if self.is_server and driver.broken:
                    pooled.invalidate()  # there is nothing left to roll back
                pooled.close()  # what is not committed is rolled back

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """Give a connection like ``writing``, on which tables may be taken apart.

        A migration of SQLite copies a table and drops the old one; enforced foreign keys
        would then delete every row that refers to it. They are checked at the end instead
        (https://www.sqlite.org/lang_altertable.html#otheralter).

        Raises:
            StoreError: the database cannot be used.
        """
        engine = self._writers.execution_options(sqlite_foreign_keys="OFF")
        try:
            with explained(self.name), self._turn, engine.begin() as connection:
                yield connection
                if connection.dialect.name == "sqlite":
                    _check_foreign_keys(connection, self.name)
        finally:
            self._engine.dispose()  # nobody else gets a connection that does not enforce them

    @contextmanager
    def outside_transactions(self) -> Iterator[Connection]:
        """Give a connection on which every statement stands for itself.

        Raises:
            StoreError: the database cannot be used.
        """
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        with explained(self.name), engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


def insert_into(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Begin an INSERT that may say ON CONFLICT, which is each dialect's own."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - slow, and seldom wanted

        return postgresql.insert(table)
    return sqlite.insert(table)


def one_at_a_time(connection: Connection, what: str) -> None:
    """Wait until no other transaction does ``what``; SQLite has one writer in any case."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(zlib.crc32(what.encode()))))


def chunks(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """Split into lists short enough for the values of one statement."""
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_SECONDS}, pool_size=8, max_overflow=-1
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # Python's driver would otherwise begin transactions when it thinks fit; this and
        # the next hook are SQLAlchemy's recipe for its SQLite dialect.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Straight to the driver: SQLAlchemy's way costs ten times the statement.
        driver: Any = connection.connection.driver_connection
        options = connection.get_execution_options()
        if enforced := options.get("sqlite_foreign_keys"):
            driver.execute(f"PRAGMA foreign_keys = {enforced}")
        driver.execute(f"BEGIN {options.get('sqlite_begin', 'DEFERRED')}")

    return engine


def _check_foreign_keys(connection: Connection, name: str) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StoreError(f"{name}: {len(broken)} rows refer to nothing; the schema stays as it was")
