"""What is kept of a reader, as records: what they said, what they got, what came back."""

from datetime import datetime
from typing import Any

from digest.core.bounces import STALE_AFTER, score
from digest.core.subscriber import Subscriber
from digest.store import Store
from digest.wiring.people import to_record

_PAST_LOOKED_AT = 200


def own_data(reader: Subscriber, store: Store) -> dict[str, Any]:
    """Return everything that is kept of a reader, for the reader."""
    editions = {edition.slot.key: edition for edition in store.editions.editions_of(reader.id)}
    return {
        "settings": to_record(reader),
        "origin": reader.origin.value,
        "created_at": reader.created_at,
        "change_of_address": move_of(reader, store),
        "feedback": feedback_of(reader, store),
        "editions": [
            mail | {"papers": [match.paper.id for match in editions[mail["slot"]].picks]}
            for mail in mails_of(reader, store)
        ],
        "bounces": bounces_of(reader, store),
        "suppression": suppression_of(reader, store),
    }


def feedback_of(reader: Subscriber, store: Store) -> list[dict[str, Any]]:
    """Return what a reader said of papers, newest first."""
    history = store.feedback.history(reader.id)
    papers = store.papers.papers(told.paper for told in history)
    return [
        {
            "at": told.at,
            "verdict": told.verdict.value,
            "paper": told.paper,
            "title": papers[told.paper].title,
            "author": told.author,
        }
        for told in history
    ]


def mails_of(reader: Subscriber, store: Store) -> list[dict[str, Any]]:
    """Return what became of each of a reader's editions, newest first."""
    editions = store.editions.editions_of(reader.id)
    ids = [edition.id for edition in editions]
    sent = {mail.edition_id: mail for mail in store.ledger.deliveries(edition_ids=ids)}
    return [
        {
            "slot": edition.slot.key,
            "papers": len(edition.picks),
            "state": sent[edition.id].state.value if edition.id in sent else "empty",
            "reply": sent[edition.id].reply if edition.id in sent else "",
        }
        for edition in editions
    ]


def move_of(reader: Subscriber, store: Store) -> dict[str, Any] | None:
    """Return the change of address that a reader asked for last, None when there is none."""
    move = store.moves.of(reader.id)
    if move is None:
        return None
    return {
        "from": move.old.email,
        "to": move.new.email,
        "asked_at": move.new.asked_at,
        "confirmed_at_old": move.old.confirmed_at,
        "confirmed_at_new": move.new.confirmed_at,
    }


def bounces_of(reader: Subscriber, store: Store) -> list[dict[str, Any]]:
    """Return what came back from a reader's address, newest first."""
    return [
        {
            "seen_at": event.seen_at,
            "kind": event.kind.value,
            "points": event.points,
            "status": event.status,
            "diagnostic": event.diagnostic,
            "source": event.source,
            "traced": event.subscriber_id is not None,
        }
        for event in store.bounces.history(reader.email)
    ]


def score_of(reader: Subscriber, store: Store, *, now: datetime) -> int:
    """Return the points of what came back from a reader's address, as they count now."""
    past = store.bounces.history(reader.email, limit=_PAST_LOOKED_AT)[::-1]
    return score(past, now=now, stale_after=STALE_AFTER[reader.schedule.cadence.frequency])


def suppression_of(reader: Subscriber, store: Store) -> dict[str, Any] | None:
    """Return why a reader's address must not be mailed, None when it may be."""
    found = store.suppressions.find(reader.email)
    if found is None:
        return None
    return {"kind": found.kind.value, "reason": found.reason, "since": found.since}
