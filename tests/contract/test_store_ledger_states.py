"""The ledger under any order of claims, beginnings, outcomes, deaths and unsubscribes."""

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from digest.core.delivery import (
    DeliveryState,
    OnDoubt,
    RetryPolicy,
    begun,
    next_state,
    recovered,
)
from digest.core.outcome import Accepted, Deferred, Fault, Refused, Unknown
from digest.store import migrate, open_store
from tests.builders import NOW, a_delivery, a_harvest, a_paper, a_subscriber, an_edition

READERS = 6
MAY_BE_SUPPRESSED = 2  # the others may leave, and come back
LEASE = timedelta(minutes=15)
OUTCOMES = [
    Accepted("250 ok"),
    Deferred("451 later", 451),
    Deferred("421 bye", 421, fault=Fault.RELAY),
    Refused("550 no", 550),
    Refused("550 not you", 550, fault=Fault.OURS),
    Unknown("cut"),
]
outcomes = st.sampled_from(OUTCOMES)
policies = st.builds(RetryPolicy, on_doubt=st.sampled_from(OnDoubt))
owners = st.sampled_from(["one", "two"])
which = st.integers(0, 11)


@cache
def empty_database():
    with tempfile.TemporaryDirectory() as folder:
        migrate("sqlite:///digest.db", base=Path(folder))
        return (Path(folder) / "digest.db").read_bytes()


