"""``digest doctor``: check everything a send depends on, and say how to mend it."""

import asyncio
from typing import Annotated

import typer

from digest.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Now, Verbose, set_up_logging
from digest.cli.output import print_json, print_table


def doctor(
    as_json: AsJson = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Leave sources, SMTP and DNS alone.")
    ] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
    verbose: Verbose = 0,
) -> int:
    """Check configuration, database, theme, every source, SMTP and the sender's DNS."""
    from digest.wiring.checkup import check_all

    set_up_logging(verbose)
    findings = asyncio.run(check_all(config, now=now, offline=offline))
    if as_json:
        print_json(
            [{"check": f.check, "state": f.state.value, "detail": f.detail} for f in findings]
        )
    else:
        rows = [(finding.state.value, finding.check, finding.detail) for finding in findings]
        print_table("Check-up", ("", "check", "detail"), rows)
    return 1 if any(finding.failed for finding in findings) else 0
