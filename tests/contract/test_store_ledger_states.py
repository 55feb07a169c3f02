"""The ledger under any order of claims, outcomes, releases, deaths and unsubscribes."""

import shutil
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from digest.core.delivery import (
    Accepted,
    Deferred,
    DeliveryState,
    OnDoubt,
    Refused,
    RetryPolicy,
    Unknown,
    next_state,
    recovered,
)
from digest.store import migrate, open_store
from tests.builders import NOW, a_delivery, a_harvest, a_paper, a_subscriber, an_edition

READERS = 4
LEASE = timedelta(minutes=15)
OUTCOMES = [Accepted("250 ok"), Deferred("451 later", 451), Refused("550 no", 550), Unknown("cut")]
policies = st.builds(RetryPolicy, on_doubt=st.sampled_from(OnDoubt))


@cache
def empty_database():
    with tempfile.TemporaryDirectory() as folder:
        migrate("sqlite:///digest.db", base=Path(folder))
        return (Path(folder) / "digest.db").read_bytes()


class AnyOrder(RuleBasedStateMachine):
    """Remembers who believes to hold which claim, and what the ledger has confirmed."""

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
        self.held = []  # claims whose sender has not told an outcome yet, stale ones too
        self.unwanted = set()

    @rule(owner=st.sampled_from(["one", "two"]), limit=st.integers(1, 3))
    def claim(self, owner, limit):
        before = {of.id: of for of in self.everything()}
        lease = {"now": self.now, "lease_until": self.now + LEASE}
        for claimed in self.ledger.claim(owner=owner, limit=limit, **lease):
            was = before[claimed.id]
            assert was.state in {DeliveryState.QUEUED, DeliveryState.DEFERRED}
            assert was.next_attempt_at <= self.now < was.expires_at
            assert claimed.attempts == was.attempts + 1
            assert claimed.subscriber_id not in self.unwanted
            self.held.append(claimed)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES), policy=policies)
    def tell(self, data, outcome, policy):
        claimed = data.draw(st.sampled_from(self.held))
        self.held.remove(claimed)
        told = next_state(claimed, outcome, policy=policy, now=self.now, jitter=0.5)
        mine = self.now_stored(claimed) == claimed
        assert self.ledger.record(told, now=self.now) == mine
        assert (self.now_stored(claimed) == told) == mine

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data):
        claimed = data.draw(st.sampled_from(self.held))
        mine = self.now_stored(claimed) == claimed
        self.held.remove(claimed)
        self.ledger.release([claimed], now=self.now)
        after = self.now_stored(claimed)
        assert mine == (
            after.state is DeliveryState.QUEUED and after.attempts == claimed.attempts - 1
        )

    @rule(policy=policies, dead=st.sampled_from([[], ["one"], ["one", "two"]]))
    def recover(self, policy, dead):
        for lost in self.ledger.abandoned(now=self.now, dead_owners=dead):
            assert lost.lease_owner in dead or lost.lease_until <= self.now
            assert self.ledger.record(recovered(lost, policy=policy, now=self.now), now=self.now)

    @rule(minutes=st.sampled_from([1, 5, 20, 700]))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(number=st.integers(0, READERS - 1), by_reader=st.booleans())
    def refuse_mail(self, number, by_reader):
        reader = self.readers[number]
        self.unwanted.add(reader.id)
        if by_reader:
            self.store.subscribers.update(reader.unsubscribe())
        else:
            self.ledger.suppress(reader.email.upper(), "bounce", now=self.now)

    @invariant()
    def nothing_is_lost(self):
        everything = self.everything()
        assert len(everything) == READERS
        assert sum(self.ledger.counts().values()) == READERS
        for delivery in everything:
            is_sending = delivery.state is DeliveryState.SENDING
            assert bool(delivery.lease_owner) == bool(delivery.lease_until) == is_sending
            assert (delivery.sent_at is not None) == (delivery.state is DeliveryState.SENT)
        opened = [of for of in everything if of.state.is_open]
        assert (self.ledger.next_attempt_at() is None) == (not opened)

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)

    def everything(self):
        return self.ledger.deliveries(edition_ids=range(1, READERS + 1))

    def now_stored(self, delivery):
        (found,) = self.ledger.deliveries(edition_ids=[delivery.edition_id])
        return found


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
