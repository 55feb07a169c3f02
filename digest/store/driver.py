"""Straight to the database's driver, for the few statements that run once for every mail.

SQLAlchemy's way to the same statement costs several times the statement. Written with
``?`` for a value, as SQLite has it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection


def changed(connection: Connection, statement: str, values: Sequence[Any]) -> int:
    """Run a statement that changes rows; return how many it changed."""
    return int(_run(connection, statement, values).rowcount)


def all_rows(connection: Connection, statement: str, values: Sequence[Any]) -> list[Any]:
    """Run a query and return its rows as plain tuples of what the columns hold."""
    return list(_run(connection, statement, values).fetchall())


def marks(values: Sequence[Any]) -> str:
    """Return as many ``?`` as there are values, for ``IN (…)``."""
    return ",".join("?" * len(values))


def _run(connection: Connection, statement: str, values: Sequence[Any]) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.execute(_in_style(connection, statement), values)


def _in_style(connection: Connection, statement: str) -> str:
    return statement if connection.dialect.paramstyle == "qmark" else statement.replace("?", "%s")
