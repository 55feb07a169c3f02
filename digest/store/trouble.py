"""What went wrong with a database, in one line that says what to mend."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, OperationalError

from digest.errors import StoreBusyError, StoreError

# By the beginning of SQLite's result code: https://www.sqlite.org/rescode.html
_ADVICE = {
    "SQLITE_CANTOPEN": "cannot be opened; this user must be able to write the file and its folder",
    "SQLITE_READONLY": "cannot be written; this user must be able to write the file and its folder",
    "SQLITE_FULL": "the disk is full; free some space and run the command again",
    "SQLITE_NOTADB": "is not a database; correct store.url, or move the file away",
    "SQLITE_CORRUPT": "is damaged; restore it from a backup",
    "SQLITE_IOERR": "the disk is full or could not be used; look at its space and the system's log",
}
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what the driver says into a ``StoreError``.

    Args:
        name: what to call the database.

    Raises:
        StoreError: the database cannot be used.
        StoreBusyError: another process keeps it locked.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _trouble(name, error) from error
    except DatabaseError as error:
        # Its other children (a broken constraint, bad SQL) are our mistakes, not trouble.
        if type(error) not in {DatabaseError, OperationalError}:
            raise
        raise _trouble(name, error.orig) from error


def _trouble(name: str, error: BaseException | None) -> StoreError:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(_BUSY):
        return StoreBusyError(f"{name}: another process keeps it locked; try again later")
    for prefix, advice in _ADVICE.items():
        if code.startswith(prefix):
            return StoreError(f"{name}: {advice}")
    said = str(error).strip().splitlines() or [type(error).__name__]
    return StoreError(f"{name}: {said[0]}")
