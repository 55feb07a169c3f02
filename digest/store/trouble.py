"""What went wrong with a database, in one line that says what to mend."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from digest.errors import StoreAddressError, StoreAwayError, StoreBusyError, StoreError

# By the beginning of SQLite's result code: https://www.sqlite.org/rescode.html
_ADVICE = {
    "SQLITE_CANTOPEN": "cannot be opened; this user must be able to write the file and its folder",
    "SQLITE_READONLY": "cannot be written; this user must be able to write the file and its folder",
    "SQLITE_FULL": "the disk is full; free some space and run the command again",
    "SQLITE_NOTADB": "is not a database; correct store.url, or move the file away",
    "SQLITE_CORRUPT": "is damaged; restore it from a backup",
    "SQLITE_IOERR": "the disk is full or could not be used; look at its space and the system's log",
}
_TROUBLES = {DatabaseError, OperationalError, sqlite3.DatabaseError, sqlite3.OperationalError}
_WRONG_PLACE = {"SQLITE_CANTOPEN", "SQLITE_READONLY"}
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")

# By the beginning of PostgreSQL's error code:
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_CODES: dict[str, tuple[type[StoreError], str]] = {
    "53100": (StoreError, "the server's disk is full; free some space there"),
    "53": (StoreAwayError, "the server has no room for us now"),
    "08": (StoreAwayError, "the server broke off"),
    "57": (StoreAwayError, "the server broke off"),
    "40": (StoreAwayError, "another process was in the way; try again"),
    "55P03": (StoreAwayError, "another process was in the way; try again"),
    "25006": (StoreAddressError, "cannot be written; store.url must name the primary server"),
    "42501": (StoreAddressError, "the user of store.url may not do this; it must own the tables"),
}
# What a connection is refused with has no code. Anything else may pass by itself.
_FOR_GOOD = (
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "does not exist",
    "permission denied",
    "invalid port number",
    "invalid connection option",
    "bad value for",
    "server does not support SSL",
    "certificate",
)


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what the driver says into a ``StoreError``.

    Args:
        name: what to call the database.

    Raises:
        StoreError: the database cannot be used.
        StoreBusyError: another process keeps it locked.
        StoreAwayError: its server does not answer now.
        StoreAddressError: the server is there, but not for us.
    """
    try:
        yield
    except Exception as error:
        trouble = _trouble(name, error)
        if trouble is None:
            raise
        raise trouble from error


def _trouble(name: str, error: Exception) -> StoreError | None:
    """Return what to say, or None when it is a mistake of ours."""
    said = error.orig if isinstance(error, DBAPIError) else error
    if said is not None and hasattr(said, "sqlstate"):  # psycopg's own, and nobody else's
        return _of_server(name, said)
    # Their other children (a broken constraint, bad SQL) are our mistakes, not trouble.
    return _of_file(name, said) if type(error) in _TROUBLES else None


def _of_file(name: str, error: BaseException | None) -> StoreError:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(_BUSY):
        return StoreBusyError(f"{name}: another process keeps it locked; try again later")
    for prefix, advice in _ADVICE.items():
        if code.startswith(prefix):
            kind = StoreAddressError if prefix in _WRONG_PLACE else StoreError
            return kind(f"{name}: {advice}")
    return StoreError(f"{name}: {_first_line(error)}")


def _of_server(name: str, error: BaseException) -> StoreError | None:
    code: str | None = getattr(error, "sqlstate", None)
    words = _first_line(error)
    if code is None:
        return _without_code(name, error, words)
    for prefix, (kind, advice) in _CODES.items():
        if code.startswith(prefix):
            return kind(f"{name}: {advice} ({words})")
    return None


def _without_code(name: str, error: BaseException, words: str) -> StoreError | None:
    """Judge what happens around a connection: no server, a refusal, a line that broke."""
    if any(sign in words for sign in _FOR_GOOD):
        return StoreAddressError(f"{name}: {words}; correct store.url, or the server")
    if {kind.__name__ for kind in type(error).__mro__} & {"OperationalError", "InterfaceError"}:
        return StoreAwayError(f"{name}: the server does not answer now ({words})")
    return None


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].removeprefix("connection failed: ").removeprefix("connection is bad: ")
