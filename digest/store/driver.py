"""Straight to the database's driver, for the few statements that run very often.

SQLAlchemy's way to the same statement costs several times the statement. Written with
``?`` for a value, as SQLite has it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection


def all_rows(connection: Connection, statement: str, values: Sequence[Any]) -> list[Any]:
    """Run a query and return its rows as plain tuples of what the columns hold."""
    driver: Any = connection.connection.driver_connection
    return list(driver.execute(in_style(connection.dialect.paramstyle, statement), values))


def marks(values: Sequence[Any]) -> str:
    """Return as many ``?`` as there are values, for ``IN (…)``."""
    return ",".join("?" * len(values))


def in_style(paramstyle: str, statement: str) -> str:
    """Return a statement with its values marked as a driver wants them (PEP 249)."""
    return statement if paramstyle == "qmark" else statement.replace("?", "%s")
