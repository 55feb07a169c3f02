"""What every ``Ledger`` tells when it is asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.delivery import DeliveryState
from digest.core.schedule import Slot
from tests.builders import (
    LEASE,
    MINUTE,
    NOW,
    a_paper,
    accepted,
)

TOMORROW = NOW + timedelta(days=1)
PAPER = a_paper()


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
    assert ledger.counts(first=bob.id) == {("2026-11-23", "queued"): 1, ("2026-W47", "queued"): 1}


def test_the_oldest_open_delivery_waits_or_is_being_sent(ledger, queue, claim, begin):
    assert ledger.oldest_open() is None
    ada, bob = queue("ada"), queue("bob")
    assert ledger.oldest_open() == ada.id
    (claimed,) = claim(limit=1)
    (begun,) = begin(claimed)
    assert ledger.oldest_open() == ada.id
    ledger.record(accepted(begun), now=NOW)
    assert ledger.oldest_open() == bob.id


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


def test_the_next_attempt_is_that_of_the_first_open_delivery(ledger, queue, claim, begin):
    assert ledger.next_attempt_at() is None
    queue("ada", next_attempt_at=NOW + MINUTE)
    queue("bob", next_attempt_at=NOW)
    assert ledger.next_attempt_at() == NOW
    (claimed,) = claim()
    assert ledger.next_attempt_at() == NOW + MINUTE
    (other,) = claim(now=NOW + MINUTE)
    assert ledger.next_attempt_at() == NOW + LEASE
    (sending,) = begin(claimed, now=NOW + 2 * MINUTE)
    assert ledger.next_attempt_at() == NOW + MINUTE + LEASE
    for delivery in (sending, other):
        ledger.record(accepted(delivery), now=NOW)
    assert ledger.next_attempt_at() is None


def test_a_claim_given_back_is_due_again(ledger, queue, claim):
    queue("ada")
    ledger.release(claim())
    assert ledger.next_attempt_at() == NOW


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
