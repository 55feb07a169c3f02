"""The schema's version: bring an old database up to date, refuse one that is not."""

import os
from errno import EDQUOT, ENOSPC
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from digest.errors import StaleSchemaError, StoreAddressError, StoreError
from digest.store.address import file_of, locate
from digest.store.database import Database, one_at_a_time
from digest.store.server import check_encoding
from digest.store.tables import SCHEMA

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str, *, base: Path) -> tuple[str | None, str]:
    """Bring the schema up to date; makes the database when there is none.

    Returns:
        The revision before (None when there was none), and the revision now.

    Raises:
        StaleSchemaError: the database was made by a newer version of the program.
        StoreError: the database cannot be used.
    """
    place = locate(url, base=base)
    if file := file_of(place):
        _make_private(file)
    database = Database(place)
    try:
        with database.rebuilding() as connection:
            one_at_a_time(connection, "migrate")
            check_encoding(connection, database.name)
            before = _revision(connection)
            if before is None:
                _refuse_foreign(connection, database.name)
            else:
                _refuse_newer(before, database.name)
            _upgrade(connection)
    finally:
        database.close()
    return before, SCHEMA


def check_schema(database: Database) -> None:
    """Make sure that the tables are those that this version of the program knows.

    Raises:
        StaleSchemaError: they are of another version.
        StoreError: the database cannot be used.
    """
    with database.reading() as connection:
        found = _revision(connection)
    if found is None:
        raise StaleSchemaError(f"{database.name}: has no tables yet; run `digest migrate`")
    _refuse_newer(found, database.name)
    if found < SCHEMA:
        raise StaleSchemaError(
            f"{database.name}: was made by an older version of digest"
            f" (schema {found}, needed is {SCHEMA}); run `digest migrate`"
        )


def _revision(connection: Connection) -> str | None:
    """Return which migration came last; their names are numbers of four digits."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _refuse_newer(found: str, name: str) -> None:
    if found > SCHEMA:
        raise StaleSchemaError(
            f"{name}: was made by a newer version of digest"
            f" (schema {found}, this one knows {SCHEMA}); update the program"
        )


def _refuse_foreign(connection: Connection, name: str) -> None:
    if inspect(connection).get_table_names():
        raise StoreError(f"{name}: belongs to another program; correct store.url")


def _upgrade(connection: Connection) -> None:
    # Slow to import and wanted once in the life of a database.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _make_private(file: Path) -> None:
    """Make an empty file that nobody else may read; SQLite's side files follow its mode."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        kind = StoreError if error.errno in {ENOSPC, EDQUOT} else StoreAddressError
        raise kind(f"{file}: cannot be made: {error.strerror}") from error
