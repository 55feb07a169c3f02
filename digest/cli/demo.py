"""``digest demo``: the whole job with nothing configured."""

from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from digest.cli.options import Quiet, Verbose, set_up_logging
from digest.cli.output import print_table


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the mails.")] = Path("demo-out"),
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> int:
    """Show the whole job on bundled papers and readers.

    Everything is real but the readers: harvest, ranking and mails, sent over SMTP to a
    server inside this process.
    """
    from digest.cli.rank import say
    from digest.demo import run_demo

    set_up_logging(verbose, quiet=quiet)
    begun = monotonic()
    result = run_demo(out, say=typer.echo)
    for reader, edition in result.editions:
        subject = result.subjects.get(reader.email, "(nothing arrived)")
        typer.echo(f"\n{reader.name or reader.email} <{reader.email}>\n  {subject}")
        rows = [
            (f"{match.score:.2f}", match.paper.title, "; ".join(map(say, match.reasons[:3])))
            for match in edition.picks
        ]
        print_table("", ("score", "paper", "why"), rows)
    typer.echo(
        f"{result.sent} mails accepted by the server; a second run sent {result.sent_again}. "
        f"{monotonic() - begun:.1f} s in all."
    )
    folder = result.out.absolute()
    typer.echo(f"Look at:  {folder}/mails/*.html  (and .eml)")
    typer.echo(f"Maildir:  {folder}/Maildir")
    typer.echo(f"Go on:    digest status -c {folder}/config.toml")
    return 0 if result.sent == len(result.editions) else 1
