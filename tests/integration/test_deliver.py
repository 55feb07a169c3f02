"""Delivery over a real store: every outcome recorded, nobody lost, nobody twice."""

import asyncio
from collections import Counter
from datetime import timedelta

from digest.core.delivery import DeliveryState, OnDoubt, RetryPolicy
from digest.core.outcome import Accepted, Deferred, Refused, Unknown
from digest.pipeline.deliver import recover
from digest.transports.memory import MemoryTransport
from tests.builders import NOW
from tests.delivering import answer, queue, run, states


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


async def test_a_reader_who_left_after_composing_gets_no_mail(store):
    queue(store, readers=2)
    gone = store.subscribers.find("r0@example.org").unsubscribe()
    store.subscribers.update(gone)
    store.ledger.suppress("R1@Example.org", "bounced", now=NOW)
    transport = MemoryTransport()
    await run(store, transport)
    assert transport.accepted == []
    assert states(store) == {"suppressed": 2}
