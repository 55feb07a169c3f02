"""``digest harvest``: pull new papers, or look at what an upstream says."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import AsJson, Common, parse_time, with_common
from digest.cli.output import (
    count,
    print_json,
    print_json_line,
    print_table,
    printable,
    progress_bar,
)
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.harvest import Harvest, HarvestState, Parsed
    from digest.pipeline.harvest import HarvestReport


@with_common
def harvest(
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Ask only this source; may be repeated."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", parser=parse_time, help="Ask for everything since then."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask, show and store nothing.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option(metavar="SAVED", help="Parse a saved answer; needs --type.")
    ] = None,
    type_: Annotated[
        str, typer.Option("--type", metavar="TYPE", help="The kind of source it came from.")
    ] = "",
    as_json: AsJson = False,
    *,
    common: Common,
) -> int:
    """Pull new papers.

    Or look at what an upstream says: `--dry-run` stores nothing, and `--file SAVED --type
    TYPE` parses one saved answer without any configuration.
    """
    if file:
        return _parse_saved(file, type_, as_json=as_json)
    if type_:
        raise UsageError("--type says what --file is; name the file too")
    if since and since > (common.now or datetime.now(UTC)):
        raise UsageError(
            f"--since {since:%Y-%m-%d %H:%M} UTC is to come; allowed: a time before now"
        )
    if dry_run:
        return _ask_only(common, source or [], since, as_json=as_json)
    return _harvest(common, source or [], since, as_json=as_json)


def exit_code(states: Iterable["HarvestState"]) -> int:
    """Return 0 when all is good, 1 when somebody has to mend one, 75 when asking later may help."""
    bad = [state for state in states if not state.is_good]
    if any(state.is_permanent for state in bad):
        return 1
    return 75 if bad else 0


def _harvest(common: Common, names: list[str], since: datetime | None, *, as_json: bool) -> int:
    import asyncio

    with (
        common.open_workspace() as workspace,
        progress_bar("asking sources", len(names or workspace.config.sources)) as advance,
    ):
        report = asyncio.run(workspace.harvest(names, since=since, told=lambda _source: advance(1)))
    if as_json or report.troubled or not common.quiet:
        _print_report(report, as_json=as_json)
    return exit_code([source.state for source in report.sources])


def _print_report(report: "HarvestReport", *, as_json: bool) -> None:
    if as_json:
        sources = [
            {
                "source": source.name,
                "state": source.state.value,
                "papers": source.papers,
                "new": source.new,
                "skipped": source.skipped,
                "detail": source.detail,
            }
            for source in report.sources
        ]
        print_json({"papers_new": report.new, "sources": sources})
        return
    rows = [
        (each.name, each.state.value, each.papers, each.new, len(each.skipped), each.detail)
        for each in report.sources
    ]
    print_table("Harvest", ("source", "state", "papers", "new", "skipped", "detail"), rows)


def _ask_only(common: Common, names: list[str], since: datetime | None, *, as_json: bool) -> int:
    import asyncio

    from digest.config import load
    from digest.core.harvest import Cursor
    from digest.wiring import clock_from
    from digest.wiring.sources import open_sources

    clock = clock_from(common.now)

    async def ask() -> list["HarvestState"]:
        states = []
        async with open_sources(load(common.config), clock, names) as sources:
            for source in sources:
                answer = await source.fetch(Cursor(since=since), now=clock())
                _show(source.name, answer, as_json=as_json)
                states.append(answer.state)
        return states

    return exit_code(asyncio.run(ask()))


def _parse_saved(file: Path, kind: str, *, as_json: bool) -> int:
    from digest.sources.saved import parse_saved

    if not kind:
        raise UsageError("--file needs --type: arxiv, arxiv-rss, huggingface, feed or file")
    try:
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    parsed = parse_saved(kind, body)
    _show(str(file), parsed, as_json=as_json)
    return 0 if parsed.state.is_good else 1  # a saved answer never changes


def _show(name: str, answer: "Harvest | Parsed", *, as_json: bool) -> None:
    """Print papers on standard output, and what went wrong on standard error."""
    from digest.core.records import paper_to_record

    for paper in answer.papers:
        if as_json:
            print_json_line(paper_to_record(paper))
        else:
            typer.echo(f"{paper.id}\t{printable(paper.title)}")
    for skipped in answer.skipped:
        typer.echo(f"{name}: skipped: {printable(skipped)}", err=True)
    summary = f"{name}: {answer.state.value}, {count(len(answer.papers), 'paper')}"
    typer.echo(": ".join(filter(None, (summary, printable(answer.detail)))), err=True)
