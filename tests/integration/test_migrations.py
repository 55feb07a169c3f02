"""Migrations: every older database becomes what the program knows, whole or not at all."""

import re
import shutil
import stat
from contextlib import closing
from datetime import timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from digest.core.delivery import DeliveryState, OnDoubt, RetryPolicy, recovered
from digest.core.outcome import Cause
from digest.errors import StoreError
from digest.store import migrate, open_store, schema, store_exists
from digest.store.address import locate
from digest.store.database import Database
from digest.store.tables import SCHEMA, metadata
from tests.builders import NOW, a_delivery, a_harvest, a_paper, a_subscriber, an_edition
from tests.old_databases import URL, query

OLD_READER = {
    "id": 1,
    "email": "ada@example.org",
    "email_key": "ada@example.org",
    "name": "",
    "interests": "{}",
    "cadence": "daily",
    "send_at": "08:00",
    "timezone": "UTC",
    "max_papers": 10,
    "min_score": 0.1,
    "theme": "default",
    "status": "active",
    "origin": "file",
    "created_at": 0,
}
OLD_EDITION = {
    "subscriber_id": 1,
    "slot_day": "2026-11-23",
    "created_at": 0,
    "cutoff": 1,
    "considered": 1,
    "matched": 1,
    "picks": 1,
}
OLD_DELIVERY = {
    "subscriber_id": 1,
    "recipient": "ada@example.org",
    "recipient_key": "ada@example.org",
    "attempts": 0,
    "next_attempt_at": 0,
    "expires_at": 2**53,
    "lease_owner": "",
    "reply": "",
    "changed_at": 0,
}
NEXT_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "9998"
down_revision = "{before}"


def upgrade():
    {body}
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "digest.db"


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


def insert(file, table, row):
    places = ", ".join("?" * len(row))
    into = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"  # noqa: S608 - our own names
    query(file, into, *row.values())


def stored(at):
    """Return a time as it lies in a row."""
    return int(at.timestamp()) * 1_000_000


def migrate_to(revision, folder):
    """Make a database as an older version of the program left it."""
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    database = Database(locate(URL, base=folder))
    with database.rebuilding() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.close()


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


def test_what_was_suppressed_before_bounces_were_known_stays_so(tmp_path, file):
    migrate_to("0001", tmp_path)
    query(file, "INSERT INTO suppressions VALUES ('ada@example.org', 'asked to', 7)")
    assert migrate(URL, base=tmp_path) == ("0001", SCHEMA)
    rows = query(file, "SELECT address_key, kind, reason, since FROM suppressions")
    assert rows == [("ada@example.org", "operator", "asked to", 7)]


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


@pytest.fixture
def before_0002(tmp_path, file):
    """Make a database of schema 0001 with a reader and an edition for each of these rows."""

    def make(*rows):
        migrate_to("0001", tmp_path)
        insert(file, "subscribers", OLD_READER)
        for number, row in enumerate(rows, 1):
            insert(file, "editions", OLD_EDITION | {"id": number, "slot": f"2026-11-0{number}"})
            ids = {"id": number, "edition_id": number, "message_id": f"{number}@example.org"}
            insert(file, "deliveries", OLD_DELIVERY | row | ids)

    return make


def test_fencing_claims_keeps_what_is_being_sent(tmp_path, before_0002):
    until = NOW + timedelta(minutes=15)
    before_0002(
        {"state": "sending", "attempts": 2, "lease_owner": "old", "lease_until": stored(until)},
        {"state": "queued"},
        {"state": "deferred", "attempts": 1, "code": 451, "reply": "451 later"},
        {"state": "sent", "attempts": 1, "code": 250, "reply": "250 ok", "sent_at": stored(NOW)},
    )
    assert migrate(URL, base=tmp_path) == ("0001", SCHEMA)
    with closing(open_store(URL, base=tmp_path)) as store:
        ledger = store.ledger
        sending, queued, deferred, sent = ledger.deliveries(edition_ids=range(1, 5))
        assert (sending.state, sending.attempts, sending.token) == (DeliveryState.SENDING, 2, 2)
        assert (sending.lease_owner, sending.lease_until) == ("old", until)
        assert (queued.state, queued.token) == (DeliveryState.QUEUED, 0)
        assert (deferred.code, deferred.reply, deferred.token) == (451, "451 later", 1)
        assert (sent.state, sent.sent_at) == (DeliveryState.SENT, NOW)
        assert {(of.status, of.cause) for of in (sending, queued, deferred, sent)} == {
            ("", Cause.NONE)
        }

        claimed = ledger.claim(owner="new", limit=9, now=NOW, lease_until=until)
        assert [(of.id, of.token) for of in claimed] == [(queued.id, 1), (deferred.id, 2)]
        assert ledger.owners() == {"old", "new"}
        assert ledger.abandoned(now=NOW, dead_owners={"old"}) == [sending]
        held = recovered(sending, policy=RetryPolicy(on_doubt=OnDoubt.HOLD), now=NOW)
        assert ledger.record(held, now=NOW)
        assert ledger.deliveries(edition_ids=[1]) == [held]
        store.relays.note_success("mx:25")
        assert [of.name for of in store.relays.relay_records(now=NOW)] == ["mx:25"]


def test_what_an_older_program_sends_on_is_its_own_to_settle(tmp_path, before_0002):
    lease = {"lease_owner": "old", "lease_until": stored(NOW + timedelta(minutes=15))}
    before_0002({"state": "sending", "attempts": 1} | lease)
    migrate(URL, base=tmp_path)
    with closing(open_store(URL, base=tmp_path)) as store:
        assert store.ledger.free(["old"]) == 0  # it may have been accepted
        later = {"now": NOW + timedelta(hours=1), "lease_until": NOW + timedelta(hours=2)}
        assert store.ledger.claim(owner="new", limit=9, **later) == []
        assert [of.id for of in store.ledger.abandoned(now=later["now"])] == [1]


def test_a_sign_up_under_way_is_still_one(tmp_path, file):
    migrate_to("0007", tmp_path)
    texts = dict.fromkeys(("email", "email_key", "mailbox_key"), "bo@example.org")
    times = dict.fromkeys(("asked_at", "next_attempt_at"), stored(NOW))
    schedule = {"cadence": "daily", "send_at": "08:00", "timezone": "UTC"}
    rest = {"client": "c", "interests": "{}", "mail": "sent", "attempts": 1}
    insert(file, "sign_ups", texts | times | schedule | rest)
    assert migrate(URL, base=tmp_path) == ("0007", SCHEMA)
    rows = query(file, "SELECT kind, subscriber_id, withdrawn_at FROM sign_ups")
    assert rows == [("subscribe", None, None)]
