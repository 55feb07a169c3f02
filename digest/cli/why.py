"""``digest why``: why a reader did or did not get a mail."""

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import AsJson, Common, with_common
from digest.cli.output import print_json, printable
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.delivery import Delivery
    from digest.core.edition import Edition
    from digest.core.schedule import Slot
    from digest.core.subscriber import Subscriber
    from digest.store import Store


@with_common
def why(
    email: Annotated[str, typer.Argument(help="Whose mail.")],
    slot: Annotated[
        str | None, typer.Option(metavar="SLOT", help="Which slot; else the current one.")
    ] = None,
    as_json: AsJson = False,
    *,
    common: Common,
) -> None:
    """Say why a reader did or did not get a mail."""
    from digest.core.schedule import Slot, current_slot
    from digest.pipeline.why import why as explain
    from digest.wiring.way_out import troubled_ways

    try:
        named = Slot.parse(slot) if slot else None
    except ValueError as error:
        raise UsageError(str(error)) from None
    with common.open_workspace() as workspace:
        reader = workspace.find(email)
        moment = workspace.clock()
        wanted = named or current_slot(reader.schedule, moment)
        store = workspace.store
        editions, deliveries = _made_for(reader, wanted, store) if wanted else ([], [])
        suppression = store.suppressions.find(reader.email)
        sources = [store.papers.source_record(source.name) for source in workspace.config.sources]
        verdict = explain(
            reader,
            wanted,
            editions,
            deliveries,
            now=moment,
            suppression=suppression,
            relays=troubled_ways(workspace.config, store.relays, now=moment),
            sources=sources,
            library=workspace.libraries.trouble_of(reader) if workspace.libraries else "",
        )
        titles = [match.paper.title for edition in editions for match in edition.picks]
    if as_json:
        facts = {"email": reader.email, "slot": verdict.slot, "code": verdict.code.value}
        facts |= {"cause": verdict.cause.value, "why": verdict.sentence}
        print_json(facts | {"papers": titles})
        return
    sentence = printable(verdict.sentence)
    typer.echo(f"{reader.email}  {verdict.slot or '-'}  {verdict.code.value}: {sentence}")
    for title in titles:
        typer.echo(f"  {printable(title)}")


def _made_for(
    reader: "Subscriber", slot: "Slot", store: "Store"
) -> "tuple[list[Edition], list[Delivery]]":
    """Return the edition for a slot, else the last mail of another cadence that stands for it."""
    from digest.core.schedule import slot_on, stands_for

    made = store.editions.editions_of(reader.id, slot=slot.key)
    if made:
        return made, store.ledger.deliveries(edition_ids=[made[0].id])
    theirs = slot_on(reader.schedule, slot.day)
    if theirs.key != slot.key:
        return [], []
    zone = reader.schedule.timezone
    for edition in store.editions.editions_of(reader.id):
        if stands_for(edition.slot, edition.created_at, wanted=theirs, timezone=zone):
            deliveries = store.ledger.deliveries(edition_ids=[edition.id])
            if deliveries:
                return [edition], deliveries
    return [], []
