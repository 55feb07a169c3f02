"""What every ``Ledger`` promises of claims: taken, given back, lost."""

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.delivery import DeliveryState
from digest.core.outcome import Cause
from digest.core.subscriber import Status
from digest.store import migrate, open_store
from tests.builders import (
    LEASE,
    MINUTE,
    NOW,
    a_delivery,
    a_harvest,
    a_paper,
    a_subscriber,
    accepted,
    an_edition,
    deferred,
)

TOMORROW = NOW + timedelta(days=1)
PAPER = a_paper()


def test_a_claim_is_a_lease_and_changes_nothing_else(queue, claim, look):
    queued = queue("ada")
    (claimed,) = claim("me")
    assert claimed == replace(queued, token=1, lease_owner="me", lease_until=NOW + LEASE)
    assert look(claimed) == claimed


def test_what_is_claimed_is_not_claimed_again(queue, claim):
    queue("ada")
    assert len(claim("me")) == 1
    assert claim("me") == claim("you") == []
    assert claim("you", now=NOW + LEASE - MINUTE) == []


def test_a_claim_whose_lease_ran_out_is_free(queue, claim, look):
    queue("ada")
    claim("slow")
    (again,) = claim("quick", now=NOW + LEASE)
    assert (again.state, again.attempts, again.token) == (DeliveryState.QUEUED, 0, 2)
    assert (look(again).lease_owner, look(again).lease_until) == ("quick", NOW + 2 * LEASE)


def test_what_is_being_sent_is_not_claimed_even_after_its_lease(queue, claim, begin):
    queue("ada")
    begin(*claim("me"))
    assert claim("you", now=NOW + 2 * LEASE) == []


def test_claims_come_oldest_first_up_to_the_limit(queue, claim):
    late = queue("late", next_attempt_at=NOW - MINUTE)
    early = queue("early", next_attempt_at=NOW - 3 * MINUTE)
    middle = queue("middle", next_attempt_at=NOW - 2 * MINUTE)
    also = queue("also", next_attempt_at=NOW - 2 * MINUTE)
    assert [claimed.id for claimed in claim(limit=3)] == [early.id, middle.id, also.id]
    assert [claimed.id for claimed in claim(limit=3)] == [late.id]


def test_the_limit_holds_when_the_server_believes_that_the_queue_is_short(postgres, tmp_path):
    """Its planner then asks for the due rows once for each delivery, not once for all."""
    url = postgres.new_database()
    migrate(url, base=tmp_path)
    with closing(open_store(url, base=tmp_path)) as store:
        store.papers.record_harvest("a", a_harvest(PAPER), now=NOW, not_before=None)
        readers = [store.subscribers.add(a_subscriber(f"{n}@b.org"), now=NOW) for n in range(9)]
        first, *others = [
            (an_edition(of, PAPER, slot="2026-11-23"), a_delivery(of, message_id=f"{of.id}@b"))
            for of in readers
        ]
        store.editions.add_editions([first])
        postgres.execute("VACUUM ANALYZE deliveries", url.rpartition("/")[2])
        store.editions.add_editions(others)
        claimed = store.ledger.claim(owner="me", limit=2, now=NOW, lease_until=NOW + LEASE)
        assert len(claimed) == 2


def test_what_is_not_due_is_not_claimed(queue, claim):
    queue("ada", next_attempt_at=NOW + MINUTE)
    assert claim() == []
    assert len(claim(now=NOW + MINUTE)) == 1


def test_a_claim_may_be_for_some_readers_only(queue, claim):
    ada, _bob, eve = queue("ada"), queue("bob"), queue("eve")
    wanted = [*range(10_000, 12_345), ada.subscriber_id, eve.subscriber_id]
    assert [of.recipient for of in claim(subscriber_ids=wanted)] == [ada.recipient, eve.recipient]
    assert claim(subscriber_ids=[]) == []


def test_a_claim_tells_the_state_of_each_that_is_not_to_be_sent(ledger, queue, claim):
    for number in range(5):
        queue(f"gone{number}")
        ledger.suppress(f"gone{number}@example.org", "bounced", now=NOW)
    queue("late", expires_at=NOW)
    ada, states = queue("ada"), []
    assert [of.id for of in claim(limit=2, settled=states.append)] == [ada.id]
    expected = {DeliveryState.SUPPRESSED: 5, DeliveryState.FAILED: 1}
    assert Counter(states) == expected
    claim(settled=states.append)
    assert Counter(states) == expected


def test_what_somebody_sends_may_be_left_out_of_the_counts(ledger, queue, claim):
    queue("ada")
    queue("bob")
    claim(limit=1)
    slot = "2026-11-23"
    assert ledger.counts() == {(slot, "queued"): 2}
    assert ledger.counts(free_at=NOW) == {(slot, "queued"): 1}
    assert ledger.counts(free_at=NOW + LEASE) == {(slot, "queued"): 2}


