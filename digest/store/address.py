"""Which database a ``store.url`` means, and how to call it in a message."""

import os
import sqlite3
from importlib import import_module
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from digest.errors import StoreAddressError, StoreError

_OLDEST_SQLITE = (3, 35)  # the first with RETURNING
_ALLOWED = "allowed: sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/NAME"


def locate(url: str, *, base: Path) -> URL:
    """Return the database that ``url`` names, a relative file taken from ``base``.

    Raises:
        StoreAddressError: it names none that we can use.
        StoreError: this Python's SQLite is too old.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreAddressError(f"store.url: this is no database address; {_ALLOWED}") from None
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed, base)
        case "postgresql":
            return _postgresql(parsed)
        case other:
            raise StoreAddressError(f"store.url: there is no store for {other!r}; {_ALLOWED}")


def file_of(url: URL) -> Path | None:
    """Return the file of a SQLite database, None for a server's."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def check_place(url: str, *, base: Path) -> None:
    """Find out, without making anything, whether a database can be kept where ``url`` says.

    Raises:
        StoreAddressError: its file or the folder of it cannot be written.
        StoreError: ``url`` names none that we can use.
    """
    file = file_of(locate(url, base=base))
    if file is None:
        return
    if not (os.access(file.parent, os.W_OK | os.X_OK) and file.parent.is_dir()):
        raise StoreAddressError(f"{file}: this user must be able to write its folder")
    if file.exists() and not os.access(file, os.W_OK):
        raise StoreAddressError(f"{file}: this user must be able to write it")


def name_of(url: URL) -> str:
    """Return what to call the database; never a password, nor options that may hold one."""
    if file := file_of(url):
        return str(file)
    return url.set(query={}).render_as_string(hide_password=True)


def is_shared(url: str) -> bool:
    """Tell whether a checked ``store.url`` is a server's, for processes of many machines."""
    return not url.startswith("sqlite:")


def shown(url: str) -> str:
    """Return a checked ``store.url`` as it may be printed."""
    return name_of(make_url(url)) if is_shared(url) else url


def _sqlite(url: URL, base: Path) -> URL:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreError(
            f"this Python brings SQLite {sqlite3.sqlite_version}; 3.35 or newer is needed"
        )
    database = url.database or ":memory:"
    if database == ":memory:" or database.startswith("file:"):
        raise StoreAddressError(f"store.url: the database must be a file on a disk; {_ALLOWED}")
    return URL.create("sqlite", database=str((base / database).absolute()))


def _postgresql(url: URL) -> URL:
    try:
        import_module("psycopg")
    except ImportError:  # it is missing, or it does not find PostgreSQL's own library
        raise StoreAddressError(
            "store.url: PostgreSQL needs psycopg; run `pip install 'papercourier[postgres]'`"
        ) from None
    return url.set(drivername="postgresql+psycopg")
