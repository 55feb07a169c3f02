"""The options that every command takes, and how their values are read."""

import inspect
import logging
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeVar, cast

import typer

from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.wiring import Workspace

_Result = TypeVar("_Result")
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


def parse_time(raw: str) -> datetime:
    """Read a date or an ISO 8601 time; without a zone it is UTC.

    Raises:
        UsageError: it is neither, or far from any time that papers and mails are of.
    """
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        raise UsageError(
            f"{raw!r} is no time; allowed: 2026-11-23, 2026-11-23T07:30, 2026-11-23T07:30+01:00"
        ) from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise UsageError(
            f"{raw!r} is too far away; allowed: times from {_FIRST_YEAR} to {_LAST_YEAR}"
        )
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


ConfigPath = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="DIGEST_CONFIG", help="The configuration file."),
]
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
DEFAULT_CONFIG = Path("config.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every command was told.

    Attributes:
        config: the configuration file.
        now: the time to act at, or None for the real one.
        verbose: how much more to say.
        quiet: say only what went wrong.
    """

    config: Path
    now: datetime | None
    verbose: int
    quiet: bool

    def open_workspace(self) -> "closing[Workspace]":
        """Open the configuration with its store; see ``wiring.open_workspace``."""
        from digest.wiring import open_workspace

        return open_workspace(self.config, now=self.now, before_logging=self.set_up_logging)

    def set_up_logging(self) -> None:
        """Make ready for log lines; only commands that write some wait for their library."""
        set_up_logging(self.verbose, quiet=self.quiet)

    def say(self, line: str) -> None:
        """Print a line that a quiet command leaves out."""
        if not self.quiet:
            typer.echo(line)


def with_common(command: Callable[..., _Result]) -> Callable[..., _Result]:
    """Give a command the options that every command takes, as its argument ``common``."""

    def run(
        *,
        config: ConfigPath = DEFAULT_CONFIG,
        now: Now = None,
        verbose: Verbose = 0,
        quiet: Quiet = False,
        **own: Any,
    ) -> _Result:
        common = Common(config=config, now=now, verbose=verbose, quiet=quiet)
        return command(**own, common=common)

    signature = _joined(command, run)  # before ``run`` takes on the command's annotations
    update_wrapper(run, command)
    run.__signature__ = signature  # type: ignore[attr-defined] # typer reads both
    run.__annotations__ = {name: part.annotation for name, part in signature.parameters.items()}
    return run


def _joined(command: Callable[..., object], run: Callable[..., object]) -> inspect.Signature:
    """Return the parameters of a command followed by those of ``run``."""
    own = inspect.signature(command).parameters.values()
    common = inspect.signature(run).parameters.values()
    return inspect.Signature(
        [
            *(parameter for parameter in own if parameter.name != "common"),
            *(parameter for parameter in common if parameter.kind is parameter.KEYWORD_ONLY),
        ]
    )


def set_up_logging(verbose: int, *, quiet: bool = False) -> None:
    """Send log lines to standard error at the wanted level."""
    import structlog

    usual = {0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG)
    render = (
        structlog.dev.ConsoleRenderer(colors=True)
        if sys.stderr.isatty()
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR if quiet else usual),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _WhileItLasts(sys.stderr))),
    )


class _WhileItLasts:
    """A stream that may go away, as a terminal does: what is then said is lost, and all goes on.

    A daemon whose terminal closes has mails to finish (SIGHUP). It is no ``TextIOBase``, which
    would flush once more when it is let go, by when the stream may be closed.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        """Write if it is still there."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush if it is still there."""
        with suppress(OSError):
            self._stream.flush()
