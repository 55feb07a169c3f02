"""What is left when a process dies, and what several do at once."""

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from digest.core.delivery import DeliveryState, OnDoubt, RetryPolicy
from digest.errors import StoreBusyError, StoreError
from digest.pipeline.deliver import recover
from digest.store import lock
from digest.store.lock import DaemonLock, dead_owners, owner_id
from digest.store.tables import suppressions
from tests.builders import NOW, a_delivery, a_harvest, a_paper, a_subscriber, an_edition

URL = "sqlite:///digest.db"
LEASE = timedelta(minutes=15)

PRELUDE = """
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from digest.core.delivery import DeliveryState, begun
from digest.store import open_store
from digest.store.lock import DaemonLock, owner_id
from tests.builders import NOW, a_harvest, a_paper

base = Path(sys.argv[1])
store = open_store("sqlite:///digest.db", base=base)

def claim(limit):
    until = NOW + timedelta(minutes=15)
    return store.ledger.claim(owner=owner_id(), limit=limit, now=NOW, lease_until=until)

def commit(begin=(), end=()):
    sending = [begun(of, lease_until=of.lease_until) for of in begin]
    sent = [
        replace(of, state=DeliveryState.SENT, lease_owner="", lease_until=None, sent_at=NOW)
        for of in end
    ]
    store.ledger.commit(begun=sending, settled=sent, now=NOW)

def wait():
    print("ready", flush=True)
    sys.stdin.read()
"""
BEGIN_TWO_OF_FIVE = """
commit(begin=claim(5)[:2])
wait()
"""
SEND_ONE = """
commit(begin=claim(1))
commit(end=store.ledger.in_state("sending"))
wait()
"""
STOP_AMID_A_COMMIT = """
from digest.store import commits
first, second = claim(2)
commit(begin=[first])
commits._beginning = lambda *_: wait()
commit(begin=[second], end=[first])
"""
LOCK_AND_WAIT = "with DaemonLock('sqlite:///digest.db', base=base):\n    wait()"
HARVEST_AND_WAIT = """
from digest.store import papers
papers._put_source = lambda *_: wait()
store.papers.record_harvest("a", a_harvest(a_paper("x:new")), now=NOW, not_before=None)
"""
CLAIM_ALL = """
wait()
while claimed := claim(7):
    print(*(delivery.id for delivery in claimed), flush=True)
"""


@pytest.fixture
def outbox(store):
    """Queue a delivery for each of so many readers."""

    def fill(number):
        store.papers.record_harvest("a", a_harvest(a_paper()), now=NOW, not_before=None)
        store.subscribers.sync([a_subscriber(f"r{n}@example.org") for n in range(number)], now=NOW)
        readers = store.subscribers.all()
        entries = [(an_edition(reader, a_paper()), a_delivery(reader)) for reader in readers]
        assert store.editions.add_editions(entries) == number

    return fill


@contextmanager
def process(code, folder):
    """Run code in a process of its own and wait until it is ready."""
    command = [sys.executable, "-c", PRELUDE + code, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, **pipes) as child:  # noqa: S603 - our own code
        try:
            assert child.stdout.readline() == "ready\n"
            yield child
        finally:
            child.kill()


def kill(process):
    """Kill a process and wait until it is dead, but not buried."""
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)


def test_a_killed_sender_leaves_in_doubt_only_what_it_had_begun(store, outbox, tmp_path):
    outbox(7)
    with process(BEGIN_TWO_OF_FIVE, tmp_path) as sender:
        assert dead_owners(store.ledger.owners()) == set()
        kill(sender)
        dead = dead_owners(store.ledger.owners())  # already while nobody has buried it
    assert len(dead) == 1
    assert dead == dead_owners(store.ledger.owners())
    assert store.ledger.abandoned(now=NOW) == []
    abandoned = store.ledger.abandoned(now=NOW, dead_owners=dead)
    assert [(of.state, of.attempts) for of in abandoned] == [(DeliveryState.SENDING, 1)] * 2
    assert store.ledger.free(dead) == 3
    free = store.ledger.claim(owner="next", limit=10, now=NOW, lease_until=NOW + LEASE)
    assert [of.attempts for of in free] == [0] * 5  # at once, and no attempt was made
    assert {of.id for of in free}.isdisjoint(of.id for of in abandoned)
    assert store.ledger.counts() == {("2026-11-23", "sending"): 2, ("2026-11-23", "queued"): 5}


def test_a_killed_senders_mails_are_recovered_by_the_next_run(store, outbox, tmp_path):
    outbox(7)
    with process(BEGIN_TWO_OF_FIVE, tmp_path) as sender:
        kill(sender)
        dead = dead_owners(store.ledger.owners())
    hold = RetryPolicy(on_doubt=OnDoubt.HOLD)
    assert recover(store.ledger, dead_owners=[*dead], policy=hold, now=NOW) == 2
    assert store.ledger.owners() == set()
    assert store.ledger.counts() == {("2026-11-23", "in_doubt"): 2, ("2026-11-23", "queued"): 5}
    assert recover(store.ledger, dead_owners=[*dead], policy=hold, now=NOW) == 0


def test_a_commit_cut_off_half_way_stores_neither_its_outcomes_nor_its_beginnings(
    store, outbox, tmp_path
):
    outbox(2)
    with process(STOP_AMID_A_COMMIT, tmp_path) as sender:
        kill(sender)
    assert store.ledger.counts() == {("2026-11-23", "sending"): 1, ("2026-11-23", "queued"): 1}


