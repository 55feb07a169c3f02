"""``digest subscribers show``: everything known of one reader."""

from typing import Annotated, Any

import typer

from digest.cli.options import AsJson, Common, with_common
from digest.cli.output import print_json, print_table, printable
from digest.cli.reader_view import in_words, library_of, record_of, told_of_library


@with_common
def show(
    email: Annotated[str, typer.Argument(help="The reader's address.")],
    as_json: AsJson = False,
    *,
    common: Common,
) -> None:
    """Show one reader, what they said of papers, the mails so far and what came back."""
    from digest.wiring.people import to_record
    from digest.wiring.reader_facts import (
        bounces_of,
        feedback_of,
        mails_of,
        score_of,
        suppression_of,
    )

    with common.open_workspace() as workspace:
        reader = workspace.find(email)
        sheet: dict[str, Any] = {
            "keywords": [record_of(each) for each in workspace.examine_keywords(reader)],
            "library": library_of(reader, workspace.libraries),
            "feedback": feedback_of(reader, workspace.store),
            "editions": mails_of(reader, workspace.store),
            "suppression": suppression_of(reader, workspace.store),
            "score": score_of(reader, workspace.store, now=workspace.clock()),
            "bounces": bounces_of(reader, workspace.store),
        }
    facts = to_record(reader) | {"origin": reader.origin.value}
    facts |= {"ended_by": reader.ended_by.value if reader.ended_by else None}
    if as_json:
        print_json(facts | sheet)
        return
    for key, value in facts.items():
        if value not in (None, "", []):
            left = " (as the list has it)" if key in reader.follows else ""
            typer.echo(f"{key}: {printable(in_words(value))}{left}")
    _print_tables(sheet)


def _print_tables(sheet: dict[str, Any]) -> None:
    for remark in sheet["keywords"]:
        typer.echo(f"note: {printable(remark['line'])}")
    if library := sheet["library"]:
        typer.echo(f"library: {printable(told_of_library(library))}")
    if suppression := sheet["suppression"]:
        since = in_words(suppression["since"])
        typer.echo(f"suppressed: since {since}: {printable(suppression['reason'])}")
    if sheet["score"]:
        from digest.core.bounces import THRESHOLD

        typer.echo(f"score: {sheet['score']} of {THRESHOLD} points")
    if said := sheet["feedback"]:
        rows = [(in_words(of.pop("at")), *of.values()) for of in said]
        print_table("Feedback", ("at", *said[0]), rows)
    if mails := sheet["editions"]:
        rows = [tuple(mail.values()) for mail in mails]
        print_table("Editions", ("slot", "papers", "state", "reply"), rows)
    if returns := sheet["bounces"]:
        rows = [(in_words(of.pop("seen_at")), *of.values()) for of in returns]
        print_table("Came back", ("seen at", *returns[0]), rows)
