"""``digest doctor``: check everything a send depends on, and say how to mend it."""

from typing import Annotated

import typer

from digest.cli.options import AsJson, Common, with_common
from digest.cli.output import print_json, print_table, printable


@with_common
def doctor(
    offline: Annotated[
        bool, typer.Option("--offline", help="Leave sources, SMTP and DNS alone.")
    ] = False,
    as_json: AsJson = False,
    *,
    common: Common,
) -> int:
    """Check everything a send depends on.

    Configuration, secrets, database, theme, every source (one request), SMTP (connect,
    TLS, certificate, login, size) and the sender's DNS; says how to mend what fails, and
    which DNS records to publish.
    """
    import asyncio

    from digest.wiring.checkup import check_all

    findings = asyncio.run(check_all(common.config, now=common.now, offline=offline))
    failed = [finding for finding in findings if finding.failed]
    if as_json:
        print_json(
            [
                {
                    "check": finding.check,
                    "state": finding.state.value,
                    "detail": finding.detail,
                    "publish": finding.publish,
                }
                for finding in findings
            ]
        )
    elif failed or not common.quiet:
        shown = failed if common.quiet else findings
        rows = [(finding.state.value, finding.check, finding.detail) for finding in shown]
        print_table("Check-up", ("state", "check", "detail"), rows)
        _print_records([finding.publish for finding in shown if finding.publish])
    return 1 if failed else 0


def _print_records(records: list[str]) -> None:
    """Print records as lines of a zone file, which no table cuts: to be copied."""
    if records:
        typer.echo("\nDNS records to publish:\n")
        for record in records:
            typer.echo(printable(record))
