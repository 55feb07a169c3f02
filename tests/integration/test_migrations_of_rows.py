"""Migrations: what older versions of the program stored is kept, and still means the same."""

from contextlib import closing
from datetime import timedelta

import pytest

from digest.core.delivery import DeliveryState, OnDoubt, RetryPolicy, recovered
from digest.core.outcome import Cause
from digest.store import migrate, open_store
from digest.store.tables import SCHEMA
from tests.builders import NOW
from tests.old_databases import OLD_EDITION, OLD_READER, URL, migrate_to, query

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


def insert(file, table, row):
    places = ", ".join("?" * len(row))
    into = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"  # noqa: S608 - our own names
    query(file, into, *row.values())


def stored(at):
    """Return a time as it lies in a row."""
    return int(at.timestamp()) * 1_000_000


@pytest.fixture
def before_0002(tmp_path, file):
    """Make a database of schema 0001 with a reader and an edition for each of these rows."""

    def make(*rows):
        migrate_to(URL, "0001", tmp_path)
        insert(file, "subscribers", OLD_READER)
        for number, row in enumerate(rows, 1):
            insert(file, "editions", OLD_EDITION | {"id": number, "slot": f"2026-11-0{number}"})
            ids = {"id": number, "edition_id": number, "message_id": f"{number}@example.org"}
            insert(file, "deliveries", OLD_DELIVERY | row | ids)

    return make


def test_what_was_suppressed_before_bounces_were_known_stays_so(tmp_path, file):
    migrate_to(URL, "0001", tmp_path)
    query(file, "INSERT INTO suppressions VALUES ('ada@example.org', 'asked to', 7)")
    assert migrate(URL, base=tmp_path) == ("0001", SCHEMA)
    rows = query(file, "SELECT address_key, kind, reason, since FROM suppressions")
    assert rows == [("ada@example.org", "operator", "asked to", 7)]


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


def test_whoever_left_the_file_is_known_to_have_been_taken_out(tmp_path, file):
    migrate_to(URL, "0010", tmp_path)
    gone = {"status": "unsubscribed", "status_in_file": "active"}
    insert(file, "subscribers", OLD_READER | gone)
    own = {"id": 2, "email": "bo@example.org", "email_key": "bo@example.org"}
    insert(file, "subscribers", OLD_READER | own | {"status": "unsubscribed"})
    assert migrate(URL, base=tmp_path) == ("0010", SCHEMA)
    assert query(file, "SELECT id, ended_by FROM subscribers") == [(1, "file"), (2, None)]


def test_a_sign_up_under_way_is_still_one(tmp_path, file):
    migrate_to(URL, "0007", tmp_path)
    texts = dict.fromkeys(("email", "email_key", "mailbox_key"), "bo@example.org")
    times = dict.fromkeys(("asked_at", "next_attempt_at"), stored(NOW))
    schedule = {"cadence": "daily", "send_at": "08:00", "timezone": "UTC"}
    rest = {"client": "c", "interests": "{}", "mail": "sent", "attempts": 1}
    insert(file, "sign_ups", texts | times | schedule | rest)
    assert migrate(URL, base=tmp_path) == ("0007", SCHEMA)
    rows = query(file, "SELECT kind, subscriber_id, withdrawn_at FROM sign_ups")
    assert rows == [("subscribe", None, None)]
