"""``digest demo``: the whole job with nothing configured."""

from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import AsJson, Common, with_common
from digest.cli.output import print_json, print_table
from digest.cli.rank import match_record, points, say
from digest.cli.serve import USUAL_HOST, USUAL_PORT, serve_until_stopped

if TYPE_CHECKING:
    from digest.demo import Demonstration


@with_common
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the mails.")] = Path("demo-out"),
    serve: Annotated[bool, typer.Option("--serve", help="Serve the web pages, too.")] = False,
    port: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=65_535, help="Of the pages.")
    ] = USUAL_PORT,
    as_json: AsJson = False,
    *,
    common: Common,
) -> int:
    """Show the whole job on bundled papers and readers.

    Everything is real but the readers: harvest, ranking and mails, sent over SMTP to a
    server inside this process. With --serve the pages are there until Ctrl-C: sign up, and
    the mail with the link is shown here. It writes a configuration of its own: --config and
    $DIGEST_CONFIG change nothing.
    """
    import asyncio

    from digest.demo import demonstration
    from digest.demo.show import EXAMPLE

    if serve:
        from digest.web.server import check_address

        check_address(USUAL_HOST, port)
    common.set_up_logging()
    tell = _nothing if common.quiet else partial(typer.echo, err=as_json)
    begun = monotonic()
    base_url = f"http://{USUAL_HOST}:{port}" if serve else EXAMPLE
    with demonstration(out, say=tell, base_url=base_url, now=common.now) as shown:
        if as_json:
            print_json(_record(shown))
        elif not common.quiet:
            _show(shown, seconds=monotonic() - begun)
        if serve:
            tell(f"Pages:    {base_url}/  (Ctrl-C ends them)")
            asyncio.run(serve_until_stopped(shown.workspace, USUAL_HOST, port))
    return 0 if shown.sent == len(shown.editions) else 1


def _record(result: "Demonstration") -> dict[str, object]:
    return {
        "papers": result.papers,
        "sent": result.sent,
        "sent_again": result.sent_again,
        "out": str(result.out.absolute()),
        "mails": [
            {
                "email": reader.email,
                "subject": result.subjects.get(reader.email),
                "papers": [match_record(match) for match in edition.picks],
            }
            for reader, edition in result.editions
        ],
    }


def _show(result: "Demonstration", *, seconds: float) -> None:
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
