"""What is asked of a database every minute costs the same after years of editions.

Told by SQLite's plans: a statement that walks a table that grows with every mail is slow in a
year, and quick in any test.
"""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest

from digest.core.delivery import OnDoubt, RetryPolicy, begun
from digest.core.paper import Signals
from digest.pipeline.deliver import recover
from tests.builders import LEASE, NOW, accepted
from tests.composing import MAX_AGE, add, due_readers, harvest, papers, run

GROWING = "deliveries|editions|papers|paper_keys|signals"
OF_FEW = "(?:COVERING )?INDEX ix_deliveries_(?:claimable|leased|not_sent)"
WALK = re.compile(rf"SCAN (?:{GROWING})\b(?! USING {OF_FEW})")
MINUTE = timedelta(minutes=1)
POLICY = RetryPolicy(first=MINUTE, cap=MINUTE, on_doubt=OnDoubt.RESEND)


class Told:
    """No papers at hand."""

    def get(self, serial):
        pass

    def keep(self, serial, paper):
        pass


def due(store):
    harvest(store, *papers(2), now=NOW)
    assert list(due_readers(store).blocks())


def compose(store):
    harvest(store, *papers(2), now=NOW)
    assert run(store).composed == 2


def crash_recovery(store):
    run(store)
    for delivery in claimed(store, limit=1):
        store.ledger.commit(begun=[begun(delivery, lease_until=NOW + LEASE)], settled=[], now=NOW)
    assert store.ledger.owners() == {"me"}
    assert recover(store.ledger, dead_owners=["me"], policy=POLICY, now=NOW) == 1


def delivery(store):
    run(store)
    first = store.ledger.oldest_open()
    assert first
    mine = claimed(store, limit=10)
    assert store.editions.editions([of.edition_id for of in mine], known=Told())
    for of in mine:
        sending = begun(of, lease_until=NOW + LEASE)
        store.ledger.commit(begun=[sending], settled=[], now=NOW)
        store.ledger.commit(begun=[], settled=[accepted(sending)], now=NOW)
    assert store.ledger.counts(first=first) == {("2026-11-23", "sent"): 2}
    assert store.ledger.next_attempt_at() is None
    assert store.ledger.in_state("in_doubt") == []


def window(store):
    assert store.papers.papers_since(0, first_seen_after=NOW - MAX_AGE)
    assert store.papers.sightings(first_seen_after=NOW - MAX_AGE, by=NOW)
    assert store.papers.newest_serial()


def claimed(store, *, limit):
    return store.ledger.claim(owner="me", limit=limit, now=NOW, lease_until=NOW + LEASE)


@contextmanager
def traced(store):
    """Note the statements that the store's one connection runs, values and all."""
    with store.database.reading() as connection:
        driver = connection.connection.driver_connection
    statements = []
    driver.set_trace_callback(statements.append)
    yield driver, statements
    driver.set_trace_callback(None)


@pytest.mark.parametrize("job", [due, compose, delivery, crash_recovery, window])
def test_no_job_of_every_minute_walks_what_grows_with_every_mail(store, job):
    for name in ("ada", "bob"):
        add(store, f"{name}@example.org")
    harvest(store, *papers(1, signals=Signals(upvotes=5)), now=NOW)
    with traced(store) as (driver, statements):
        job(store)
    asked = [each for each in statements if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE)", each)]
    assert len(asked) > 2
    walks = {
        statement: plan
        for statement in asked
        for *_, plan in driver.execute(f"EXPLAIN QUERY PLAN {statement}")
        if WALK.search(plan)
    }
    assert walks == {}
