"""Connections to a PostgreSQL server: how they are opened, and what they insist on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from digest.errors import StoreAddressError

# What libpq takes, in seconds (tcp_user_timeout in milliseconds): a server that went away
# without a word is missed within a minute. https://www.postgresql.org/docs/current/libpq-connect.html
_USUAL = {
    "application_name": "digest",
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 35_000,
}
# The other way round: a process that went away without a word gives its locks back. An
# outcome once recorded survives a power cut; who asked for more than that gets more.
_INSIST = """
SELECT set_config('tcp_keepalives_idle', '20', false),
    set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false),
    set_config('idle_in_transaction_session_timeout', '120s', false),
    set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)
"""


_FACTS = """
SELECT current_setting('server_version_num')::int AS version,
    current_setting('server_version') AS version_name,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS full_page_writes,
    current_setting('max_connections')::int AS max_connections,
    clock_timestamp() AS now
"""


def server_engine(url: URL) -> Engine:
    """Return an engine whose connections are looked at before they are used again."""
    usual = {key: value for key, value in _USUAL.items() if key not in url.query}
    engine = create_engine(
        url, pool_pre_ping=True, pool_size=8, max_overflow=-1, connect_args=usual
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        driver: Any = connection
        driver.execute(_INSIST)
        driver.commit()

    return engine


def check_encoding(connection: Connection, name: str) -> None:
    """Make sure that a database can keep any text; SQLite's always can.

    Raises:
        StoreAddressError: it cannot.
    """
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise StoreAddressError(
            f"{name}: its encoding is {encoding}; make it anew with ENCODING 'UTF8'"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What a server says of itself.

    Attributes:
        version: as a number, 150018 for 15.18.
        version_name: as people write it.
        synchronous_commit: what a commit of ours waits for.
        off: settings that keep a commit through a power cut, and are off.
        max_connections: of all its clients together.
        now: its time (UTC).
    """

    version: int
    version_name: str
    synchronous_commit: str
    off: tuple[str, ...]
    max_connections: int
    now: datetime


def read_facts(connection: Connection) -> ServerFacts:
    """Ask a PostgreSQL server about itself."""
    row = connection.execute(text(_FACTS)).mappings().one()
    return ServerFacts(
        version=row["version"],
        version_name=row["version_name"].partition(" ")[0],
        synchronous_commit=row["synchronous_commit"],
        off=tuple(name for name in ("fsync", "full_page_writes") if row[name] == "off"),
        max_connections=row["max_connections"],
        now=row["now"].astimezone(UTC),
    )
