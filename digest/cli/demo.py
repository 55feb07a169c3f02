"""``digest demo``: the whole job with nothing configured."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import Quiet, Verbose, set_up_logging
from digest.cli.output import print_table
from digest.cli.rank import points, say

if TYPE_CHECKING:
    from digest.demo import DemoResult


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the mails.")] = Path("demo-out"),
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> int:
    """Show the whole job on bundled papers and readers.

    Everything is real but the readers: harvest, ranking and mails, sent over SMTP to a
    server inside this process.
    """
    from digest.demo import run_demo

    set_up_logging(verbose, quiet=quiet)
    begun = monotonic()
    result = run_demo(out, say=_nothing if quiet else typer.echo)
    if not quiet:
        _show(result, seconds=monotonic() - begun)
    return 0 if result.sent == len(result.editions) else 1


def _show(result: "DemoResult", *, seconds: float) -> None:
    for reader, edition in result.editions:
        subject = result.subjects.get(reader.email, "(nothing arrived)")
        typer.echo(f"\n{reader.name or reader.email} <{reader.email}>\n  {subject}")
        rows = [(points(match), match.paper.title, say(match, most=3)) for match in edition.picks]
        print_table("", ("score", "paper", "why"), rows)
    folder = result.out.absolute()
    typer.echo(
        f"{result.sent} mails accepted by the server; a second run sent {result.sent_again}. "
        f"{seconds:.1f} s in all.\n"
        f"Look at:  {folder}/mails/*.html  (and .eml)\n"
        f"Maildir:  {folder}/Maildir\n"
        f"Go on:    digest status -c {folder}/config.toml"
    )


def _nothing(_line: str) -> None:
    """Say nothing."""
