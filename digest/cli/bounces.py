"""``digest bounces``: read the bounce mailboxes, or messages that are handed over."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.options import AsJson, Common, with_common
from digest.cli.output import print_json, print_table
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.pipeline.bounces import Handled, Report
    from digest.wiring import Workspace


@with_common
def bounces(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE...]", help="Messages; - is standard input."),
    ] = None,
    webhooks: Annotated[
        bool, typer.Option("--webhooks", help="Print the secret addresses for providers.")
    ] = False,
    as_json: AsJson = False,
    *,
    common: Common,
) -> int:
    """Read what came back, and say what each message was taken for and why.

    Without FILE the mailboxes of [bounces] are read once. With `-` one message is read from
    a pipe, as mail systems hand them over. Exit code 1 when a message of a FILE was not
    understood.
    """
    with common.open_workspace() as workspace:
        if webhooks:
            _print_webhooks(workspace, as_json=as_json)
            return 0
        common.set_up_logging()
        report, rows = _take_in(workspace, files) if files else _read(workspace)
    if as_json:
        print_json({"messages": rows, "suppressed": report.suppressed})
    elif rows and not common.quiet:
        print_table("Came back", tuple(rows[0]), [[*row.values()] for row in rows])
    return 1 if files and any(row["result"] == "kept" for row in rows) else 0


def _read(workspace: "Workspace") -> "tuple[Report, list[dict[str, Any]]]":
    from digest.wiring.bounces import has_mailbox, read_mailboxes

    if not has_mailbox(workspace.config):
        raise UsageError(
            "there is no mailbox to read; allowed: [bounces.maildir], [bounces.imap], or FILE"
        )
    rows: list[dict[str, Any]] = []
    report = read_mailboxes(
        workspace, lambda name, one: rows.extend(_row(name, handled) for handled in one.handled)
    )
    return report, rows


def _take_in(workspace: "Workspace", files: list[str]) -> "tuple[Report, list[dict[str, Any]]]":
    from digest.pipeline.bounces import Report
    from digest.wiring.bounces import take_in

    contents = [(file, _content(file)) for file in files]
    total, rows = Report(), []
    for file, content in contents:
        report = take_in(content, workspace)
        total.merge(report)
        rows += [_row(file, handled) for handled in report.handled]
    return total, rows


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None


def _row(name: str, handled: "Handled") -> dict[str, Any]:
    recorded, finding = handled.recorded, handled.finding
    return {
        "message": name,
        "taken_for": finding.taken_for.value,
        "result": handled.result.value,
        "address": handled.address,
        "points": recorded.points if recorded else 0,
        "suppressed": bool(recorded and recorded.suppression),
        "status": finding.status,
        "diagnostic": finding.diagnostic,
        "why": finding.why,
    }


def _print_webhooks(workspace: "Workspace", *, as_json: bool) -> None:
    from digest.wiring.bounces import webhook_urls

    urls = webhook_urls(workspace.config)
    if as_json:
        print_json(urls)
    else:
        print_table("Webhooks, to be kept secret", ("form", "address"), [*urls.items()])
        if not workspace.config.digest.base_url:
            typer.echo("put the address of your web server before each", err=True)
