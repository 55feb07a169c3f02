"""Deliver over a real store: readers with a queued mail each, a run, and what came of it."""

from datetime import timedelta
from functools import partial

from digest.core.delivery import Delivery, RetryPolicy
from digest.core.edition import Edition, Match
from digest.core.harvest import Harvest, HarvestState
from digest.core.message import Message
from digest.core.outcome import Accepted
from digest.core.schedule import Slot
from digest.pipeline.deliver import deliver
from digest.pipeline.outbox import DeliverSettings
from digest.ports import Envelope
from digest.transports.memory import MemoryTransport
from tests.builders import NOW, a_paper, a_subscriber

SLOT = Slot.parse("2026-11-23")


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
