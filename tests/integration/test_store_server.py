"""A store on a PostgreSQL server: its address, its trouble, and what it insists on."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from digest.config import load
from digest.config.fields import parse_store_url
from digest.errors import StoreAddressError, StoreAwayError
from digest.store import migrate, open_store
from digest.store.driver import all_rows
from digest.store.tables import SCHEMA, metadata
from tests.builders import NOW
from tests.postgres import PASSWORD

NO_WAIT = timedelta()


@pytest.fixture
def url(postgres):
    return postgres.new_database()


@pytest.fixture
def shared(url, tmp_path):
    migrate(url, base=tmp_path)
    with closing(open_store(url, base=tmp_path)) as opened:
        yield opened


@pytest.fixture
def at(desk):
    """Put an address into the desk's configuration."""

    def configure(url):
        desk.configure("ada@example.org", extra=f'[store]\nurl = "{url}"')
        return desk

    return configure


def setting(connection, name):
    return connection.exec_driver_sql(f"SHOW {name}").scalar()


# Its address


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://u:p@host/name",
        "postgresql://host:5433/name?sslmode=require",
        "postgresql+psycopg:///name?host=/run/postgresql",
        "postgresql://u:%40%2F@host/name",
    ],
)
def test_a_server_s_address_is_accepted(url):
    assert parse_store_url(url) == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:hunter2@host", "does not have the form that is wanted"),
        ("postgresql+asyncpg://u:hunter2@host/x", "does not have the form that is wanted"),
        ("postgresql://u:hunter2@2@host/x", "a @ in the user or the password is written %40"),
        ("mysql://u:hunter2@host/x", "does not have the form that is wanted"),
    ],
)
def test_another_address_is_refused_with_the_two_forms_and_without_its_password(at, url, said):
    ran = at(url).run("status")
    assert ran.code == 2
    assert ran.err == (
        f'config.toml: store.url: {said}; allowed: "sqlite:///FILE" or '
        '"postgresql+psycopg://USER:PASSWORD@HOST/NAME"\n'
    )


def test_a_configuration_does_not_show_its_address(at):
    desk = at("postgresql://u:hunter2@host/x")
    assert "hunter2" not in repr(load(desk.folder / "config.toml"))


def test_the_address_may_come_from_the_environment(desk, url, monkeypatch):
    desk.drop_database()
    monkeypatch.setenv("DIGEST_STORE__URL", url)
    assert desk.run("migrate").out.endswith(f"/{url.rpartition('/')[2]}: schema none -> {SCHEMA}\n")
    assert not (desk.folder / "digest.db").exists()


def test_without_its_driver_a_command_says_what_to_install(at, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    ran = at("postgresql://u:hunter2@host/x").run("status")
    assert ran.code == 2
    assert ran.err == (
        "config.toml: store.url: PostgreSQL needs psycopg; "
        "run `pip install 'papercourier[postgres]'`\n"
    )


def test_a_worker_on_sqlite_is_told_what_it_needs(desk):
    ran = desk.run("worker")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "a worker needs PostgreSQL" in ran.err


# Its trouble


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ((r":\d+/", ":1/"), 75, "the server does not answer now"),
        (("@127", "-wrong@127"), 2, "password authentication failed"),
        (("//digest:", "//nobody:"), 2, "authentication failed"),
        ((r"/\w+$", "/nowhere"), 2, '"nowhere" does not exist'),
        (("$", "?sslmode=require"), 2, "server does not support SSL"),
        (("$", "?colour=blue"), 2, 'invalid connection option "colour"'),
        (("$", ""), 2, "has no tables yet; run `digest migrate`"),
    ],
)
def test_what_keeps_us_out_is_one_line_without_the_password(at, url, change, code, said):
    desk = at(re.sub(*change, url, count=1))
    ran = desk.run("status", "-vv")
    assert (ran.code, ran.err.count("\n")) == (code, 1)
    assert said in ran.err
    assert "hunter2" not in ran.err
    checked = desk.run("doctor", "--offline")
    assert said in checked.out
    assert "hunter2" not in checked.out + checked.err


