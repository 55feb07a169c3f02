"""Delivery over a real store: every outcome recorded, nobody lost, nobody twice."""

import asyncio
from datetime import timedelta

import pytest

from digest.core.delivery import (
    Accepted,
    Deferred,
    Delivery,
    DeliveryState,
    OnDoubt,
    Refused,
    RetryPolicy,
    Unknown,
)
from digest.core.edition import Edition, Match
from digest.core.harvest import Harvest, HarvestState
from digest.core.schedule import Slot
from digest.pipeline.deliver import DeliverSettings, deliver, recover
from digest.ports import Envelope
from digest.store import migrate, open_store
from digest.transports.memory import MemoryTransport
from tests.builders import NOW, a_paper, a_subscriber

SLOT = Slot.parse("2026-11-23")
RELAY_DOWN = Deferred("smtp: connection refused", relay=True)


@pytest.fixture
def store(tmp_path):
    migrate("sqlite:///digest.db", base=tmp_path)
    store = open_store("sqlite:///digest.db", base=tmp_path)
    yield store
    store.close()


def queue(store, readers=1, *, lifetime=timedelta(hours=24)):
    """Queue one edition of one paper for each of some readers."""
    paper = a_paper()
    harvest = Harvest(state=HarvestState.OK, papers=(paper,))
    store.papers.record_harvest("test", harvest, now=NOW, not_before=None)
    for number in range(readers):
        reader = store.subscribers.add(a_subscriber(f"r{number}@example.org"), now=NOW)
        edition = Edition(
            subscriber_id=reader.id,
            slot=SLOT,
            created_at=NOW,
            cutoff=1,
            considered=1,
            matched=1,
            picks=(Match(paper=paper, score=1.0),),
        )
        delivery = Delivery(
            edition_id=0,
            subscriber_id=reader.id,
            recipient=reader.email,
            message_id=f"{number}@example.org",
            next_attempt_at=NOW,
            expires_at=NOW + lifetime,
        )
        store.editions.add_editions([(edition, delivery)])


def build(delivery):
    return delivery.message_id.encode(), Envelope("digest@example.org", delivery.recipient)


async def run(store, transport, *, make=build, now=NOW, policy=None, workers=2, **options):
    return await deliver(
        store.ledger,
        transport,
        make,
        settings=DeliverSettings(
            owner="host:boot:1:1",
            lease=timedelta(minutes=15),
            policy=policy or RetryPolicy(),
            workers=workers,
        ),
        clock=lambda: now,
        **options,
    )


def states(store):
    totals = {}
    for (_slot, state), number in store.ledger.counts().items():
        totals[state] = totals.get(state, 0) + number
    return totals


def answer(**replies):
    """A transport that answers by the reader's name and accepts everybody else."""
    return MemoryTransport(
        lambda _message, envelope: replies.get(envelope.recipient.partition("@")[0], Accepted("ok"))
    )


async def test_everybody_gets_one_mail_and_a_second_run_sends_none(store):
    queue(store, readers=7)
    transport = MemoryTransport()
    report = await run(store, transport)
    again = await run(store, transport)
    assert report.states == {DeliveryState.SENT: 7}
    assert again.states == {}
    assert len({message for _, message in transport.accepted}) == 7
    assert states(store) == {"sent": 7}


async def test_each_outcome_is_recorded_for_its_reader(store):
    queue(store, readers=4)
    transport = answer(r1=Deferred("451 later", 451), r2=Refused("550 no", 550), r3=Unknown("cut"))
    report = await run(store, transport)
    assert states(store) == {"sent": 1, "deferred": 2, "failed": 1}
    assert report.troubles == {"451 later": 1, "550 no": 1, "cut": 1}


async def test_deferred_mail_goes_out_when_its_time_has_come_with_the_same_message_id(store):
    queue(store)
    seen = []

    def first_later_then_yes(message, _envelope):
        seen.append(message)
        return Deferred("451 later", 451) if len(seen) == 1 else Accepted("ok")

    transport = MemoryTransport(first_later_then_yes)
    await run(store, transport)
    await run(store, transport, now=NOW + timedelta(minutes=1))
    assert len(seen) == 1
    await run(store, transport, now=NOW + timedelta(minutes=7))
    assert len(set(seen)) == 1
    assert len(seen) == 2
    assert states(store) == {"sent": 1}


async def test_mail_is_given_up_at_its_expiry(store):
    queue(store, lifetime=timedelta(hours=1))
    await run(store, answer(r0=Deferred("451 later", 451)))
    await run(store, MemoryTransport(), now=NOW + timedelta(hours=2))
    assert states(store) == {"failed": 1}


