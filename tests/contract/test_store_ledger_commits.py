"""What every ``Ledger`` promises of mails that begin and end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.delivery import Delivery, DeliveryState, begun
from digest.core.outcome import Cause
from digest.core.subscriber import Status
from tests.builders import (
    LEASE,
    MINUTE,
    NOW,
    a_paper,
    accepted,
    deferred,
)

TOMORROW = NOW + timedelta(days=1)
PAPER = a_paper()


def test_a_mail_is_begun_before_its_content_leaves(queue, claim, begin, look):
    queue("ada")
    (claimed,) = claim("me")
    (sending,) = begin(claimed, now=NOW + MINUTE)
    assert sending == replace(
        claimed, state=DeliveryState.SENDING, attempts=1, lease_until=NOW + MINUTE + LEASE
    )
    assert look(claimed) == sending


def test_a_mail_is_begun_once(queue, claim, begin):
    queue("ada")
    (claimed,) = claim()
    assert begin(claimed) != [None]
    assert begin(claimed) == [None]


def test_a_mail_is_not_begun_under_an_older_claim(queue, claim, begin, look):
    queue("ada")
    (slow,) = claim("me")
    (quick,) = claim("me", now=NOW + LEASE)  # the same owner: only the token tells them apart
    assert begin(slow) == [None]
    assert look(slow) == quick
    (sending,) = begin(quick)
    assert begin(slow) == [None]
    assert look(slow) == sending


def test_a_mail_is_not_begun_by_somebody_else(queue, claim, begin, look):
    queue("ada")
    (claimed,) = claim("me")
    assert begin(replace(claimed, lease_owner="you")) == [None]
    assert look(claimed) == claimed


def test_a_claim_given_back_is_not_begun(ledger, queue, claim, begin):
    queue("ada")
    queue("bob")
    ada, bob = claim("me")
    ledger.release([ada])
    ledger.free(["me"])
    assert begin(ada, bob) == [None, None]


def test_no_mail_is_begun_after_its_address_was_suppressed(ledger, queue, claim, begin, look):
    queue("ada")
    (claimed,) = claim()
    ledger.suppress("ADA@Example.ORG", "complaint", now=NOW)
    assert begin(claimed) == [None]
    assert look(claimed) == claimed  # still its claim: to be given back, and settled by the next
    ledger.release([claimed])
    assert claim() == []
    assert look(claimed).state is DeliveryState.SUPPRESSED


@pytest.mark.parametrize(
    "leave",
    [
        lambda reader: reader.unsubscribe(),
        lambda reader: replace(reader, status=Status.PAUSED),
        lambda reader: replace(reader, status=Status.PAUSED, paused_until=TOMORROW),
        lambda reader: replace(reader, status=Status.PENDING),
    ],
    ids=["unsubscribed", "paused", "paused-until", "pending"],
)
def test_no_mail_is_begun_after_its_reader_left(store, queue, claim, begin, leave):
    queue("ada")
    queue("bob")
    ada, bob = claim()
    store.subscribers.update(leave(store.subscribers.find(ada.recipient)))
    sent_to_ada, sent_to_bob = begin(ada, bob)
    assert (sent_to_ada, sent_to_bob.state) == (None, DeliveryState.SENDING)


def test_no_mail_is_begun_for_a_reader_who_was_deleted(store, queue, claim, begin):
    queue("ada")
    (claimed,) = claim()
    store.subscribers.delete(claimed.subscriber_id)
    assert begin(claimed) == [None]


def test_a_reader_who_is_back_is_mailed(store, queue, claim, begin):
    queue("ada")
    (claimed,) = claim()
    reader = store.subscribers.find("ada@example.org")
    store.subscribers.update(reader.unsubscribe())
    store.subscribers.update(reader)
    assert None not in begin(claimed)


def test_an_outcome_is_stored(ledger, queue, claim, begin, look):
    queue("ada")
    (sending,) = begin(*claim())
    assert ledger.record(accepted(sending), now=NOW)
    assert look(sending) == accepted(sending)
    assert claim(now=TOMORROW - MINUTE) == []


def test_an_outcome_before_the_content_is_stored_under_the_claim(ledger, queue, claim, look):
    queue("ada")
    (claimed,) = claim()
    refused = replace(claimed, state=DeliveryState.FAILED, attempts=1, lease_owner="")
    refused = replace(refused, lease_until=None, code=550, cause=Cause.ADDRESS_UNKNOWN)
    assert ledger.record(refused, now=NOW)
    assert look(claimed) == refused


def test_a_deferred_delivery_is_claimed_again_when_it_is_due(ledger, queue, claim, begin):
    queue("ada")
    (sending,) = begin(*claim())
    assert ledger.record(deferred(sending, NOW + 5 * MINUTE), now=NOW)
    assert claim(now=NOW + 4 * MINUTE) == []
    (again,) = claim(now=NOW + 5 * MINUTE)
    assert (again.attempts, again.token, again.message_id) == (1, 2, sending.message_id)
    (sending,) = begin(again)
    assert sending.attempts == 2


def test_beginnings_and_outcomes_are_one_commit(ledger, queue, claim, begin, look):
    for name in ("ada", "bob", "eve"):
        queue(name)
    ada, bob, eve = claim()
    (ada,) = begin(ada)
    sending = begun(bob, lease_until=NOW + 2 * LEASE)
    stale = begun(replace(eve, token=0), lease_until=NOW + 2 * LEASE)
    stored = ledger.commit(
        begun=[stale, sending], settled=[accepted(ada), accepted(replace(eve, token=7))], now=NOW
    )
    assert stored == ([False, True], [True, False])
    assert [look(of).state for of in (ada, bob, eve)] == ["sent", "sending", "queued"]
    assert ledger.commit(begun=[], settled=[], now=NOW) == ([], [])


def test_the_same_mail_may_end_and_begin_again_in_one_commit_only_by_a_new_claim(
    ledger, queue, claim, begin, look
):
    queue("ada")
    (sending,) = begin(*claim())
    again = begun(sending, lease_until=NOW + LEASE)
    assert ledger.commit(begun=[again], settled=[deferred(sending, NOW)], now=NOW) == (
        [False],
        [True],
    )
    assert look(sending).state is DeliveryState.DEFERRED


def test_an_outcome_that_comes_after_another_claim_is_dropped(ledger, queue, claim, begin, look):
    queue("ada")
    (slow,) = begin(*claim("me"))
    assert ledger.record(deferred(slow, NOW), now=NOW)
    (quick,) = claim("me")
    assert not ledger.record(accepted(slow), now=NOW)
    assert look(slow) == quick
    (quick,) = begin(quick)
    assert not ledger.record(accepted(slow), now=NOW)
    assert look(slow) == quick
    assert ledger.record(accepted(quick), now=NOW)


def test_an_outcome_that_comes_after_the_lease_was_given_back_is_dropped(
    ledger, queue, claim, look
):
    queue("ada")
    (claimed,) = claim("me")
    ledger.free(["me"])
    assert not ledger.record(accepted(claimed), now=NOW)
    assert look(claimed).state is DeliveryState.QUEUED


def test_an_outcome_is_stored_once(ledger, queue, claim, begin, look):
    queue("ada")
    (sending,) = begin(*claim())
    assert ledger.record(accepted(sending), now=NOW)
    assert not ledger.record(deferred(sending, NOW), now=NOW)
    assert look(sending).state is DeliveryState.SENT


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