@pytest.mark.parametrize("spelling", ["ada@example.org", "ADA@Example.Org"])
def test_a_suppressed_address_gets_no_mail(ledger, queue, claim, look, spelling):
    queued = queue("ada")
    ledger.suppress(spelling, "bounced", now=NOW)
    assert claim() == []
    after = look(queued)
    assert (after.state, after.cause) == (DeliveryState.SUPPRESSED, Cause.SUPPRESSED)
    assert (after.attempts, after.token, after.lease_owner) == (0, 0, "")
    assert after.reply == "the address is suppressed: bounced"


@pytest.mark.parametrize("status", [Status.PENDING, Status.UNSUBSCRIBED, Status.PAUSED])
def test_a_reader_who_wants_no_mail_gets_none(queue, claim, look, status):
    queued = queue("ada", status=status)
    assert claim() == []
    after = look(queued)
    assert (after.state, after.cause) == (DeliveryState.SUPPRESSED, Cause.NOT_WANTED)
    assert after.reply == f"the reader is {status}"


def test_an_unsubscribe_after_composing_is_heeded(store, queue, claim):
    queue("ada")
    store.subscribers.update(store.subscribers.find("ada@example.org").unsubscribe())
    assert claim() == []


@pytest.mark.parametrize(("until", "number"), [(NOW, 1), (NOW + MINUTE, 0)])
def test_a_pause_ends_by_itself(queue, claim, begin, until, number):
    queue("ada", status=Status.PAUSED, paused_until=until)
    claimed = claim()
    assert len(claimed) == number
    assert None not in begin(*claimed)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("", "given up: its time was over before it was tried"),
        ("451 greylisted", "given up: 451 greylisted"),
    ],
)
def test_what_is_past_its_time_is_given_up(queue, claim, look, reply, said):
    queued = queue("ada", reply=reply)
    assert claim(now=queued.expires_at) == []
    after = look(queued)
    assert (after.state, after.cause, after.reply) == (DeliveryState.FAILED, Cause.EXPIRED, said)


def test_what_was_said_last_is_kept_while_it_is_claimed_again(ledger, queue, claim, look):
    queue("ada")
    (claimed,) = claim()
    ledger.record(deferred(claimed, NOW), now=NOW)
    (again,) = claim()
    assert again == look(again)
    assert (again.state, again.code, again.status) == (DeliveryState.DEFERRED, 451, "4.7.1")
    assert (again.cause, again.reply) == (Cause.TEMPORARY, "451 4.7.1 greylisted")


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


def test_a_released_claim_was_no_attempt(ledger, queue, claim, look):
    queued = queue("ada")
    ledger.release(claim())
    assert look(queued) == replace(queued, token=1)
    (again,) = claim()
    assert (again.attempts, again.token) == (0, 2)


def test_a_claim_that_is_no_longer_ours_is_not_released(ledger, queue, claim, begin, look):
    queue("ada")
    (slow,) = claim("slow")
    (quick,) = claim("quick", now=NOW + LEASE)
    ledger.release([slow, replace(quick, lease_owner="slow"), replace(slow, lease_owner="quick")])
    ledger.release([])
    assert look(slow) == quick
    (sending,) = begin(quick)
    ledger.release([quick])  # too late: its content is leaving
    assert look(slow) == sending


def test_unbegun_claims_of_the_dead_are_free_at_once(ledger, queue, claim, begin, look):
    for name in ("ada", "bob", "eve"):
        queue(name)
    (ada,) = begin(*claim("dead", limit=1))
    (bob,) = claim("dead", limit=1)
    (eve,) = claim("alive", limit=1)
    assert ledger.free([]) == 0
    assert ledger.free({"dead", "stranger"}) == 1
    assert look(bob) == replace(bob, lease_owner="", lease_until=None)
    assert [look(of) for of in (ada, eve)] == [ada, eve]
    assert [again.id for again in claim("alive")] == [bob.id]
    assert ledger.free(["dead"]) == 0


def test_a_free_delivery_belongs_to_no_nameless_owner(ledger, queue, look):
    queued = queue("ada")
    assert ledger.free([""]) == 0
    assert look(queued) == queued


def test_what_was_begun_and_whose_lease_ran_out_is_abandoned(ledger, queue, claim, begin):
    queue("ada")
    queue("bob")
    ada, _unbegun = claim("me")
    (sending,) = begin(ada)
    assert ledger.abandoned(now=NOW + LEASE - MINUTE) == []
    assert ledger.abandoned(now=NOW + LEASE) == [sending]


def test_what_was_begun_by_a_dead_owner_is_abandoned_at_once(ledger, queue, claim, begin):
    queue("ada")
    queue("bob")
    ada, _unbegun = claim("me")
    (mine,) = begin(ada)
    queue("eve")
    begin(*claim("you"))
    assert ledger.owners() == {"me", "you"}
    assert ledger.abandoned(now=NOW, dead_owners={"me", "stranger"}) == [mine]
    ledger.record(accepted(mine), now=NOW)
    ledger.free(["me"])
    assert ledger.owners() == {"you"}
