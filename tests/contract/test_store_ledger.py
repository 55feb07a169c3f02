"""What every ``Ledger`` promises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.delivery import Delivery, DeliveryState
from digest.core.schedule import Slot
from digest.core.subscriber import Status
from tests.builders import NOW, a_delivery, a_harvest, a_paper, a_subscriber, an_edition

MINUTE = timedelta(minutes=1)
LEASE = 15 * MINUTE
TOMORROW = NOW + timedelta(days=1)
PAPER = a_paper()


@pytest.fixture
def ledger(store):
    store.papers.record_harvest("a", a_harvest(PAPER), now=NOW, not_before=None)
    return store.ledger


@pytest.fixture
def queue(store, ledger):  # noqa: ARG001 - the ledger's paper must be there
    """Add a reader with a queued delivery; return the delivery as stored."""

    def add(name, *, slot="2026-11-23", status=Status.ACTIVE, paused_until=None, **fields):
        address = f"{name}@example.org"
        reader = store.subscribers.find(address) or store.subscribers.add(
            a_subscriber(address, status=status, paused_until=paused_until), now=NOW
        )
        message_id = f"{name}.{slot}@digest.example.org"
        delivery = a_delivery(reader, **{"message_id": message_id} | fields)
        store.editions.add_editions([(an_edition(reader, PAPER, slot=slot), delivery)])
        (edition,) = store.editions.editions_of(reader.id, slot=slot)
        (stored,) = store.ledger.deliveries(edition_ids=[edition.id])
        return stored

    return add


@pytest.fixture
def claim(ledger):
    def take(owner="me", *, limit=10, now=NOW, **fields):
        return ledger.claim(owner=owner, limit=limit, now=now, lease_until=now + LEASE, **fields)

    return take


@pytest.fixture
def stored(store):
    def look(delivery):
        (found,) = store.ledger.deliveries(edition_ids=[delivery.edition_id])
        return found

    return look


def accepted(delivery):
    return replace(
        delivery,
        state=DeliveryState.SENT,
        lease_owner="",
        lease_until=None,
        code=250,
        reply="250 2.0.0 ok",
        sent_at=NOW,
    )


def deferred(delivery, until):
    return replace(
        delivery,
        state=DeliveryState.DEFERRED,
        lease_owner="",
        lease_until=None,
        code=451,
        reply="451 greylisted",
        next_attempt_at=until,
    )


def test_a_claim_counts_the_attempt_before_it_is_made(queue, claim, stored):
    queued = queue("ada")
    (claimed,) = claim("me")
    assert claimed == replace(
        queued,
        state=DeliveryState.SENDING,
        attempts=1,
        lease_owner="me",
        lease_until=NOW + LEASE,
    )
    assert stored(claimed) == claimed


def test_what_is_claimed_is_not_claimed_again(queue, claim):
    queue("ada")
    assert len(claim("me")) == 1
    assert claim("you", now=NOW + 2 * LEASE) == []


def test_claims_come_oldest_first_up_to_the_limit(queue, claim):
    late = queue("late", next_attempt_at=NOW - MINUTE)
    early = queue("early", next_attempt_at=NOW - 3 * MINUTE)
    middle = queue("middle", next_attempt_at=NOW - 2 * MINUTE)
    also = queue("also", next_attempt_at=NOW - 2 * MINUTE)
    assert [claimed.id for claimed in claim(limit=3)] == [early.id, middle.id, also.id]
    assert [claimed.id for claimed in claim(limit=3)] == [late.id]


def test_what_is_not_due_is_not_claimed(queue, claim):
    queue("ada", next_attempt_at=NOW + MINUTE)
    assert claim() == []
    assert len(claim(now=NOW + MINUTE)) == 1


def test_a_claim_may_be_for_some_readers_only(queue, claim):
    ada, _bob, eve = queue("ada"), queue("bob"), queue("eve")
    wanted = [*range(10_000, 12_345), ada.subscriber_id, eve.subscriber_id]
    assert [of.recipient for of in claim(subscriber_ids=wanted)] == [ada.recipient, eve.recipient]
    assert claim(subscriber_ids=[]) == []


@pytest.mark.parametrize("spelling", ["ada@example.org", "ADA@Example.Org"])
def test_a_suppressed_address_gets_no_mail(ledger, queue, claim, stored, spelling):
    queued = queue("ada")
    ledger.suppress(spelling, "bounced", now=NOW)
    assert claim() == []
    after = stored(queued)
    assert (after.state, after.attempts) == (DeliveryState.SUPPRESSED, 0)
    assert after.reply == "the address is suppressed: bounced"


@pytest.mark.parametrize("status", [Status.PENDING, Status.UNSUBSCRIBED, Status.PAUSED])
def test_a_reader_who_wants_no_mail_gets_none(queue, claim, stored, status):
    queued = queue("ada", status=status)
    assert claim() == []
    assert stored(queued).state is DeliveryState.SUPPRESSED
    assert stored(queued).reply == f"the reader is {status}"


def test_an_unsubscribe_after_composing_is_heeded(store, queue, claim):
    queue("ada")
    store.subscribers.update(store.subscribers.find("ada@example.org").unsubscribe())
    assert claim() == []


@pytest.mark.parametrize(("until", "number"), [(NOW, 1), (NOW + MINUTE, 0)])
def test_a_pause_ends_by_itself(queue, claim, until, number):
    queue("ada", status=Status.PAUSED, paused_until=until)
    assert len(claim()) == number


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("", "given up: its time was over before it was tried"),
        ("451 greylisted", "given up: 451 greylisted"),
    ],
)
def test_what_is_past_its_time_is_given_up(queue, claim, stored, reply, said):
    queued = queue("ada", reply=reply)
    assert claim(now=queued.expires_at) == []
    assert (stored(queued).state, stored(queued).reply) == (DeliveryState.FAILED, said)


def test_those_not_to_be_sent_hide_nobody_behind_them(store, ledger, claim):
    everybody = [a_subscriber(f"r{number:04}@example.org") for number in range(1_234)]
    store.subscribers.sync(everybody, now=NOW)
    readers = store.subscribers.all()
    store.editions.add_editions(
        [(an_edition(reader, PAPER), a_delivery(reader)) for reader in readers]
    )
    store.subscribers.sync(everybody[-2:], now=NOW)
    assert [of.recipient for of in claim(limit=1)] == [everybody[-2].email]
    assert [of.recipient for of in claim(limit=1)] == [everybody[-1].email]
    assert claim(limit=1) == []
    assert ledger.counts()["2026-11-23", "suppressed"] == 1_232


def test_an_outcome_is_stored(ledger, queue, claim, stored):
    queue("ada")
    (claimed,) = claim()
    assert ledger.record(accepted(claimed), now=NOW)
    assert stored(claimed) == accepted(claimed)
    assert claim(now=TOMORROW - MINUTE) == []


def test_a_deferred_delivery_is_claimed_again_when_it_is_due(ledger, queue, claim):
    queue("ada")
    (claimed,) = claim()
    assert ledger.record(deferred(claimed, NOW + 5 * MINUTE), now=NOW)
    assert claim(now=NOW + 4 * MINUTE) == []
    (again,) = claim(now=NOW + 5 * MINUTE)
    assert (again.attempts, again.message_id) == (2, claimed.message_id)
    assert again.reply == "451 greylisted"


def test_an_outcome_that_comes_after_another_claim_is_dropped(ledger, queue, claim, stored):
    queue("ada")
    (slow,) = claim("slow")
    assert ledger.record(deferred(slow, NOW), now=NOW)
    (quick,) = claim("quick")
    assert not ledger.record(accepted(slow), now=NOW)
    assert stored(slow) == quick
    assert ledger.record(accepted(quick), now=NOW)


def test_an_outcome_is_stored_once(ledger, queue, claim, stored):
    queue("ada")
    (claimed,) = claim()
    assert ledger.record(accepted(claimed), now=NOW)
    assert not ledger.record(deferred(claimed, NOW), now=NOW)
    assert stored(claimed).state is DeliveryState.SENT


def test_an_outcome_of_nothing_is_dropped(ledger):
    unknown = Delivery(
        id=999,
        edition_id=999,
        subscriber_id=999,
        recipient="nobody@example.org",
        message_id="x@example.org",
        next_attempt_at=NOW,
        expires_at=TOMORROW,
    )
    assert not ledger.record(unknown, now=NOW)


def test_a_released_claim_was_no_attempt(ledger, queue, claim, stored):
    queued = queue("ada")
    ledger.release(claim(), now=NOW)
    assert stored(queued) == queued
    assert [again.attempts for again in claim()] == [1]


def test_a_claim_that_is_no_longer_ours_is_not_released(ledger, queue, claim, stored):
    queue("ada")
    (slow,) = claim("slow")
    assert ledger.record(deferred(slow, NOW), now=NOW)
    (quick,) = claim("quick")
    ledger.release([slow, replace(quick, lease_owner="slow")], now=NOW)
    ledger.release([], now=NOW)
    assert stored(slow) == quick


def test_a_claim_whose_lease_ran_out_is_abandoned(ledger, queue, claim):
    queue("ada")
    (claimed,) = claim("me")
    assert ledger.abandoned(now=NOW + LEASE - MINUTE) == []
    assert ledger.abandoned(now=NOW + LEASE) == [claimed]


def test_a_claim_whose_owner_is_dead_is_abandoned_at_once(ledger, queue, claim):
    queue("ada")
    (mine,) = claim("me")
    queue("bob")
    claim("you")
    assert ledger.owners() == {"me", "you"}
    assert ledger.abandoned(now=NOW, dead_owners={"me", "stranger"}) == [mine]
    ledger.record(accepted(mine), now=NOW)
    assert ledger.owners() == {"you"}


def test_deliveries_are_counted_by_slot_and_state(ledger, queue, claim):
    ada, bob = queue("ada"), queue("bob")
    queue("ada", slot="2026-W47", next_attempt_at=TOMORROW)
    (claimed,) = claim(limit=1)
    ledger.record(accepted(claimed), now=NOW)
    assert ledger.counts() == {
        ("2026-11-23", "sent"): 1,
        ("2026-11-23", "queued"): 1,
        ("2026-W47", "queued"): 1,
    }
    many = [*range(10_000, 12_345), bob.subscriber_id]
    assert ledger.counts(subscriber_ids=many) == {("2026-11-23", "queued"): 1}
    assert ledger.counts(subscriber_ids=[ada.subscriber_id]) == {
        ("2026-11-23", "sent"): 1,
        ("2026-W47", "queued"): 1,
    }
    assert ledger.counts(subscriber_ids=[]) == {}


@pytest.mark.parametrize("state", DeliveryState)
def test_deliveries_are_listed_by_state_oldest_first(ledger, queue, claim, state):
    for name in ("ada", "bob", "eve"):
        queue(name)
    if state is DeliveryState.QUEUED:
        claimed = [queue(name) for name in ("ada", "bob", "eve")]
    else:
        claimed = claim()
        for delivery in claimed:
            ledger.record(replace(delivery, state=state), now=NOW)
    listed = ledger.in_state(state, limit=2)
    assert [of.id for of in listed] == [of.id for of in claimed[:2]]
    assert {of.state for of in listed} == {state}
    others = [ledger.in_state(other) for other in DeliveryState if other is not state]
    assert not any(others)


def test_the_next_attempt_is_that_of_the_first_open_delivery(ledger, queue, claim):
    assert ledger.next_attempt_at() is None
    queue("ada", next_attempt_at=NOW + MINUTE)
    queue("bob", next_attempt_at=NOW)
    assert ledger.next_attempt_at() == NOW
    (claimed,) = claim()
    assert ledger.next_attempt_at() == NOW + MINUTE
    (other,) = claim(now=NOW + MINUTE)
    assert ledger.next_attempt_at() == NOW + LEASE
    for delivery in (claimed, other):
        ledger.record(accepted(delivery), now=NOW)
    assert ledger.next_attempt_at() is None


def test_an_address_is_suppressed_once_and_the_first_reason_stays(ledger):
    ledger.suppress("Ada@example.org", "complaint", now=NOW)
    ledger.suppress("ada@EXAMPLE.org", "bounce", now=TOMORROW)
    ledger.suppress("bob@example.org", "bounce", now=NOW)
    assert ledger.suppressions() == {"ada@example.org": "complaint", "bob@example.org": "bounce"}


def test_many_editions_are_asked_for_at_once(ledger, queue):
    ada = queue("ada")
    assert ledger.deliveries(edition_ids=[*range(10_000, 12_345), ada.edition_id]) == [ada]
    assert ledger.deliveries(edition_ids=[]) == []


def test_slots_are_named_as_they_were_composed(queue, store):
    queue("ada", slot="2026-11")
    ada = store.subscribers.find("ada@example.org")
    assert [of.slot for of in store.editions.editions_of(ada.id)] == [Slot.parse("2026-11")]