def test_a_database_that_cannot_keep_any_text_is_refused(postgres, tmp_path):
    url = postgres.new_database("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreAddressError, match="encoding is LATIN1; make it anew"):
        migrate(url, base=tmp_path)


def test_a_user_who_may_not_write_is_told(shared, postgres, url, tmp_path):
    postgres.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    as_guest = url.replace(f"digest:{PASSWORD}", "guest:guest")
    postgres.execute("GRANT SELECT ON alembic_version TO guest", url.rpartition("/")[2])
    with (
        closing(open_store(as_guest, base=tmp_path)) as opened,
        pytest.raises(StoreAddressError, match="may not do this; it must own the tables"),
    ):
        opened.ledger.suppressions()
    assert shared.ledger.suppressions() == {}


@pytest.mark.parametrize(
    "ask",
    [
        lambda connection: connection.exec_driver_sql("SELECT 1"),
        lambda connection: all_rows(connection, "SELECT ?", [1]),
    ],
    ids=["by SQLAlchemy", "by the driver"],
)
def test_a_store_is_used_again_when_its_server_is_back(shared, postgres, ask):
    shared.ledger.suppress("ada@example.org", "asked", now=NOW)

    def lose_the_connection():
        with shared.database.writing() as connection:
            postgres.break_off()
            postgres.start()
            ask(connection)

    with pytest.raises(StoreAwayError, match="the server"):
        lose_the_connection()
    assert shared.ledger.suppressions() == {"ada@example.org": "asked"}


# What it insists on


def test_migrations_make_the_same_tables_on_a_server(shared):
    with shared.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_processes_that_migrate_at_once_do_it_once(url, tmp_path):
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda _: migrate(url, base=tmp_path), range(4)))
    assert sorted(told, key=str) == [(SCHEMA, SCHEMA)] * 3 + [(None, SCHEMA)]


@pytest.mark.parametrize(("asked", "used"), [("off", "on"), ("remote_apply", "remote_apply")])
def test_a_commit_waits_for_the_disk_whatever_the_database_is_set_to(
    postgres, url, tmp_path, asked, used
):
    name = url.rpartition("/")[2]
    postgres.execute(f"ALTER DATABASE {name} SET synchronous_commit = {asked}")
    migrate(url, base=tmp_path)
    with closing(open_store(url, base=tmp_path)) as opened:
        with opened.database.writing() as connection:
            assert setting(connection, "synchronous_commit") == used
        with opened.database.reading() as connection:
            assert setting(connection, "transaction_isolation") == "repeatable read"


def test_doctor_tells_of_the_server(at, url):
    desk = at(url)
    assert desk.run("migrate").code == 0
    checks = {of["check"]: of for of in desk.run("doctor", "--offline", "--json").json}
    assert checks["database"]["state"] == "ok"
    server = checks["database server"]  # the tests' own is quick, not safe
    assert (server["state"], server["detail"]) == (
        "warning",
        "fsync, full_page_writes off: a power cut may lose what was sent; turn it on",
    )


# Turns


def test_a_turn_is_one_process_s_until_it_ends(shared, url, tmp_path):
    with closing(open_store(url, base=tmp_path)) as other:
        with shared.turns.turn("x", patience=NO_WAIT) as first:
            with other.turns.turn("x", patience=NO_WAIT) as second:
                pass
            with other.turns.turn("y", patience=NO_WAIT) as else_where:
                pass
        with other.turns.turn("x", patience=NO_WAIT) as third:
            pass
    assert [first, second, else_where, third] == [True, False, True, True]


def test_who_is_patient_gets_the_turn_when_it_is_given_back(shared, url, tmp_path):
    with (
        closing(open_store(url, base=tmp_path)) as other,
        ThreadPoolExecutor(1) as thread,
    ):

        def wait():
            with other.turns.turn("x", patience=timedelta(seconds=20)) as is_ours:
                return is_ours

        with shared.turns.turn("x", patience=NO_WAIT):
            waiting = thread.submit(wait)
        assert waiting.result(timeout=20)


def test_a_turn_whose_connection_broke_is_free(shared, url, tmp_path, postgres):
    ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    with closing(open_store(url, base=tmp_path)) as other:
        with shared.turns.turn("x", patience=NO_WAIT):
            postgres.execute(ended)
            with other.turns.turn("x", patience=timedelta(seconds=5)) as is_ours:
                assert is_ours
        with shared.turns.turn("x", patience=NO_WAIT) as again:
            assert again


def test_on_sqlite_every_turn_is_ours(store):
    with (
        store.turns.turn("x", patience=NO_WAIT) as first,
        store.turns.turn("x", patience=NO_WAIT) as second,
    ):
        assert (first, second) == (True, True)


def test_server_that_breaks_off_in_a_commit_is_told_once(shared, postgres, caplog):
    def commit_broken_off():
        with shared.database.writing_by_driver() as driver:
            (ours,) = driver.execute("SELECT pg_backend_pid()").fetchone()
            postgres.execute(f"SELECT pg_terminate_backend({ours})")
            driver.execute("SELECT 1")

    with pytest.raises(StoreAwayError, match="the server"):
        commit_broken_off()
    assert caplog.records == []  # SQLAlchemy's pool has nothing to tell of it besides
    with shared.database.writing_by_driver() as driver:
        assert driver.execute("SELECT 1").fetchone() == (1,)


def test_a_mistake_in_a_commit_of_the_driver_is_no_trouble_of_the_server(shared):
    with (
        pytest.raises(psycopg.errors.NotNullViolation),
        shared.database.writing_by_driver() as driver,
    ):
        driver.execute("INSERT INTO relays (name) VALUES (NULL)")
