"""Migrations make the tables that the program knows, whole or not at all."""

import re
import shutil
import stat

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from digest.errors import StoreError
from digest.store import migrate, schema, store_exists
from digest.store.address import locate
from digest.store.database import Database
from digest.store.tables import SCHEMA, metadata
from tests.builders import NOW, a_delivery, a_harvest, a_paper, a_subscriber, an_edition
from tests.old_databases import URL, query

NEXT_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "9998"
down_revision = "{before}"


def upgrade():
    {body}
"""


@pytest.fixture
def next_migration(tmp_path, monkeypatch):
    """Add a migration after the last one."""

    def add(body):
        folder = tmp_path / "migrations"
        shutil.copytree(schema.MIGRATIONS, folder)
        code = NEXT_MIGRATION.format(before=SCHEMA, body=body)
        (folder / "versions" / "9998_next.py").write_text(code)
        monkeypatch.setattr(schema, "MIGRATIONS", folder)
        monkeypatch.setattr(schema, "SCHEMA", "9998")

    return add


def definitions(file):
    """Return how each table and index is made: the same word by word, in any order of columns.

    SQLite can add a column only after the others.
    """
    made = "SELECT name, sql FROM sqlite_master WHERE tbl_name != 'alembic_version'"
    return {name: sql and _parts(sql) for name, sql in query(file, made)}


def _parts(sql):
    head, _, rest = sql.partition("(")
    body, _, tail = rest.rpartition(")")
    outside_parentheses = r",\s*(?![^()]*\))"
    parts = {" ".join(part.split()) for part in re.split(outside_parentheses, body)}
    return head, parts, tail


def test_the_migrations_make_the_tables(store):
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_migrations_write_the_tables_as_they_are_written_here(tmp_path, file):
    migrate(URL, base=tmp_path)
    directly = Database(locate("sqlite:///directly.db", base=tmp_path))
    with directly.writing() as connection:
        metadata.create_all(connection)
    directly.close()
    assert definitions(tmp_path / "directly.db") == definitions(file)


def test_the_program_knows_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


def test_migrating_makes_a_private_database_in_the_folder_given(tmp_path, file):
    assert not store_exists(URL, base=tmp_path)
    assert migrate(URL, base=tmp_path) == (None, SCHEMA)
    assert store_exists(URL, base=tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert query(file, "PRAGMA journal_mode") == [("wal",)]


def test_the_side_files_are_private_too(store, tmp_path):
    store.ledger.suppress("ada@example.org", "bounce", now=NOW)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(["digest.db", "digest.db-wal", "digest.db-shm"], 0o600)


def test_migrating_twice_changes_nothing(tmp_path, file):
    migrate(URL, base=tmp_path)
    before = query(file, "SELECT * FROM sqlite_master")
    assert migrate(URL, base=tmp_path) == (SCHEMA, SCHEMA)
    assert query(file, "SELECT * FROM sqlite_master") == before


def test_a_percent_sign_in_the_path_is_no_trouble(tmp_path, monkeypatch):
    odd = tmp_path / "100%(here)s"
    shutil.copytree(schema.MIGRATIONS, odd)
    monkeypatch.setattr(schema, "MIGRATIONS", odd)
    assert migrate("sqlite:///100%.db", base=tmp_path) == (None, SCHEMA)


@pytest.mark.parametrize("way", ["reading", "writing"])
def test_commits_survive_a_power_cut_and_keys_are_enforced(store, way):
    with getattr(store.database, way)() as connection:
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert values == ["wal", 2, 1, 10_000]  # synchronous = FULL: the log is flushed at each commit


def test_a_migration_that_fails_leaves_everything_as_it_was(tmp_path, file, next_migration):
    migrate(URL, base=tmp_path)
    before = query(file, "SELECT * FROM sqlite_master")
    next_migration("op.create_table('half', sa.Column('x', sa.Text)); raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        migrate(URL, base=tmp_path)
    assert query(file, "SELECT * FROM sqlite_master") == before
    assert query(file, "SELECT * FROM alembic_version") == [(SCHEMA,)]


def test_rebuilding_a_table_deletes_nothing_that_refers_to_it(
    tmp_path, file, store, next_migration
):
    ada = store.subscribers.add(a_subscriber(), now=NOW)
    store.papers.record_harvest("a", a_harvest(a_paper()), now=NOW, not_before=None)
    store.editions.add_editions([(an_edition(ada, a_paper()), a_delivery(ada))])
    store.close()
    next_migration(
        "with op.batch_alter_table('subscribers', recreate='always') as batch:\n"
        "        batch.add_column(sa.Column('nickname', sa.Text))"
    )
    assert migrate(URL, base=tmp_path) == (SCHEMA, "9998")
    assert query(file, "SELECT email, nickname FROM subscribers") == [("ada@example.org", None)]
    assert query(file, "SELECT count(*) FROM deliveries") == [(1,)]


def test_a_migration_that_breaks_references_is_undone(tmp_path, file, store, next_migration):
    ada = store.subscribers.add(a_subscriber(), now=NOW)
    store.editions.add_editions([(an_edition(ada), a_delivery(ada))])
    store.close()
    next_migration("op.execute('DELETE FROM subscribers')")
    with pytest.raises(StoreError, match="2 rows refer to nothing"):
        migrate(URL, base=tmp_path)
    assert query(file, "SELECT count(*) FROM subscribers") == [(1,)]
