"""Opening a database: what is missing, foreign, damaged or locked is named."""

import sqlite3
import sys
from contextlib import closing

import pytest

from digest.errors import StaleSchemaError, StoreBusyError, StoreError
from digest.store import migrate, open_store, store_exists
from digest.store.address import locate, name_of
from digest.store.tables import SCHEMA
from tests.builders import NOW, a_harvest, a_paper
from tests.old_databases import URL, query


def test_a_database_that_is_not_there_is_not_made_by_opening(tmp_path, file):
    with pytest.raises(StoreError, match=r"digest\.db: there is no database; run `digest init`"):
        open_store(URL, base=tmp_path)
    assert not file.exists()


def test_a_database_without_tables_is_to_be_migrated(tmp_path, file):
    file.touch()
    with pytest.raises(StaleSchemaError, match=r"digest\.db: has no tables yet; run `digest mi"):
        open_store(URL, base=tmp_path)
    assert migrate(URL, base=tmp_path) == (None, SCHEMA)


def test_an_older_schema_is_to_be_migrated(tmp_path, file):
    migrate(URL, base=tmp_path)
    query(file, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(StaleSchemaError, match=r"older version .*schema 0000.*`digest migrate`"):
        open_store(URL, base=tmp_path)


@pytest.mark.parametrize("use", [open_store, migrate])
def test_a_newer_schema_wants_a_newer_program(tmp_path, file, use):
    migrate(URL, base=tmp_path)
    query(file, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StaleSchemaError, match=r"newer version .*schema 9999.*update the program"):
        use(URL, base=tmp_path)


def test_the_database_of_another_program_is_left_alone(tmp_path, file):
    query(file, "CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="belongs to another program"):
        migrate(URL, base=tmp_path)
    assert query(file, "SELECT name FROM sqlite_master") == [("theirs",)]


@pytest.mark.parametrize("use", [open_store, migrate])
def test_a_file_that_is_no_database_is_named(tmp_path, file, use):
    file.write_text("Dear diary, " * 100)
    with pytest.raises(StoreError, match=r"digest\.db: is not a database; correct store\.url"):
        use(URL, base=tmp_path)
    assert file.read_text().startswith("Dear diary")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"nowhere/digest\.db: cannot be made: No such file"):
        migrate("sqlite:///nowhere/digest.db", base=tmp_path)


@pytest.mark.parametrize("use", [open_store, migrate])
def test_a_folder_in_place_of_the_file_is_named(tmp_path, file, use):
    file.mkdir()
    with pytest.raises(StoreError, match=r"digest\.db: cannot be opened; this user must"):
        use(URL, base=tmp_path)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("digest.db", "this is no database address"),
        ("postgresql://host:port/x", "this is no database address"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("sqlite:///file:x?mode=memory&uri=true", "must be a file"),
        ("mysql://user:hunter2@host/x", "there is no store for 'mysql'"),
    ],
)
def test_an_address_that_we_cannot_use_is_refused_without_repeating_it(tmp_path, url, said):
    with pytest.raises(StoreError) as caught:
        open_store(url, base=tmp_path)
    line = str(caught.value)
    assert line.startswith(f"store.url: {said}") or said in line
    assert "allowed: sqlite:///FILE" in line
    assert "hunter2" not in line


def test_a_sqlite_too_old_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(StoreError, match=r"3\.35 or newer is needed"):
        migrate(URL, base=tmp_path)


def test_an_absolute_path_is_not_moved(tmp_path, file):
    assert locate(f"sqlite:///{file}", base=tmp_path / "elsewhere").database == str(file)


def test_postgresql_without_its_driver_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match="needs psycopg"):
        open_store("postgresql://host/x", base=tmp_path)


def test_a_servers_name_shows_no_password(tmp_path):
    url = locate("postgresql://user:hunter2@host/x", base=tmp_path)
    assert name_of(url) == "postgresql+psycopg://user:***@host/x"
    assert store_exists("postgresql://host/x", base=tmp_path)


def test_a_locked_database_is_temporary_trouble(tmp_path, monkeypatch):
    migrate(URL, base=tmp_path)
    monkeypatch.setattr("digest.store.database._BUSY_SECONDS", 0.01)
    with closing(open_store(URL, base=tmp_path)) as store:
        with closing(sqlite3.connect(tmp_path / "digest.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusyError, match="another process keeps it locked") as caught:
                store.ledger.suppress("ada@example.org", "bounce", now=NOW)
        assert caught.value.temporary
        store.ledger.suppress("ada@example.org", "bounce", now=NOW)


def test_a_full_disk_loses_nothing_and_is_named(store):
    papers = [a_paper(f"x:{number}", abstract="word " * 500) for number in range(200)]
    with store.database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 60")
    with pytest.raises(StoreError, match=r"digest\.db: the disk is full; free some space"):
        store.papers.record_harvest("a", a_harvest(*papers), now=NOW, not_before=None)
    assert store.papers.newest_serial() == 0
    with store.database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    assert store.papers.record_harvest("a", a_harvest(*papers), now=NOW, not_before=None).new == 200


def test_a_database_that_may_not_be_written_is_named(store):
    with store.database.reading() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match=r"digest\.db: cannot be written; this user must"):
        store.ledger.suppress("ada@example.org", "bounce", now=NOW)


def test_a_damaged_database_is_named(tmp_path, file):
    migrate(URL, base=tmp_path)
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * (file.stat().st_size - 4096))
    with pytest.raises(StoreError, match=r"digest\.db: is damaged; restore it from a backup"):
        open_store(URL, base=tmp_path)


def test_a_mistake_in_a_commit_of_the_driver_is_no_trouble_of_the_file(tmp_path):
    migrate(URL, base=tmp_path)
    with (
        closing(open_store(URL, base=tmp_path)) as store,
        pytest.raises(sqlite3.IntegrityError),
        store.database.writing_by_driver() as driver,
    ):
        driver.execute("INSERT INTO relays (name) VALUES (NULL)")
