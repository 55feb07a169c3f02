"""``digest status``: what happened and what comes next, by source, slot and state."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import typer

from digest.cli.options import AsJson, Common, with_common
from digest.cli.output import count, print_json, print_table

if TYPE_CHECKING:
    from digest.core.schedule import Schedule
    from digest.wiring import Workspace

_RECENT = timedelta(days=7)
_WAITING = ("queued", "deferred")


@with_common
def status(as_json: AsJson = False, *, common: Common) -> None:
    """Show what happened and what comes next."""
    with common.open_workspace() as workspace:
        facts = _facts(workspace)
    if as_json:
        print_json(facts)
        return
    _print_sources(facts["sources"])
    _print_slots(facts["slots"])
    _print_relays(facts["relays"], facts["now"])
    _print_waiting(facts["waiting"])
    _print_held(facts["in_doubt"])
    _print_bounces(facts["bounces"])
    _print_next(facts)


def _facts(workspace: "Workspace") -> dict[str, Any]:
    from digest.core.delivery import DeliveryState
    from digest.wiring.way_out import troubled_ways

    now = workspace.clock()
    store = workspace.store
    people = store.subscribers
    slots = _slots(workspace)
    return {
        "now": now,
        "sources": _sources(workspace),
        "papers": store.papers.newest_serial(),
        "readers": {"active": people.number(now=now), "all": people.number()},
        "slots": [{"slot": slot} | states for slot, states in slots.items()],
        "in_doubt": [
            {"recipient": held.recipient, "message_id": held.message_id, "reply": held.reply}
            for held in store.ledger.in_state(DeliveryState.IN_DOUBT)
        ],
        "relays": [
            {
                "relay": of.name,
                "state": of.cause.value or "works",
                "failures": of.failures,
                "since": of.since,
                "not_before": of.not_before,
                "sent_today": of.sent_today,
                "detail": of.trouble,
            }
            for of in store.relays.relay_records(now=now)
        ],
        "waiting": {
            "mails": sum(of.get(state, 0) for of in slots.values() for state in _WAITING),
            "relays": [of.name for of in troubled_ways(workspace.config, store.relays, now=now)],
        },
        "bounces": {
            "suppressed": dict(store.suppressions.counts()),
            "last_7_days": dict(store.bounces.counts(since=now - _RECENT)),
        },
        "next": {"retry_at": _next_attempt(workspace, now)}
        | _next_slot(people.schedules(now=now), now, slots),
    }


def _slots(workspace: "Workspace") -> dict[str, dict[str, int]]:
    """Return how many editions of each slot stand where, the latest slot first."""
    from digest.core.schedule import Slot

    slots: dict[str, dict[str, int]] = {}
    for (slot, state), number in sorted(workspace.store.ledger.counts().items(), reverse=True):
        slots.setdefault(slot, {})[state] = number
    for slot, number in workspace.store.editions.empties().items():
        slots.setdefault(slot, {})["empty"] = number
    return dict(sorted(slots.items(), key=lambda of: Slot.parse(of[0]), reverse=True))


def _next_attempt(workspace: "Workspace", now: datetime) -> datetime | None:
    """Return when what is open is tried again: not while every way out rests."""
    from digest.wiring.way_out import names_of

    due, resting = workspace.store.ledger.next_attempt_at(), workspace.resting_relays()
    ways = names_of(workspace.config)
    rests = [of.not_before for name in ways if (of := resting.get(name)) and of.not_before]
    if due is None or not ways or len(rests) < len(ways):
        return due and max(due, now)
    return max(due, min(rests))


def _sources(workspace: "Workspace") -> list[dict[str, Any]]:
    papers = workspace.store.papers
    records = [papers.source_record(source.name) for source in workspace.config.sources]
    return [
        {
            "source": record.name,
            "state": record.state or "never asked",
            "papers": record.papers_total,
            "checked_at": record.checked_at,
            "good_at": record.good_at,
            "failures": record.failures,
            "detail": record.detail,
        }
        for record in records
    ]


def _next_slot(
    schedules: Iterable["Schedule"], now: datetime, slots: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    """Return the slot whose hour comes first, and how many have it already."""
    from digest.core.schedule import due_at, next_slot

    upcoming = ((schedule, next_slot(schedule, now)) for schedule in schedules)
    first = min(((due_at(schedule, slot), slot.key) for schedule, slot in upcoming), default=None)
    if first is None:
        return {"slot": None, "slot_at": None, "composed": 0}
    at, key = first
    states = slots.get(key, {})
    return {"slot": key, "slot_at": at, "composed": sum(states.values()) - states.get("empty", 0)}


def _print_sources(sources: list[dict[str, Any]]) -> None:
    rows = [
        (
            source["source"],
            source["state"],
            source["papers"],
            _when(source["checked_at"]),
            _when(source["good_at"]),
            source["detail"],
        )
        for source in sources
    ]
    print_table("Sources", ("source", "state", "papers", "asked", "last good", "detail"), rows)


def _print_slots(slots: list[dict[str, Any]]) -> None:
    states = ("sent", "queued", "sending", "deferred", "failed", "in_doubt", "suppressed", "empty")
    rows = [(slot["slot"], *(slot.get(state, 0) for state in states)) for slot in slots[:14]]
    if rows:
        print_table("Deliveries", ("slot", *states), rows)
    else:
        typer.echo("No deliveries yet.")


def _print_relays(relays: list[dict[str, Any]], now: datetime) -> None:
    rows = [
        (
            relay["relay"],
            relay["state"],
            relay["failures"],
            _when(relay["since"]),
            _again(relay["not_before"], now),
            relay["detail"],
        )
        for relay in relays
    ]
    if rows:
        print_table("Relays", ("relay", "state", "failures", "since", "again at", "detail"), rows)


def _print_waiting(waiting: dict[str, Any]) -> None:
    if waiting["mails"] and waiting["relays"]:
        relays = ", ".join(waiting["relays"])
        typer.echo(
            f"Deferred until a relay works again: {count(waiting['mails'], 'mail')} ({relays})."
        )


def _print_held(held: list[dict[str, Any]]) -> None:
    if held:
        typer.echo("`digest held` lists those in doubt again, and settles them.")
        rows = [tuple(delivery.values()) for delivery in held]
        print_table("In doubt, held", ("recipient", "message id", "why"), rows)


def _print_bounces(bounces: dict[str, dict[str, int]]) -> None:
    back = {kind: number for kind, number in bounces["last_7_days"].items() if kind != "lifted"}
    for title, counts in (
        ("Suppressed addresses", bounces["suppressed"]),
        ("Came back in the last 7 days", back),
    ):
        if counts:
            parts = ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))
            typer.echo(f"{title}: {parts}.")


def _print_next(facts: dict[str, Any]) -> None:
    upcoming, readers = facts["next"], facts["readers"]
    typer.echo(f"Readers who get mail: {readers['active']} of {readers['all']}.")
    if upcoming["slot"]:
        early = upcoming["composed"]
        note = f", composed already for {count(early, 'reader')}" if early else ""
        typer.echo(f"Next: slot {upcoming['slot']} at {_when(upcoming['slot_at'])}{note}.")
    if upcoming["retry_at"]:
        typer.echo(f"Next attempt: {_again(upcoming['retry_at'], facts['now'])}.")


def _when(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "-"


def _again(moment: datetime | None, now: datetime) -> str:
    """Say when something is tried again; to the second, for that may be in some."""
    if moment and moment <= now:
        return "now"
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "-"
