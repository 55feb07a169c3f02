"""What every ``Ledger`` promises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.delivery import Delivery, DeliveryState, begun
from digest.core.outcome import Cause
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
def begin(ledger):
    """Begin claimed deliveries; return them as begun, or None for one that may not."""

    def go(*claimed, now=NOW):
        sending = [begun(delivery, lease_until=now + LEASE) for delivery in claimed]
        stored, _ = ledger.commit(begun=sending, settled=[], now=now)
        return [of if is_stored else None for of, is_stored in zip(sending, stored, strict=True)]

    return go


@pytest.fixture
def look(store):
    """Return a delivery as it is stored."""

    def found(delivery):
        (stored,) = store.ledger.deliveries(edition_ids=[delivery.edition_id])
        return stored

    return found


def accepted(delivery):
    return replace(
        delivery,
        state=DeliveryState.SENT,
        lease_owner="",
        lease_until=None,
        code=250,
        status="2.0.0",
        cause=Cause.ACCEPTED,
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
        status="4.7.1",
        cause=Cause.TEMPORARY,
        reply="451 4.7.1 greylisted",
        next_attempt_at=until,
    )


# --- claims --------------------------------------------------------------------------------


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


# --- beginnings ----------------------------------------------------------------------------


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


# --- outcomes ------------------------------------------------------------------------------


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


# --- claims that are given up, or lost -----------------------------------------------------


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


# --- questions -----------------------------------------------------------------------------


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