class AnyOrder(RuleBasedStateMachine):
    """Remembers who believes to hold which claim, and what the ledger has confirmed.

    ``held`` are deliveries as their senders see them, stale ones too: a sender that was
    thought dead, or whose lease ran out, goes on as if nothing had happened. ``say`` has the
    claim that counts for each delivery, ``leaving`` what is begun and not ended.
    """

    @initialize()
    def fill(self):
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "digest.db").write_bytes(empty_database())
        self.store = open_store("sqlite:///digest.db", base=self.folder)
        self.ledger = self.store.ledger
        self.store.papers.record_harvest("a", a_harvest(a_paper()), now=NOW, not_before=None)
        people = [a_subscriber(f"r{number}@example.org") for number in range(READERS)]
        self.store.subscribers.sync(people, now=NOW)
        self.readers = self.store.subscribers.all()
        self.store.editions.add_editions(
            [(an_edition(reader, a_paper()), a_delivery(reader)) for reader in self.readers]
        )
        self.now = NOW
        self.held = []
        self.say = {}
        self.leaving = {}
        self.left = set()
        self.suppressed = set()
        self.claim("one", 2)
        self.claim("two", 2)

    @rule(owner=owners, limit=st.integers(1, READERS))
    def claim(self, owner, limit):
        before = self.rows()
        until = self.now + LEASE
        for claimed in self.ledger.claim(owner=owner, limit=limit, now=self.now, lease_until=until):
            was = before[claimed.id]
            assert was.state in {DeliveryState.QUEUED, DeliveryState.DEFERRED}
            assert was.next_attempt_at <= self.now < was.expires_at
            assert self.is_wanted(claimed)
            if claimed.id in self.say:
                assert self.say[claimed.id].lease_until <= self.now
            leased = {"lease_owner": owner, "lease_until": until}
            assert claimed == replace(was, token=was.token + 1, **leased)
            self.say[claimed.id] = claimed
            self.held.append(claimed)
        for delivery in self.rows().values():
            if not delivery.state.is_open:  # settled on the way: it expired, or is not wanted
                assert delivery.id not in self.leaving
                self.say.pop(delivery.id, None)

    @precondition(lambda self: self.held)
    @rule(begin=st.lists(which, max_size=3), end=st.lists(which, max_size=2), outcome=outcomes)
    def commit(self, begin, end, outcome):
        """Begin and end mails of several senders, of any age, in one commit."""
        ending = self.picked(end)
        settled = [(of, self.ended(of, outcome)) for of in ending]
        beginning = [
            (of, begun(of, lease_until=self.now + LEASE))
            for of in self.picked(begin)
            if of not in ending and of.state is not DeliveryState.SENDING
        ]
        stored = self.ledger.commit(
            begun=[sending for _, sending in beginning],
            settled=[of for _, of in settled],
            now=self.now,
        )
        assert stored[1] == [self.note_ending(*entry) for entry in settled]
        assert stored[0] == [self.note_beginning(*entry) for entry in beginning]

    @rule(owner=owners, number=which, outcome=outcomes)
    def go_on(self, owner, number, outcome):
        """Take a mail one step further: claim it, begin it, end it."""
        if not self.held:
            self.claim(owner, 2)
            return
        (held,) = self.picked([number])
        is_begun = held.state is DeliveryState.SENDING
        self.commit([] if is_begun else [number], [number] if is_begun else [], outcome)

    @rule(number=which, outcome=outcomes, owner=owners)
    def go_on_with_the_newest(self, owner, number, outcome):
        self.go_on(owner, number % 2, outcome)

    def picked(self, numbers):
        """Return held deliveries, the newest first ones to be picked."""
        return list(dict.fromkeys(self.held[-1 - number % len(self.held)] for number in numbers))

    def ended(self, delivery, outcome):
        return next_state(delivery, outcome, policy=RetryPolicy(), now=self.now, jitter=0.5)

    def note_ending(self, held, ended):
        """Say whether an outcome had to be stored, and take note of it."""
        self.held.remove(held)
        if not self.has_say(held):
            assert self.rows()[held.id] != ended
            return False
        del self.say[held.id]
        self.leaving.pop(held.id, None)
        return True

    def note_beginning(self, held, sending):
        """Say whether a mail had to be begun, and take note of it."""
        if not (self.has_say(held) and self.is_wanted(held)):
            return False
        assert held.id not in self.leaving
        assert self.rows()[held.id] == sending
        self.held[self.held.index(held)] = sending
        self.say[held.id] = self.leaving[held.id] = sending
        return True

    @precondition(lambda self: self.held)
    @rule(number=which)
    def release(self, number):
        (held,) = self.picked([number])
        before = self.rows()[held.id]
        self.ledger.release([held])
        if held.state is DeliveryState.SENDING or not self.has_say(held):
            assert self.rows()[held.id] == before
            return
        self.held.remove(held)
        del self.say[held.id]
        assert self.rows()[held.id] == replace(before, lease_owner="", lease_until=None)

    @rule(policy=policies, dead=st.sampled_from([[], [], ["one"], ["one", "two"]]))
    def recover(self, policy, dead):
        """Free the claims of the dead; settle what they, or those who are late, had begun."""
        of_the_dead = [number for number, of in self.say.items() if of.lease_owner in dead]
        unbegun = [number for number in of_the_dead if number not in self.leaving]
        assert self.ledger.free(dead) == len(unbegun)
        late = [number for number, of in self.leaving.items() if of.lease_until <= self.now]
        abandoned = self.ledger.abandoned(now=self.now, dead_owners=dead)
        assert {of.id for of in abandoned} == {*of_the_dead, *late} - {*unbegun}
        for delivery in abandoned:
            after = recovered(delivery, policy=policy, now=self.now)
            assert self.ledger.record(after, now=self.now)
            del self.leaving[delivery.id], self.say[delivery.id]
        for number in unbegun:
            del self.say[number]

    @rule(minutes=st.sampled_from([1, 6, 20, 20, 300]))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.held)
    @rule(number=which)
    def leave_or_come_back(self, number):
        """Have a reader whose mail somebody holds unsubscribe, or subscribe again."""
        reader = self.readers[self.picked([number])[0].subscriber_id - 1]
        leaves = reader.id not in self.left
        self.store.subscribers.update(reader.unsubscribe() if leaves else reader)
        (self.left.add if leaves else self.left.discard)(reader.id)

    @rule(number=st.integers(0, MAY_BE_SUPPRESSED - 1))
    def suppress(self, number):
        self.ledger.suppress(self.readers[number].email.upper(), "bounce", now=self.now)
        self.suppressed.add(self.readers[number].id)

    @invariant()
    def nothing_is_lost_and_only_the_claim_that_counts_is_stored(self):
        rows = self.rows()
        assert len(rows) == sum(self.ledger.counts().values()) == READERS
        for delivery in rows.values():
            assert bool(delivery.lease_owner) == bool(delivery.lease_until)
            assert (delivery.sent_at is not None) == (delivery.state is DeliveryState.SENT)
        opened = [of for of in rows.values() if of.state.is_open]
        assert (self.ledger.next_attempt_at() is None) == (not opened)
        sending = {of.id for of in opened if of.state is DeliveryState.SENDING}
        assert sending == self.leaving.keys()
        assert {of.id: of for of in rows.values() if of.lease_owner} == self.say
        assert self.ledger.owners() == {of.lease_owner for of in self.say.values()}

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)

    def rows(self):
        return {of.id: of for of in self.ledger.deliveries(edition_ids=range(1, READERS + 1))}

    def has_say(self, held):
        return held.id in self.say and self.say[held.id].token == held.token

    def is_wanted(self, delivery):
        return delivery.subscriber_id not in self.left | self.suppressed


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(stateful_step_count=30)
