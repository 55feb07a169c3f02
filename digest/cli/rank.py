"""``digest rank``: what a reader would get now and why; or any papers for any profiles."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Now, Verbose, set_up_logging
from digest.cli.output import print_json, print_table
from digest.core.edition import Match, Reason, ReasonKind
from digest.errors import UsageError


def rank(
    email: Annotated[str | None, typer.Argument(help="The reader to rank for.")] = None,
    top: Annotated[
        int | None, typer.Option(min=1, help="How many; else the reader's max_papers.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also show what was left out, and why.")
    ] = False,
    papers: Annotated[
        Path | None, typer.Option(help="Rank these papers (JSON lines, .gz too).")
    ] = None,
    profiles: Annotated[
        Path | None, typer.Option(help="… for these profiles (JSON lines).")
    ] = None,
    liked: Annotated[
        Path | None, typer.Option(help="More papers that profiles may name as liked.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="… into this file of scores.")] = None,
    as_json: AsJson = False,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
    verbose: Verbose = 0,
) -> None:
    """Show what a reader would get now, and why; or rank files with no configuration.

    `digest rank EMAIL` shows one reader's list. `digest rank --papers FILE --profiles FILE
    --output RUN.tsv` ranks any papers for any profiles: lines profile, paper, score.
    """
    set_up_logging(verbose)
    if papers or profiles or output or liked:
        if email or not (papers and profiles and output):
            raise UsageError("ranking files needs --papers, --profiles and --output, and no EMAIL")
        from digest.cli.rank_files import rank_files

        rank_files(papers, profiles, liked=liked, output=output, top=top)
        return
    if email is None:
        raise UsageError("name a reader, or --papers, --profiles and --output to rank files")
    _rank_for(email, config, top=top, explain=explain, as_json=as_json, now=now)


def _rank_for(
    email: str,
    config: Path,
    *,
    top: int | None,
    explain: bool,
    as_json: bool,
    now: datetime | None,
) -> None:
    from digest.wiring import open_workspace

    with open_workspace(config, now=now) as workspace:
        reader = workspace.find(email)
        edition, ranking = workspace.preview(replace(reader, max_papers=top or reader.max_papers))
    left_out = ranking.left_out if explain else ()
    if as_json:
        print_json(
            {
                "email": reader.email,
                "slot": edition.slot.key,
                "considered": edition.considered,
                "matched": edition.matched,
                "papers": [_record(match) for match in edition.picks],
                "left_out": [
                    {"id": out.paper.id, "title": out.paper.title, "why": out.why}
                    for out in left_out
                ],
            }
        )
        return
    rows = [
        (number, f"{match.score:.2f}", match.paper.title, "; ".join(map(say, match.reasons)))
        for number, match in enumerate(edition.picks, start=1)
    ]
    print_table(f"{reader.email}, slot {edition.slot.key}", ("", "score", "paper", "why"), rows)
    typer.echo(f"{edition.matched} of {edition.considered} candidates matched.")
    if explain and left_out:
        rows_out = [(out.paper.title, out.why) for out in left_out]
        print_table("Left out", ("paper", "why"), rows_out)


def say(reason: Reason) -> str:
    """Return a reason in words: ``dense retrieval (title ×2)``."""
    if reason.kind is ReasonKind.SIGNAL:
        return f"{reason.count} {reason.text}"
    where = f"{reason.field.value} " if reason.field else ""
    count = f"×{reason.count}" if reason.count > 1 else ""
    detail = f"{where}{count}".strip()
    text = f"{reason.kind.value} {reason.text}" if reason.kind.value != "term" else reason.text
    return f"{text} ({detail})" if detail else text


def _record(match: Match) -> dict[str, object]:
    return {
        "id": match.paper.id,
        "title": match.paper.title,
        "url": match.paper.url,
        "score": round(match.score, 4),
        "reasons": [
            {
                "kind": reason.kind.value,
                "text": reason.text,
                "field": reason.field.value if reason.field else None,
                "count": reason.count,
                "points": round(reason.points, 4),
            }
            for reason in match.reasons
        ],
    }
