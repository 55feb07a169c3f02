"""Options that several commands share, and how their values are read."""

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from digest.errors import UsageError


def parse_time(raw: str) -> datetime:
    """Read a date or an ISO 8601 time; without a zone it is UTC.

    Raises:
        UsageError: it is neither.
    """
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        raise UsageError(
            f"{raw!r} is no time; allowed: 2026-11-23, 2026-11-23T07:30, 2026-11-23T07:30+01:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


ConfigPath = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="DIGEST_CONFIG", help="The configuration file."),
]
DEFAULT_CONFIG = Path("config.toml")
Now = Annotated[
    datetime | None,
    typer.Option(
        "--now", metavar="TIME", parser=parse_time, help="Act as if it were this time (UTC)."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Verbose = Annotated[
    int, typer.Option("--verbose", "-v", count=True, help="Say more; -vv says everything.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what went wrong.")]


def set_up_logging(verbose: int, *, quiet: bool = False) -> None:
    """Send log lines to standard error at the wanted level."""
    import structlog

    level = (
        logging.ERROR
        if quiet
        else {0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
            if sys.stderr.isatty()
            else structlog.processors.LogfmtRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