def test_a_stored_outcome_survives_the_sender(store, outbox, tmp_path):
    outbox(1)
    with process(SEND_ONE, tmp_path) as sender:
        kill(sender)
    assert store.ledger.counts() == {("2026-11-23", "sent"): 1}


def test_a_harvest_cut_off_half_way_leaves_nothing(store, tmp_path):
    with process(HARVEST_AND_WAIT, tmp_path) as harvester:
        assert store.papers.newest_serial() == 0
        harvester.kill()
        harvester.wait()
    assert store.papers.newest_serial() == 0
    harvest = a_harvest(a_paper("x:new"))
    assert store.papers.record_harvest("a", harvest, now=NOW, not_before=None).new == 1


def test_processes_that_claim_at_once_never_share_a_delivery(outbox, tmp_path):
    outbox(150)
    with process(CLAIM_ALL, tmp_path) as one, process(CLAIM_ALL, tmp_path) as two:
        for child in (one, two):
            child.stdin.close()
        claimed = [child.stdout.read().split() for child in (one, two)]
    assert len(claimed[0]) + len(claimed[1]) == 150
    assert len({*claimed[0], *claimed[1]}) == 150


def test_threads_take_turns_to_write(store, outbox):
    outbox(200)

    def send(owner):
        sent = []
        lease = {"now": NOW, "lease_until": NOW + LEASE}
        while claimed := store.ledger.claim(owner=str(owner), limit=9, **lease):
            for delivery in claimed:
                assert store.ledger.record(replace(delivery, state=DeliveryState.SENT), now=NOW)
                sent.append(delivery.id)
        return sent

    with ThreadPoolExecutor(8) as threads:
        sent = [number for numbers in threads.map(send, range(8)) for number in numbers]
    assert len(sent) == len(set(sent)) == 200


def test_a_writer_has_its_turn_from_the_start(store, tmp_path):
    with closing(sqlite3.connect(tmp_path / "digest.db", timeout=0)) as other:
        with store.database.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")


def test_a_reader_neither_waits_for_a_writer_nor_sees_its_work_half_done(store):
    with store.database.writing() as connection, ThreadPoolExecutor(1) as thread:
        connection.execute(insert(suppressions).values(address_key="x", reason="y", since=NOW))
        assert thread.submit(store.ledger.suppressions).result(timeout=5) == {}
    assert store.ledger.suppressions() == {"x": "y"}


def test_a_reader_sees_one_moment_while_others_write(store):
    with store.database.reading() as connection:
        count = select(func.count()).select_from(suppressions)
        assert connection.scalar(count) == 0
        store.ledger.suppress("ada@example.org", "bounce", now=NOW)
        assert connection.scalar(count) == 0


def test_a_second_daemon_is_told_who_is_at_work(store, tmp_path):
    with (
        process(LOCK_AND_WAIT, tmp_path) as first,
        pytest.raises(StoreBusyError, match=rf"digest\.db: another daemon .*\(pid {first.pid} on "),
        DaemonLock(URL, base=tmp_path),
    ):
        pass
    assert store.papers.newest_serial() == 0


def test_the_lock_of_a_killed_daemon_is_free(store, tmp_path):  # noqa: ARG001 - the children open it
    with process(LOCK_AND_WAIT, tmp_path) as first:
        first.kill()
        first.wait()
    for _ in range(2):
        with DaemonLock(URL, base=tmp_path):
            pass


def test_a_lock_that_cannot_be_made_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"nowhere/digest\.db\.lock: cannot be made"):
        DaemonLock("sqlite:///nowhere/digest.db", base=tmp_path).__enter__()


def test_daemons_of_a_server_share_its_work(tmp_path):
    url = "postgresql://host/x"
    with DaemonLock(url, base=tmp_path), DaemonLock(url, base=tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_only_owners_known_to_be_gone_are_dead():
    host, boot, _, start = owner_id().rsplit(":", 3)
    gone = {
        f"{host}:{boot}:{os.getpid()}:1",  # the number was used again
        f"{host}:{boot}:999999999:{start}",
        f"{host}:another-boot:{os.getpid()}:{start}",
    }
    unknown = {owner_id(), f"elsewhere:{boot}:999999999:{start}", "somebody", "a:b:c:d", ""}
    assert dead_owners(gone | unknown) == gone


def test_a_process_of_another_container_on_this_machine_may_live():
    host, boot, _, start = owner_id().rsplit(":", 3)
    name, _, number_space = host.rpartition("/")
    assert number_space.isdecimal()
    assert dead_owners([f"{name}/1:{boot}:999999999:{start}"]) == set()


def test_a_system_that_tells_no_start_goes_by_the_number(monkeypatch, tmp_path):
    monkeypatch.setattr(lock, "_PROC", tmp_path)
    mine = owner_id()
    assert mine.endswith(f"::{os.getpid()}:")
    assert dead_owners([mine, mine.replace(str(os.getpid()), "999999999")]) == {
        mine.replace(str(os.getpid()), "999999999")
    }


def test_a_process_of_somebody_else_lives(monkeypatch):
    def forbid(_pid, _signal):
        raise PermissionError

    mine = owner_id()
    monkeypatch.setattr(os, "kill", forbid)
    assert dead_owners([mine]) == set()