async def test_doubt_is_held_when_the_operator_wants_no_duplicates(store):
    queue(store)
    hold = RetryPolicy(on_doubt=OnDoubt.HOLD)
    await run(store, answer(r0=Unknown("cut")), policy=hold)
    await run(store, MemoryTransport(), policy=hold, now=NOW + timedelta(hours=2))
    assert states(store) == {"in_doubt": 1}
    assert [held.recipient for held in store.ledger.in_state("in_doubt")] == ["r0@example.org"]


async def test_a_mail_that_cannot_be_made_fails_alone(store):
    queue(store, readers=5)

    def poisoned(delivery):
        if delivery.recipient.startswith("r3"):
            raise ZeroDivisionError("poison")
        return build(delivery)

    await run(store, MemoryTransport(), make=poisoned)
    assert states(store) == {"sent": 4, "failed": 1}
    (failed,) = store.ledger.in_state("failed")
    assert failed.reply == "the message could not be made: ZeroDivisionError: poison"


async def test_a_relay_in_trouble_stops_the_run_and_costs_nobody_their_turn(store):
    queue(store, readers=20)
    report = await run(store, MemoryTransport(lambda *_: RELAY_DOWN))
    assert report.stopped_by == "smtp: connection refused"
    assert sum(report.states.values()) < 10
    assert set(states(store)) <= {"queued", "deferred"}
    await run(store, MemoryTransport(), now=NOW + timedelta(seconds=10))
    assert states(store) == {"sent": 20}


async def test_stopping_finishes_what_is_in_flight_and_begins_no_more(store):
    queue(store, readers=10)
    stop = asyncio.Event()

    def stop_at_third(_message, _envelope):
        if len(transport.accepted) == 2:
            stop.set()
        return Accepted("ok")

    transport = MemoryTransport(stop_at_third)
    await run(store, transport, stop=stop, workers=1)
    assert states(store) == {"sent": 3, "queued": 7}


async def test_only_named_readers_are_served(store):
    queue(store, readers=3)
    reader = store.subscribers.find("r1@example.org")
    transport = MemoryTransport()
    await run(store, transport, subscriber_ids=[reader.id])
    assert [envelope.recipient for envelope, _ in transport.accepted] == ["r1@example.org"]


async def test_an_outcome_that_comes_after_the_claim_was_lost_is_dropped_and_counted(store):
    queue(store)

    def lose_the_claim(_message, _envelope):
        later = NOW + timedelta(hours=1)
        (abandoned,) = store.ledger.abandoned(now=later)
        recover(store.ledger, dead_owners=[], policy=RetryPolicy(), now=later)
        store.ledger.claim(
            owner="other", limit=1, now=later, lease_until=later + timedelta(hours=1)
        )
        assert abandoned.lease_owner == "host:boot:1:1"
        return Accepted("ok")

    report = await run(store, MemoryTransport(lose_the_claim), workers=1)
    assert report.lost_claims == 1
    assert states(store) == {"sending": 1}


@pytest.mark.parametrize(
    ("on_doubt", "expected"), [(OnDoubt.RESEND, "deferred"), (OnDoubt.HOLD, "in_doubt")]
)
def test_attempts_of_a_dead_sender_are_settled_as_the_policy_says(store, on_doubt, expected):
    queue(store)
    store.ledger.claim(owner="dead", limit=1, now=NOW, lease_until=NOW + timedelta(hours=1))
    settled = recover(
        store.ledger, dead_owners=["dead"], policy=RetryPolicy(on_doubt=on_doubt), now=NOW
    )
    assert (settled, states(store)) == (1, {expected: 1})


def test_attempts_of_a_living_sender_are_left_alone_until_the_lease_ends(store):
    queue(store)
    store.ledger.claim(owner="alive", limit=1, now=NOW, lease_until=NOW + timedelta(hours=1))
    policy = RetryPolicy()
    assert recover(store.ledger, dead_owners=[], policy=policy, now=NOW) == 0
    assert recover(store.ledger, dead_owners=[], policy=policy, now=NOW + timedelta(hours=1)) == 1


async def test_a_reader_who_left_after_composing_gets_no_mail(store):
    queue(store, readers=2)
    gone = store.subscribers.find("r0@example.org").unsubscribe()
    store.subscribers.update(gone)
    store.ledger.suppress("R1@Example.org", "bounced", now=NOW)
    transport = MemoryTransport()
    await run(store, transport)
    assert transport.accepted == []
    assert states(store) == {"suppressed": 2}
