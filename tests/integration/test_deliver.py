"""Delivery over a real store: every outcome recorded, nobody lost, nobody twice."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from digest.core.delivery import Delivery, DeliveryState, OnDoubt, RetryPolicy, begun
from digest.core.edition import Edition, Match
from digest.core.harvest import Harvest, HarvestState
from digest.core.message import Message
from digest.core.outcome import Accepted, Cause, Deferred, Fault, Refused, Unknown
from digest.core.schedule import Slot
from digest.errors import StoreError
from digest.pipeline.deliver import deliver, recover
from digest.pipeline.outbox import DeliverSettings
from digest.ports import Envelope, Halt
from digest.store import migrate, open_store
from digest.transports.memory import MemoryTransport
from tests.builders import NOW, a_paper, a_subscriber

SLOT = Slot.parse("2026-11-23")
DOWN = Halt(
    relay="memory",
    reply="smtp: connection refused",
    cause=Cause.RELAY_UNREACHABLE,
    fault=Fault.RELAY,
)


@pytest.fixture
def store(tmp_path):
    migrate("sqlite:///digest.db", base=tmp_path)
    store = open_store("sqlite:///digest.db", base=tmp_path)
    yield store
    store.close()


def queue(store, readers=1, *, lifetime=timedelta(hours=24), domains=0):
    """Queue one edition of one paper for each of some readers."""
    paper = a_paper()
    harvest = Harvest(state=HarvestState.OK, papers=(paper,))
    store.papers.record_harvest("test", harvest, now=NOW, not_before=None)
    for number in range(readers):
        domain = f"d{number % domains}.example.org" if domains else "example.org"
        reader = store.subscribers.add(a_subscriber(f"r{number}@{domain}"), now=NOW)
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


def message_of(delivery):
    return Message(b"", delivery.message_id.encode()), Envelope(
        "digest@example.org", delivery.recipient
    )


def prepare(deliveries):
    return [partial(message_of, delivery) for delivery in deliveries]


async def run(store, *transports, make=prepare, now=NOW, policy=None, settings=None, **options):
    fields = {
        "owner": "host:boot:1:1",
        "lease": timedelta(minutes=15),
        "policy": policy or RetryPolicy(),
    }
    return await deliver(
        store.ledger,
        store.relays,
        store.bounces,
        transports,
        make,
        settings=DeliverSettings(**fields | (settings or {})),
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
        lambda mail: replies.get(mail.delivery.recipient.partition("@")[0], Accepted("ok"))
    )


async def test_everybody_gets_one_mail_and_a_second_run_sends_none(store):
    queue(store, readers=7)
    transport = MemoryTransport()
    report = await run(store, transport)
    again = await run(store, transport)
    assert report.states == {DeliveryState.SENT: 7}
    assert again.states == {}
    assert len({mail.message for mail in transport.accepted}) == 7
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

    def first_later_then_yes(mail):
        seen.append(mail.message)
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

    def poisoned(deliveries):
        return [poison if of.recipient.startswith("r3") else partial(message_of, of)
                for of in deliveries]  # fmt: skip

    await run(store, MemoryTransport(), make=poisoned)
    assert states(store) == {"sent": 4, "failed": 1}
    (failed,) = store.ledger.in_state("failed")
    assert failed.reply == "the message could not be made: ZeroDivisionError: poison"
    assert failed.cause is Cause.NOT_MADE


def poison():
    raise ZeroDivisionError("poison")


async def test_a_delivery_that_cannot_be_read_fails_alone(store):
    queue(store, readers=5)

    def unreadable(deliveries):
        if any(of.recipient.startswith("r3") for of in deliveries):
            poison()
        return prepare(deliveries)

    await run(store, MemoryTransport(), make=unreadable)
    assert states(store) == {"sent": 4, "failed": 1}


async def test_a_database_that_cannot_be_used_stops_the_run_and_frees_what_was_claimed(store):
    queue(store, readers=5)

    def broken(_deliveries):
        raise StoreError("the disk is full")

    with pytest.raises(StoreError, match="the disk is full"):
        await run(store, MemoryTransport(), make=broken)
    assert states(store) == {"queued": 5}


async def test_a_relay_in_trouble_stops_the_run_and_costs_nobody_their_turn(store):
    queue(store, readers=20)
    report = await run(store, MemoryTransport(lambda _mail: DOWN))
    assert report.stopped_by == "smtp: connection refused"
    record = store.relays.relay_record("memory", now=NOW)
    assert (record.failures, record.trouble) == (1, "smtp: connection refused")
    assert record.not_before == NOW + timedelta(seconds=10)
    left = store.ledger.deliveries(edition_ids=range(1, 21))
    assert sum(of.attempts for of in left) <= 1
    assert {of.state for of in left} <= {DeliveryState.QUEUED, DeliveryState.SENDING}
    recover(store.ledger, dead_owners=["host:boot:1:1"], policy=RetryPolicy(), now=NOW)
    await run(store, MemoryTransport())
    assert states(store) == {"sent": 20}
    assert store.relays.relay_record("memory", now=NOW).failures == 0


async def test_another_relay_takes_over_where_one_stopped(store):
    queue(store, readers=20)
    first, second = answer(r3=DOWN), MemoryTransport()
    second.name = "second"
    report = await run(store, first, second)
    assert len(first.accepted) == 3
    assert len(second.accepted) == 16
    assert [halt.relay for halt in report.halts] == ["memory"]


async def test_a_relay_that_only_the_operator_can_mend_rests_longer(store):
    queue(store)
    ours = replace(DOWN, fault=Fault.OURS, cause=Cause.LOGIN_REFUSED)
    await run(store, MemoryTransport(lambda _mail: ours))
    record = store.relays.relay_record("memory", now=NOW)
    assert record.not_before == NOW + timedelta(minutes=15)


async def test_a_policy_is_the_readers_only_when_others_are_accepted(store):
    queue(store, readers=3)
    blocked = Refused("550 5.7.1 no", 550, "5.7.1", Cause.POLICY, Fault.POLICY)
    await run(store, answer(r0=blocked, r2=blocked))
    assert states(store) == {"deferred": 1, "sent": 1, "failed": 1}


async def test_stopping_finishes_what_is_in_flight_and_begins_no_more(store):
    queue(store, readers=10)
    stop = asyncio.Event()

    def stop_at_third(_mail):
        if len(transport.accepted) == 2:
            stop.set()
        return Accepted("ok")

    transport = MemoryTransport(stop_at_third)
    await run(store, transport, stop=stop)
    assert states(store) == {"sent": 3, "queued": 7}
    assert store.ledger.owners() == set()


async def test_only_named_readers_are_served(store):
    queue(store, readers=3)
    reader = store.subscribers.find("r1@example.org")
    transport = MemoryTransport()
    await run(store, transport, subscriber_ids=[reader.id])
    assert [mail.envelope.recipient for mail in transport.accepted] == ["r1@example.org"]


async def test_an_outcome_that_comes_after_the_claim_was_lost_is_dropped_and_counted(store):
    queue(store)

    def lose_the_claim(_mail):
        later = NOW + timedelta(hours=1)
        (abandoned,) = store.ledger.abandoned(now=later)
        recover(store.ledger, dead_owners=[], policy=RetryPolicy(), now=later)
        store.ledger.claim(
            owner="other", limit=1, now=later, lease_until=later + timedelta(hours=1)
        )
        assert abandoned.lease_owner == "host:boot:1:1"
        return Accepted("ok")

    report = await run(store, MemoryTransport(lose_the_claim))
    assert report.lost_claims == 1
    assert states(store) == {"deferred": 1}
    assert store.ledger.owners() == {"other"}


async def test_an_unsubscribe_after_the_claim_is_heeded(store):
    queue(store, readers=3)

    def leave(mail):
        if mail.delivery.recipient == "r0@example.org":  # while r1 and r2 are claimed
            store.subscribers.update(store.subscribers.find("r1@example.org").unsubscribe())
            store.ledger.suppress("r2@example.org", "bounced", now=NOW)
        return Accepted("ok")

    transport = MemoryTransport(leave)
    await run(store, transport)
    assert [mail.delivery.recipient for mail in transport.accepted] == ["r0@example.org"]
    assert states(store) == {"sent": 1, "suppressed": 2}


async def test_no_domain_gets_more_mails_at_once_than_allowed(store):
    queue(store, readers=40, domains=2)

    most, now = Counter(), Counter()

    class Counting:
        name = "counting"

        async def carry(self, outbox):
            await asyncio.gather(*(self.line(outbox) for _ in range(12)))

        async def line(self, outbox):
            while mail := await outbox.next():
                domain = mail.delivery.recipient.partition("@")[2]
                now[domain] += 1
                most[domain] = max(most[domain], now[domain])
                await outbox.begin(mail)
                await asyncio.sleep(0)
                now[domain] -= 1
                outbox.tell(mail, Accepted("ok"))

    await run(store, Counting(), settings={"per_domain": 3})
    assert states(store) == {"sent": 40}
    assert most == {"d0.example.org": 3, "d1.example.org": 3}


async def test_many_outcomes_are_recorded_in_one_commit(store, monkeypatch):
    queue(store, readers=30)
    commits = []
    commit = type(store.ledger).commit

    def counted(self, *, begun, settled, now):
        commits.append(len(begun) + len(settled))
        return commit(self, begun=begun, settled=settled, now=now)

    monkeypatch.setattr(type(store.ledger), "commit", counted)

    class Ten:
        name = "ten"

        async def carry(self, outbox):
            await asyncio.gather(*(self.line(outbox) for _ in range(10)))

        async def line(self, outbox):
            while mail := await outbox.next():
                await outbox.begin(mail)
                outbox.tell(mail, Accepted("ok"))

    await run(store, Ten())
    assert sum(commits) == 60
    assert len(commits) <= 12


def begin_one(store, owner):
    until = NOW + timedelta(hours=1)
    (claimed,) = store.ledger.claim(owner=owner, limit=1, now=NOW, lease_until=until)
    assert store.ledger.commit(begun=[begun(claimed, lease_until=until)], settled=[], now=NOW) == (
        [True],
        [],
    )


@pytest.mark.parametrize(
    ("on_doubt", "expected"), [(OnDoubt.RESEND, "deferred"), (OnDoubt.HOLD, "in_doubt")]
)
def test_attempts_of_a_dead_sender_are_settled_as_the_policy_says(store, on_doubt, expected):
    queue(store)
    begin_one(store, "dead")
    settled = recover(
        store.ledger, dead_owners=["dead"], policy=RetryPolicy(on_doubt=on_doubt), now=NOW
    )
    assert (settled, states(store)) == (1, {expected: 1})


async def test_claims_of_a_dead_sender_that_were_not_begun_are_no_doubt(store):
    queue(store, readers=3)
    store.ledger.claim(owner="dead", limit=3, now=NOW, lease_until=NOW + timedelta(hours=1))
    hold = RetryPolicy(on_doubt=OnDoubt.HOLD)
    assert recover(store.ledger, dead_owners=["dead"], policy=hold, now=NOW) == 0
    await run(store, MemoryTransport(), policy=hold)
    assert states(store) == {"sent": 3}


def test_attempts_of_a_living_sender_are_left_alone_until_the_lease_ends(store):
    queue(store)
    begin_one(store, "alive")
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


async def test_an_address_that_is_refused_as_unknown_is_a_bounce_and_a_policy_is_none(store):
    queue(store, readers=3)
    unknown = Refused("550 5.1.1 no such user", 550, "5.1.1", Cause.ADDRESS_UNKNOWN)
    blocked = Refused("550 5.7.1 no", 550, "5.7.1", Cause.POLICY, Fault.POLICY)
    await run(store, answer(r1=unknown, r2=blocked))
    assert [event.points for event in store.bounces.history("r1@example.org")] == [2]
    assert store.bounces.history("r2@example.org") == []
