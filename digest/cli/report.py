"""``digest report``: how the list does, as one file to open in a browser."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.options import AsJson, Common, with_common
from digest.cli.output import unwritable
from digest.whole_file import write_whole

if TYPE_CHECKING:
    from digest.wiring import Workspace


@with_common
def report(
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to write the page; - prints it.")
    ] = Path("report.html"),
    as_json: AsJson = False,
    *,
    common: Common,
) -> None:
    """Write a page that tells how the list does: readers, mails, interests, papers, sources."""
    from digest.cli.output import print_json
    from digest.web.report import report_file

    with common.open_workspace() as workspace:
        if as_json:
            print_json(_facts(workspace))
            return
        page = report_file(workspace)
    if str(out) == "-":
        sys.stdout.write(page)
        return
    _write(out, page)
    common.say(f"{out}: written")


def _facts(workspace: "Workspace") -> dict[str, Any]:
    from dataclasses import asdict

    from digest.pipeline.report import make_report
    from digest.wiring.report import report_stores

    facts = asdict(make_report(report_stores(workspace), now=workspace.clock()))
    for source in facts["state"]["sources"]:
        del source["cursor"]
    return {key: _plain(value) for key, value in (facts.pop("state") | facts).items()}


def _plain(value: Any) -> Any:
    """Return a value with texts for keys and seconds for times, as JSON wants them."""
    from datetime import timedelta

    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.total_seconds() if isinstance(value, timedelta) else value


def _write(out: Path, page: str) -> None:
    """Write the page whole or not at all."""
    try:
        write_whole(out, [page.encode()])
    except OSError as error:
        raise unwritable(error) from None
