"""``digest harvest``: pull new papers, or look at what an upstream says."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.options import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    Now,
    Quiet,
    Verbose,
    parse_time,
    set_up_logging,
)
from digest.cli.output import print_json, print_json_line, print_table
from digest.core.harvest import Cursor, Harvest, HarvestState, Parsed
from digest.errors import UsageError


def harvest(
    source: Annotated[
        list[str] | None, typer.Option(help="Ask only this source; may be repeated.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", parser=parse_time, help="Ask for everything since then."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask, show and store nothing.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option(help="Parse a saved upstream answer; needs --type.")
    ] = None,
    type_: Annotated[
        str, typer.Option("--type", help="What kind of source the saved answer is from.")
    ] = "",
    as_json: AsJson = False,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> int:
    """Pull new papers from the configured sources."""
    set_up_logging(verbose, quiet=quiet)
    if file:
        return _parse_saved(file, type_, as_json=as_json)
    if dry_run:
        return asyncio.run(_ask_only(config, source or [], since, now, as_json=as_json))
    return _harvest(config, source or [], since, now, as_json=as_json, quiet=quiet)


def exit_code(states: list[HarvestState]) -> int:
    """Return 0 when all is good, 75 when asking later may help, 1 when it will not."""
    bad = [state for state in states if not state.is_good]
    if any(not state.is_permanent for state in bad):
        return 75
    return 1 if bad else 0


def _harvest(
    config: Path,
    names: list[str],
    since: datetime | None,
    now: datetime | None,
    *,
    as_json: bool,
    quiet: bool,
) -> int:
    from digest.wiring import open_workspace

    with open_workspace(config, now=now) as workspace:
        report = asyncio.run(workspace.harvest(names, since=since))
    rows = [
        {
            "source": source.name,
            "state": source.state.value,
            "papers": source.papers,
            "new": source.new,
            "skipped": list(source.skipped),
            "detail": source.detail,
        }
        for source in report.sources
    ]
    if as_json:
        print_json({"papers_new": report.new, "sources": rows})
    elif not quiet or report.troubled:
        columns = ("source", "state", "papers", "new", "skipped", "detail")
        print_table(
            "Harvest",
            columns,
            [[len(v) if isinstance(v := row[c], list) else v for c in columns] for row in rows],
        )
    return exit_code([source.state for source in report.sources])


async def _ask_only(
    config: Path,
    names: list[str],
    since: datetime | None,
    now: datetime | None,
    *,
    as_json: bool,
) -> int:
    from digest.config import load
    from digest.wiring import clock_from
    from digest.wiring.sources import open_sources

    clock = clock_from(now)
    states = []
    async with open_sources(load(config), clock, names) as sources:
        for source in sources:
            answer = await source.fetch(Cursor(since=since), now=clock())
            _show(source.name, answer, as_json=as_json)
            states.append(answer.state)
    return exit_code(states)


def _parse_saved(file: Path, kind: str, *, as_json: bool) -> int:
    from digest.sources import parse_saved

    if not kind:
        raise UsageError("--file needs --type: arxiv, arxiv-rss, huggingface, feed or file")
    try:
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    parsed = parse_saved(kind, body)
    _show(str(file), parsed, as_json=as_json)
    return exit_code([parsed.state])


def _show(name: str, answer: Harvest | Parsed, *, as_json: bool) -> None:
    """Print papers on standard output, and what went wrong on standard error."""
    from digest.core.records import paper_to_record

    for paper in answer.papers:
        if as_json:
            print_json_line(paper_to_record(paper))
        else:
            typer.echo(f"{paper.id}\t{paper.title}")
    for skipped in answer.skipped:
        typer.echo(f"{name}: skipped: {skipped}", err=True)
    summary = f"{name}: {answer.state.value}, {len(answer.papers)} papers"
    typer.echo(": ".join(filter(None, (summary, answer.detail))), err=True)
