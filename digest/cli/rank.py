"""``digest rank``: what a reader would get now and why; or any papers for any profiles."""

from dataclasses import replace
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import AsJson, Common, with_common
from digest.cli.output import count, print_json, print_table, printable
from digest.cli.reader_view import record_of
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.edition import Edition, Match, Reason
    from digest.core.paper import Paper
    from digest.core.rank import Ranking

_MOST_CUT = 10  # of a tail that may be a thousand papers long
_MOST = 1_000_000
_LONGEST_REASON = 60  # liked titles and interests in free words go on and on


@with_common
def rank(
    email: Annotated[str | None, typer.Argument(help="The reader to rank for.")] = None,
    top: Annotated[
        int | None, typer.Option(min=1, max=_MOST, help="How many; else the reader's max_papers.")
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Also show what was left out, and which keywords do not work."
        ),
    ] = False,
    papers: Annotated[
        Path | None,
        typer.Option(help="Rank these papers (JSON lines, .gz too; - is standard input)."),
    ] = None,
    profiles: Annotated[
        Path | None, typer.Option(help="… for these profiles (JSON lines).")
    ] = None,
    liked: Annotated[
        Path | None, typer.Option(help="More papers that profiles may name as liked.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="… into this file of scores.")] = None,
    semantic: Annotated[
        bool, typer.Option("--semantic", help="Rank files by meaning, too; slow.")
    ] = False,
    as_json: AsJson = False,
    *,
    common: Common,
) -> None:
    """Show what a reader would get now, and why; or rank files.

    `digest rank EMAIL` shows one reader's list. `digest rank --papers FILE --profiles FILE
    --output RUN.tsv` ranks any papers for any profiles, with no configuration: lines
    profile, paper, score; `--output -` prints them.
    """
    if papers or profiles or output or liked or semantic:
        if email or not (papers and profiles and output):
            raise UsageError("ranking files needs --papers, --profiles and --output, and no EMAIL")
        from digest.cli.rank_files import rank_files

        if semantic:
            common.set_up_logging()
        rank_files(papers, profiles, liked=liked, output=output, top=top, semantic=semantic)
        return
    if email is None:
        raise UsageError("name a reader, or --papers, --profiles and --output to rank files")
    _rank_for(email, common, top=top, explain=explain, as_json=as_json)


def _rank_for(email: str, common: Common, *, top: int | None, explain: bool, as_json: bool) -> None:
    with common.open_workspace() as workspace:
        reader = workspace.find(email)
        edition, ranking = workspace.preview(replace(reader, max_papers=top or reader.max_papers))
        remarks = workspace.examine_keywords(reader) if explain or as_json else ()
    if as_json:
        found = _as_json(reader.email, edition, ranking, explain=explain)
        print_json(found | {"keywords": [record_of(remark) for remark in remarks]})
        return
    rows = [
        (number, points(match), match.paper.title, say(match))
        for number, match in enumerate(edition.picks, start=1)
    ]
    if rows:
        print_table(
            f"{reader.email}, slot {edition.slot.key}", ("#", "score", "paper", "why"), rows
        )
    if edition.considered:
        considered = count(edition.considered, "new paper")
        is_trending = bool(edition.picks) and not ranking.matched
        said = "that the community talks about most" if is_trending else "matched"
        typer.echo(f"{edition.matched} of {considered} {said}.")
    else:
        typer.echo("No paper is new to this reader; `digest harvest` asks the sources.")
    if explain:
        _print_left_out(*_left_out(edition, ranking))
    for remark in remarks:
        typer.echo(f"note: {printable(remark.line)}")


def _as_json(
    email: str, edition: "Edition", ranking: "Ranking", *, explain: bool
) -> dict[str, object]:
    left_out, more = _left_out(edition, ranking) if explain else ([], 0)
    return {
        "email": email,
        "slot": edition.slot.key,
        "considered": edition.considered,
        "matched": edition.matched,
        "papers": [match_record(match) for match in edition.picks],
        "left_out": [{"id": paper.id, "title": paper.title, "why": why} for paper, why in left_out],
        "left_out_more": more,
    }


def _left_out(edition: "Edition", ranking: "Ranking") -> "tuple[list[tuple[Paper, str]], int]":
    """Return what is not among the picks, with why, and how many more the limit cut.

    The next papers behind the limit come first, then what something else keeps out.
    """
    shown = {match.paper.id for match in edition.picks}
    cut = [match for match in ranking.matches if match.paper.id not in shown]
    limit = f"beyond max_papers {len(shown)}"
    told = [(match.paper, f"{limit} ({points(match)})") for match in cut[:_MOST_CUT]]
    kept_out = [(out.paper, out.why) for out in ranking.left_out]
    more = len(cut) - len(told)
    if edition.picks and not ranking.matched:
        more = edition.considered - len(shown) - len(kept_out)
    return told + kept_out, more


def _print_left_out(left_out: "list[tuple[Paper, str]]", more: int) -> None:
    if left_out:
        print_table("Left out", ("left out", "why"), [(of.title, why) for of, why in left_out])
    if more:
        typer.echo(f"{count(more, 'more paper')} beyond max_papers.")


def points(match: "Match") -> str:
    """Return a score for a table; those of the trending list say nothing."""
    shown = f"{match.score:.2f}"
    return "-" if shown == "0.00" else shown


def say(match: "Match", *, most: int | None = None) -> str:
    """Return a paper's reasons in words: ``dense retrieval (title ×2); category cs.IR``."""
    return "; ".join(map(_reason, match.reasons[:most]))


def _reason(reason: "Reason") -> str:
    from digest.core.edition import ReasonKind

    if reason.kind is ReasonKind.SIGNAL:
        return f"{reason.count} {reason.text}"
    if reason.kind is ReasonKind.OUTSIDER:
        return "outside the interests, because many liked it"
    both = "title and abstract" if reason.is_in_title else ""
    field = reason.field.value if reason.field else both
    times = f"×{reason.count}" if reason.count > 1 else ""
    where = " ".join(filter(None, (field, times)))
    kind = "" if reason.kind is ReasonKind.TERM else f"{reason.kind.value} "
    text = shorten(reason.text, _LONGEST_REASON, placeholder="…")
    return f"{kind}{text} ({where})" if where else f"{kind}{text}"


def match_record(match: "Match") -> dict[str, object]:
    """Return a paper of a list with its score and the reasons, for JSON."""
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
