"""Delivery when something is wrong: mails, the store, the relay, a sender that died."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from digest.core.delivery import DeliveryState, OnDoubt, RetryPolicy, begun
from digest.core.outcome import Cause, Fault, Refused
from digest.errors import RecordError, StoreError, ThemeError
from digest.pipeline.deliver import recover
from digest.ports import Halt
from digest.transports.memory import MemoryTransport
from tests.builders import NOW
from tests.delivering import answer, message_of, prepare, queue, run, states

DOWN = Halt(
    relay="memory",
    reply="smtp: connection refused",
    cause=Cause.RELAY_UNREACHABLE,
    fault=Fault.RELAY,
)


async def test_a_mail_that_cannot_be_made_fails_alone(store):
    queue(store, readers=5)

    def poisoned(deliveries):
        return [poison if of.recipient.startswith("r3") else partial(message_of, of)
                for of in deliveries]  # fmt: skip

    await run(store, MemoryTransport(), make=poisoned)
    assert states(store) == {"sent": 4, "deferred": 1}
    (waiting,) = store.ledger.in_state("deferred")
    assert waiting.reply == "the message could not be made: ZeroDivisionError: poison"
    assert waiting.cause is Cause.NOT_MADE


async def test_a_mail_that_could_not_be_made_is_sent_once_what_was_in_the_way_is_mended(store):
    queue(store)

    def no_theme(deliveries):
        return [partial(refuse, ThemeError("theme nosuch: there is no folder")) for _ in deliveries]

    await run(store, MemoryTransport(), make=no_theme)
    (waiting,) = store.ledger.in_state("deferred")
    assert waiting.reply == "the message could not be made: theme nosuch: there is no folder"
    await run(store, MemoryTransport(), now=NOW + timedelta(hours=1))
    assert states(store) == {"sent": 1}


async def test_a_mail_to_what_is_no_address_fails_for_good(store):
    queue(store)

    def no_address(deliveries):
        return [partial(refuse, RecordError("'a b' is no e-mail address")) for _ in deliveries]

    await run(store, MemoryTransport(), make=no_address)
    assert states(store) == {"failed": 1}


def refuse(error):
    raise error


def poison():
    raise ZeroDivisionError("poison")


async def test_a_delivery_that_cannot_be_read_fails_alone(store):
    queue(store, readers=5)

    def unreadable(deliveries):
        if any(of.recipient.startswith("r3") for of in deliveries):
            poison()
        return prepare(deliveries)

    await run(store, MemoryTransport(), make=unreadable)
    assert states(store) == {"sent": 4, "deferred": 1}


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


async def test_an_address_that_is_refused_as_unknown_is_a_bounce_and_a_policy_is_none(store):
    queue(store, readers=3)
    unknown = Refused("550 5.1.1 no such user", 550, "5.1.1", Cause.ADDRESS_UNKNOWN)
    blocked = Refused("550 5.7.1 no", 550, "5.7.1", Cause.POLICY, Fault.POLICY)
    await run(store, answer(r1=unknown, r2=blocked))
    assert [event.points for event in store.bounces.history("r1@example.org")] == [2]
    assert store.bounces.history("r2@example.org") == []
