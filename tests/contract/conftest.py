"""A store for the contract tests, over each database that is at hand, its readers, its ledger."""

import shutil
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import text

from digest.core.delivery import begun
from digest.core.subscriber import Status
from digest.store import migrate, open_store
from digest.store.tables import metadata
from tests.builders import (
    LEASE,
    NOW,
    a_delivery,
    a_harvest,
    a_paper,
    a_subscriber,
    an_edition,
    interests,
)
from tests.contract.entries import LONG_AGO, PAPERS

ADA = a_subscriber("ada@example.org", interests=interests("retrieval"))
BOB = a_subscriber("bob@example.org")
PAPER = a_paper()
# For so few rows much quicker than TRUNCATE.
EMPTY = [
    *(table.delete() for table in reversed(metadata.sorted_tables)),
    text("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"),
]


@pytest.fixture(scope="session")
def server_url(postgres, tmp_path_factory):
    """A database on a server, its tables made."""
    url = postgres.new_database()
    migrate(url, base=tmp_path_factory.mktemp("server"))
    return url


@pytest.fixture(scope="session")
def server_store(server_url, tmp_path_factory):
    """One store for all tests, for opening one takes longer than most of them."""
    with closing(open_store(server_url, base=tmp_path_factory.getbasetemp())) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path, empty_database):
    if request.param == "sqlite":
        shutil.copy(empty_database, tmp_path / "digest.db")
        return "sqlite:///digest.db"
    return request.getfixturevalue("server_url")


@pytest.fixture
def store(request, store_url, tmp_path):
    if store_url.startswith("sqlite"):
        with closing(open_store(store_url, base=tmp_path)) as opened:
            yield opened
        return
    shared = request.getfixturevalue("server_store")
    with shared.database.writing() as connection:
        for statement in EMPTY:
            connection.execute(statement)
    yield shared


@pytest.fixture
def people(store):
    return store.subscribers


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


@pytest.fixture
def editions(store):
    store.papers.record_harvest("a", a_harvest(*PAPERS), now=NOW, not_before=None)
    return store.editions


@pytest.fixture
def ada(store):
    return store.subscribers.add(a_subscriber("ada@example.org"), now=NOW)


@pytest.fixture
def history(editions, ada):
    return lambda since=LONG_AGO: editions.histories([ada.id], since=since)[ada.id]


@pytest.fixture
def ends(store):
    """Claim what is due and record how it ended."""

    def end(state):
        lease = {"now": NOW, "lease_until": NOW + LEASE}
        for delivery in store.ledger.claim(owner="me", limit=10, **lease):
            assert store.ledger.record(replace(delivery, state=state), now=NOW)

    return end
