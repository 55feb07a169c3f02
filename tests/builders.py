"""Builders with defaults: a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digest.core.bounces import BounceEvent
from digest.core.delivery import Delivery, DeliveryState
from digest.core.edition import Edition, Match
from digest.core.harvest import Cursor, Harvest, HarvestState
from digest.core.outcome import Cause
from digest.core.paper import Paper, PaperId
from digest.core.schedule import Slot
from digest.core.subscriber import Interests, Keyword, Subscriber

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
LEASE = 15 * MINUTE


def a_paper(raw_id="arxiv:2406.01234", **fields):
    return Paper(**{"id": PaperId.parse(raw_id), "title": f"A Paper Called {raw_id}"} | fields)


def a_subscriber(email="ada@example.org", **fields):
    return Subscriber(**{"email": email} | fields)


def interests(*terms, **fields):
    keywords = tuple(Keyword(term=term) for term in terms)
    return Interests(**{"keywords": keywords} | fields)


def a_harvest(*papers, **fields):
    return Harvest(
        **{"state": HarvestState.OK, "papers": papers, "cursor": Cursor(since=NOW)} | fields
    )


def an_edition(subscriber, *papers, slot="2026-11-23", **fields):
    defaults = {
        "subscriber_id": subscriber.id,
        "slot": Slot.parse(slot),
        "created_at": NOW,
        "cutoff": 1,
        "considered": len(papers),
        "matched": len(papers),
        "picks": tuple(Match(paper=paper, score=0.5) for paper in papers),
    }
    return Edition(**defaults | fields)


def a_delivery(subscriber, **fields):
    defaults = {
        "edition_id": 0,
        "subscriber_id": subscriber.id,
        "recipient": subscriber.email,
        "message_id": f"{subscriber.id}@digest.example.org",
        "next_attempt_at": NOW,
        "expires_at": NOW + timedelta(days=1),
    }
    return Delivery(**defaults | fields)


def a_bounce(subscriber, kind, at):
    return BounceEvent(
        key=f"{subscriber.email} {kind} {at}",
        kind=kind,
        address=subscriber.email,
        subscriber_id=subscriber.id,
        source="test",
        seen_at=at,
        status="5.1.1",
    )


def accepted(delivery):
    return replace(
        delivery,
        state=DeliveryState.SENT,
        lease_owner="",
        lease_until=None,
        code=250,
        status="2.0.0",
        cause=Cause.ACCEPTED,
        reply="250 2.0.0 ok",
        sent_at=NOW,
    )


def deferred(delivery, until):
    return replace(
        delivery,
        state=DeliveryState.DEFERRED,
        lease_owner="",
        lease_until=None,
        code=451,
        status="4.7.1",
        cause=Cause.TEMPORARY,
        reply="451 4.7.1 greylisted",
        next_attempt_at=until,
    )


# --- claims --------------------------------------------------------------------------------
