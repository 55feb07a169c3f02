"""Turns of processes: advisory locks of PostgreSQL, held by a connection.

The server gives them back when the connection ends. On SQLite the one daemon has its own
lock, and whatever else happens at once waits for its turn to write.
"""

import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from digest.store.database import Database

_LOOK_AGAIN = 0.2  # seconds


class SqlTurns:
    """The ``Turns`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def turn(self, what: str, *, patience: timedelta) -> Iterator[bool]:
        """See ``Turns``."""
        if not self._database.is_server:
            yield True
            return
        key = zlib.crc32(f"turn {what}".encode())
        with self._database.outside_transactions() as connection:
            is_ours = _wait(connection, key, patience.total_seconds())
            try:
                yield is_ours
            finally:
                if is_ours:
                    _give_back(connection, key)


def _wait(connection: Connection, key: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not connection.scalar(select(func.pg_try_advisory_lock(key))):
        if time.monotonic() >= end:
            return False
        time.sleep(_LOOK_AGAIN)
    return True


def _give_back(connection: Connection, key: int) -> None:
    try:
        connection.execute(select(func.pg_advisory_unlock(key)))
    except DBAPIError:  # what was done is done; a connection that ends gives its locks back
        connection.invalidate()
