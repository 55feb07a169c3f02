"""``digest status``: what happened and what comes next, by source, slot and state."""

from typing import TYPE_CHECKING, Any

import typer

from digest.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Now, Verbose, set_up_logging
from digest.cli.output import print_json, print_table

if TYPE_CHECKING:
    from digest.wiring import Workspace


def status(
    as_json: AsJson = False,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
    verbose: Verbose = 0,
) -> None:
    """Show what happened and what comes next."""
    from digest.wiring import open_workspace

    set_up_logging(verbose)
    with open_workspace(config, now=now) as workspace:
        facts = _facts(workspace)
    if as_json:
        print_json(facts)
        return
    _print_sources(facts["sources"])
    _print_slots(facts["slots"])
    _print_held(facts["in_doubt"])
    _print_next(facts["next"], facts["readers"])


def _facts(workspace: "Workspace") -> dict[str, Any]:
    from digest.core.delivery import DeliveryState
    from digest.core.schedule import due_at, next_slot

    now = workspace.clock()
    store = workspace.store
    known = {record.name: record for record in store.papers.source_records()}
    readers = store.subscribers.all()
    active = [reader for reader in readers if reader.wants_mail(now)]
    slots: dict[str, dict[str, int]] = {}
    for (slot, state), number in sorted(store.ledger.counts().items(), reverse=True):
        slots.setdefault(slot, {})[state] = number
    upcoming = [next_slot(reader.schedule, now) for reader in active]
    first = min(
        ((due_at(r.schedule, s), s.key) for r, s in zip(active, upcoming, strict=True)),
        default=None,
    )
    return {
        "now": now,
        "sources": [
            {
                "source": source.name,
                "state": record.state or "never asked",
                "papers": record.papers_total,
                "checked_at": record.checked_at,
                "good_at": record.good_at,
                "failures": record.failures,
                "detail": record.detail,
            }
            for source in workspace.config.sources
            for record in [known.get(source.name) or store.papers.source_record(source.name)]
        ],
        "papers": store.papers.newest_serial(),
        "readers": {
            "active": len(active),
            "all": len(readers),
        },
        "slots": [{"slot": slot} | states for slot, states in slots.items()],
        "in_doubt": [
            {"recipient": held.recipient, "message_id": held.message_id, "reply": held.reply}
            for held in store.ledger.in_state(DeliveryState.IN_DOUBT)
        ],
        "next": {
            "retry_at": store.ledger.next_attempt_at(),
            "slot": first[1] if first else None,
            "slot_at": first[0] if first else None,
        },
    }


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
    states = ("sent", "queued", "sending", "deferred", "failed", "in_doubt", "suppressed")
    rows = [(slot["slot"], *(slot.get(state, 0) for state in states)) for slot in slots[:14]]
    if rows:
        print_table("Deliveries", ("slot", *states), rows)
    else:
        typer.echo("No deliveries yet.")


def _print_held(held: list[dict[str, Any]]) -> None:
    if held:
        rows = [tuple(delivery.values()) for delivery in held]
        print_table("In doubt, held", ("recipient", "message id", "why"), rows)


def _print_next(upcoming: dict[str, Any], readers: dict[str, int]) -> None:
    typer.echo(f"{readers['active']} of {readers['all']} readers get mail.")
    if upcoming["slot"]:
        typer.echo(f"Next: slot {upcoming['slot']} at {_when(upcoming['slot_at'])}.")
    if upcoming["retry_at"]:
        typer.echo(f"Next attempt at {_when(upcoming['retry_at'])}.")


def _when(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "-"
