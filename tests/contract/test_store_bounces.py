"""What every ``BounceStore`` and ``SuppressionStore`` promises."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from digest.core.bounces import BounceEvent, BounceKind, SuppressedBy
from digest.core.schedule import Cadence, Schedule
from digest.core.sign_up import Limits, SignUp, SignUpKind
from digest.core.subscriber import Status
from tests.builders import (
    NOW,
    a_delivery,
    a_harvest,
    a_paper,
    a_subscriber,
    an_edition,
    interests,
)

DAY = timedelta(days=1)
ADA = "Ada@example.com"
MESSAGE_ID = "<2026-11-23.0123456789abcdef01234567@example.org>"


@pytest.fixture
def ada(store):
    return store.subscribers.add(a_subscriber(ADA), now=NOW)


@pytest.fixture
def sent(store, ada):
    """Give Ada a delivery to an address that she had before."""
    store.papers.record_harvest("a", a_harvest(a_paper()), now=NOW, not_before=None)
    delivery = a_delivery(ada, recipient="ada@old.example.com", message_id=MESSAGE_ID)
    store.editions.add_editions([(an_edition(ada, a_paper()), delivery)])
    return delivery


@pytest.fixture
def bounce(ada):
    def make(days=0.0, **fields):
        defaults = {
            "key": f"bounce:{days}",
            "kind": BounceKind.HARD,
            "address": ADA,
            "subscriber_id": ada.id,
            "status": "5.1.1",
            "diagnostic": "no such user",
            "source": "mailbox",
            "seen_at": NOW + days * DAY,
        }
        return BounceEvent(**defaults | fields)

    return make


def test_an_event_is_stored_with_what_it_counted(store, bounce):
    recorded = store.bounces.record(bounce())
    assert (recorded.is_new, recorded.points, recorded.total) == (True, 2, 2)
    (stored,) = store.bounces.history("ada@EXAMPLE.com")
    assert stored == replace(bounce(), address="ada@example.com", points=2)


def test_the_same_event_counts_once_however_often_it_is_told(store, bounce):
    for hours in range(100):
        store.bounces.record(bounce(key="same", seen_at=NOW + timedelta(hours=hours)))
    assert [event.points for event in store.bounces.history(ADA)] == [2]
    assert not store.bounces.record(bounce(key="same")).is_new
    assert store.suppressions.find(ADA) is None


def test_a_storm_of_different_events_in_one_day_counts_once(store, bounce):
    store.bounces.record(bounce(-1, status=""))
    for number in range(450):
        store.bounces.record(bounce(number / 1_000, status=""))
    history = store.bounces.history(ADA, limit=1_000)
    assert [event.points for event in history if event.points] == [1, 1]


def test_an_address_is_suppressed_when_its_points_reach_the_threshold(store, bounce):
    assert store.bounces.record(bounce(0)).suppression is None
    suppression = store.bounces.record(bounce(1)).suppression
    assert suppression == store.suppressions.find("ADA@example.com")
    assert (suppression.kind, suppression.since) == (SuppressedBy.BOUNCES, NOW + DAY)
    assert "5.1.1 no such user" in suppression.reason
    assert store.ledger.suppressions() == {"ada@example.com": suppression.reason}


def test_the_first_reason_for_a_suppression_stays(store, bounce):
    store.bounces.record(bounce(kind=BounceKind.COMPLAINT, key="c", status=""))
    first = store.suppressions.find(ADA)
    assert first.kind is SuppressedBy.COMPLAINT
    assert store.bounces.record(bounce(1, kind=BounceKind.COMPLAINT)).suppression is None
    assert store.suppressions.find(ADA) == first


def test_a_suppression_is_seen_by_the_claim_and_only_for_its_address(store, ada, sent, bounce):
    def claim():
        later = NOW + timedelta(minutes=15)
        return store.ledger.claim(owner="me", limit=9, now=NOW, lease_until=later)

    store.bounces.record(bounce(kind=BounceKind.COMPLAINT))
    (claimed,) = claim()
    assert claimed.recipient == sent.recipient  # her other address, in the same domain
    store.ledger.release([claimed])
    store.bounces.record(
        bounce(key="old", address=sent.recipient.upper(), kind=BounceKind.COMPLAINT)
    )
    assert claim() == []
    (edition,) = store.editions.editions_of(ada.id)
    (stopped,) = store.ledger.deliveries(edition_ids=[edition.id])
    assert stopped.reply.startswith("the address is suppressed: the reader complained")


def test_what_is_nobody_s_is_kept_and_counts_nothing(store, bounce):
    for days in range(5):
        recorded = store.bounces.record(bounce(days, subscriber_id=None))
        assert (recorded.is_new, recorded.points) == (True, 0)
    assert store.suppressions.find(ADA) is None
    assert {event.points for event in store.bounces.history(ADA)} == {0}
    assert store.bounces.counts(since=NOW) == {"untraced": 5}


def test_what_is_nobody_s_is_forgotten_after_a_month(store, bounce):
    store.bounces.record(bounce(0, subscriber_id=None))
    store.bounces.record(bounce(0.5))
    store.bounces.record(bounce(31, subscriber_id=None))
    assert [event.key for event in store.bounces.history(ADA)] == ["bounce:31", "bounce:0.5"]


def test_strangers_bounces_do_not_change_the_score_of_a_reader(store, bounce):
    store.bounces.record(bounce(0))
    for days in range(1, 6):
        store.bounces.record(bounce(days, subscriber_id=None))
    assert store.bounces.record(bounce(8)).total == 2


def test_a_request_to_unsubscribe_is_granted(store, ada, bounce):
    store.bounces.record(bounce(kind=BounceKind.UNSUBSCRIBE, status=""))
    assert store.subscribers.find(ADA).status is Status.UNSUBSCRIBED
    assert store.suppressions.find(ADA) is None
    store.subscribers.update(ada)
    assert not store.bounces.record(bounce(kind=BounceKind.UNSUBSCRIBE)).is_new
    assert store.subscribers.find(ADA).status is Status.ACTIVE


def test_the_bounces_of_a_weekly_reader_add_up(store, bounce):
    weekly = Schedule(cadence=Cadence.parse("weekly"))
    bob = store.subscribers.add(a_subscriber("bob@example.com", schedule=weekly), now=NOW)
    fields = {"subscriber_id": bob.id, "address": bob.email}
    store.bounces.record(bounce(0, **fields))
    assert store.bounces.record(bounce(8, key="b", **fields)).suppression
    store.bounces.record(bounce(0.1))
    assert store.bounces.record(bounce(8.1)).total == 2


def test_a_mail_is_traced_by_its_message_id_to_the_address_it_went_to(store, ada, sent):
    traced = store.bounces.trace(message_ids=["<other@example.org>", MESSAGE_ID])
    assert (traced.subscriber_id, traced.address) == (ada.id, sent.recipient)
    assert traced.message_id == MESSAGE_ID


def test_a_reader_is_traced_by_number_or_address(store, ada):
    assert store.bounces.trace(subscriber_id=ada.id).address == ADA
    assert store.bounces.trace(address="ada@example.COM").subscriber_id == ada.id
    assert store.bounces.trace(address="eve@example.com") is None
    assert store.bounces.trace(message_ids=["<x@example.org>"], subscriber_id=999) is None
    assert store.bounces.trace() is None


def test_lifting_a_suppression_allows_mail_and_starts_the_score_anew(store, bounce):
    store.bounces.record(bounce(0))
    store.bounces.record(bounce(1))
    stood = store.suppressions.lift("ada@example.com", now=NOW + 2 * DAY)
    assert stood.kind is SuppressedBy.BOUNCES
    assert store.suppressions.find(ADA) is None
    assert store.suppressions.lift(ADA, now=NOW + 2 * DAY) is None
    again = store.bounces.record(bounce(2.1))
    assert (again.total, again.suppression) == (2, None)
    kinds = [event.kind for event in store.bounces.history(ADA)]
    assert kinds == [BounceKind.HARD, BounceKind.LIFTED, BounceKind.HARD, BounceKind.HARD]


def test_events_and_suppressions_are_counted_by_kind(store, bounce):
    store.bounces.record(bounce(0))
    store.bounces.record(bounce(1))
    store.bounces.record(bounce(2, kind=BounceKind.COMPLAINT))
    store.ledger.suppress("bob@example.com", "asked on the telephone", now=NOW)
    assert store.bounces.counts(since=NOW + DAY) == {"hard": 1, "complaint": 1}
    assert store.suppressions.counts() == {"bounces": 1, "operator": 1}


def test_history_is_newest_first_and_ends(store, bounce):
    for days in range(5):
        store.bounces.record(bounce(days, status="5.7.1"))
    assert [event.key for event in store.bounces.history(ADA, limit=2)] == ["bounce:4", "bounce:3"]
    assert store.bounces.history("eve@example.com") == []


def test_an_event_of_a_reader_who_is_gone_keeps_no_address(store, ada, bounce):
    store.suppressions.erase(ada.id, now=NOW)
    recorded = store.bounces.record(bounce())
    assert (recorded.is_new, recorded.suppression) == (True, None)
    assert store.bounces.history(ADA) == []
    assert store.suppressions.find(ADA) is None


def test_events_told_at_the_same_moment_count_as_one(store, bounce):
    with ThreadPoolExecutor(4) as threads:
        told = threads.map(store.bounces.record, [bounce(n / 100) for n in range(20)])
    assert sorted(recorded.points for recorded in told) == [0] * 19 + [2]


def test_an_erased_reader_who_comes_back_is_known_and_not_mailed(store, ada, sent, bounce):
    store.bounces.record(bounce(kind=BounceKind.COMPLAINT))
    store.suppressions.erase(ada.id, now=NOW + DAY)
    store.suppressions.erase(ada.id, now=NOW + DAY)
    assert store.subscribers.find(ADA) is None
    assert store.suppressions.find(ADA) is None
    assert store.ledger.suppressions() == {}
    assert store.bounces.trace(message_ids=[sent.message_id]) is None
    store.subscribers.put([a_subscriber("ada@example.com"), a_subscriber("bob@x.org")], now=NOW)
    back = store.suppressions.find(ADA)
    assert (back.kind, back.since) == (SuppressedBy.COMPLAINT, NOW)
    assert store.suppressions.find("bob@x.org") is None


@pytest.mark.parametrize("door", ["add", "put", "sync"])
def test_an_erased_reader_without_bounces_is_known_by_every_door(store, ada, door):
    store.suppressions.erase(ada.id, now=NOW)
    if door == "add":
        store.subscribers.add(a_subscriber(ADA), now=NOW)
    else:
        getattr(store.subscribers, door)([a_subscriber(ADA)], now=NOW)
    assert store.suppressions.find(ADA).kind is SuppressedBy.ERASED
    store.suppressions.lift(ADA, now=NOW)
    store.subscribers.sync([a_subscriber(ADA), a_subscriber("bob@example.com")], now=NOW)
    assert store.suppressions.find(ADA) is None


def test_erasing_leaves_no_address_in_the_database(store, store_url, tmp_path, ada, bounce):
    store.bounces.record(bounce(diagnostic="<ADA@example.com>: no such user"))
    store.bounces.record(bounce(1, address="ada@example.com"))
    bob = store.subscribers.add(a_subscriber("bob@example.com"), now=NOW)
    other = bounce(2, address="bob@example.com", subscriber_id=bob.id)
    store.bounces.record(replace(other, diagnostic="forwarded to ada@example.com: unknown"))
    store.suppressions.erase(ada.id, now=NOW)
    assert store.suppressions.counts() == {}
    if store_url.startswith("sqlite"):
        with sqlite3.connect(tmp_path / "digest.db") as connection:
            dump = "\n".join(connection.iterdump()).casefold()
        connection.close()
        assert "ada@" not in dump
        assert "bob@" in dump


def test_readers_whose_address_is_suppressed_are_told_and_get_no_mail(store, ada, bounce):
    store.subscribers.add(a_subscriber("bob@example.org"), now=NOW)
    assert (store.suppressions.readers(), store.subscribers.number(now=NOW)) == (frozenset(), 2)
    store.bounces.record(bounce(kind=BounceKind.COMPLAINT))
    assert (store.suppressions.readers(), store.subscribers.number(now=NOW)) == ({ada.id}, 1)
    assert store.subscribers.number() == 2


def test_a_sign_up_leads_to_the_reader_with_its_address_and_else_to_who_asked(store, ada):
    asked = partial(SignUp, client="c", asked_at=NOW, interests=interests(), schedule=Schedule())
    limits = Limits(per_client=9, per_hour=9)
    for sign_up in (
        asked(email="ADA@example.com"),
        asked(email="bob@example.org", subscriber_id=ada.id, kind=SignUpKind.NEW_END),
        asked(email="eve@example.org"),
    ):
        store.sign_ups.ask(sign_up, limits)
    numbers = [each.id for each in store.sign_ups.claim(now=NOW, lease_until=NOW + DAY, limit=9)]
    own, new, unknown = (store.bounces.trace(sign_up=number) for number in numbers)
    assert (own.subscriber_id, own.address) == (ada.id, "ADA@example.com")
    assert (new.subscriber_id, new.address) == (ada.id, "bob@example.org")
    assert unknown is None
    assert store.bounces.trace(sign_up=max(numbers) + 1) is None
    bob = store.subscribers.add(a_subscriber("bob@example.org"), now=NOW)
    assert store.bounces.trace(sign_up=numbers[1]).subscriber_id == bob.id
