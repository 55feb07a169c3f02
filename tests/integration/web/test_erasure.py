"""Whoever deletes everything is in no byte of the database afterwards."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from digest.core.bounces import BounceEvent, BounceKind
from digest.core.feedback import Feedback, Verdict
from digest.core.schedule import Schedule
from digest.core.sign_up import Limits, SignUp
from digest.core.subscriber import Origin
from digest.core.tokens import Purpose
from tests.builders import LEASE, NOW, a_delivery, a_subscriber, accepted, an_edition, interests
from tests.integration.web.conftest import PAPERS

ADDRESS = "Erased.Reader@example.org"
WISH = "a wish that nobody else has"


def test_what_was_deleted_is_in_no_byte_of_the_database(client, store, ada, token, tmp_path):
    a_life(store)
    reader = store.subscribers.find(ADDRESS)
    files = [tmp_path / "digest.db", tmp_path / "digest.db-wal"]

    def found(*words):
        held = b"".join(file.read_bytes() for file in files).lower()
        return [word for word in words if word.lower().encode() in held]

    assert found("erased.reader", WISH, "no such erased") == [
        "erased.reader",
        WISH,
        "no such erased",
    ]
    client.post(
        f"/preferences/{token(Purpose.PREFERENCES, reader)}", data={"do": "delete-for-good"}
    )
    with closing(sqlite3.connect(files[0], isolation_level=None)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert found("erased.reader", WISH, "no such erased", ada.email) == [ada.email]


def a_life(store):
    """A sign-up, a mail sent and one that waits, a verdict, a bounce."""
    wanted = interests(WISH)
    reader = store.subscribers.add(
        a_subscriber(ADDRESS, name="Erased Reader", interests=wanted, origin=Origin.WEB), now=NOW
    )
    store.sign_ups.ask(
        SignUp(email=ADDRESS, client="", interests=wanted, schedule=Schedule(), asked_at=NOW),
        Limits(per_client=9, per_hour=9),
    )
    for slot in ("2026-11-22", "2026-11-23"):
        delivery = a_delivery(reader, message_id=f"{slot}@digest.example.org")
        store.editions.add_editions([(an_edition(reader, *PAPERS, slot=slot), delivery)])
    (first,) = store.ledger.claim(owner="me", limit=1, now=NOW, lease_until=NOW + LEASE)
    sent = replace(accepted(first), reply=f"250 ok <{ADDRESS}>", sent_at=NOW + timedelta(seconds=9))
    store.ledger.commit(begun=[], settled=[sent], now=NOW)
    said = Feedback(paper=PAPERS[0].id, verdict=Verdict.MORE, at=NOW)
    store.feedback.record(reader.id, said)
    store.bounces.record(
        BounceEvent(key="b", kind=BounceKind.HARD, address=ADDRESS, subscriber_id=reader.id,
                    source="test", seen_at=NOW, diagnostic="no such erased reader")
    )  # fmt: skip
