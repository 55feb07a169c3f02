"""Assemble the commands, and turn every error into a line and an exit code."""

import errno
import re
import sys
from collections.abc import Sequence
from contextlib import suppress

import typer

from digest import __version__
from digest.cli import (
    bounces,
    demo,
    doctor,
    harvest,
    held,
    init,
    migrate,
    preview,
    rank,
    report,
    run,
    send,
    serve,
    status,
    subscribers,
    why,
    worker,
)
from digest.cli.garbage import look_seldom
from digest.cli.output import printable
from digest.cli.streams import READER_LEFT, finish_streams, open_streams
from digest.errors import ConfigError, DigestError, RecordsError

_FAILED, _MISUSED, _INTERRUPTED = 1, 2, 130

_NO_NUMBER = re.compile("Input should be a valid integer.*")

app = typer.Typer(
    name="digest",
    help="New papers in, each reader's own short list out, by mail, on time, once.",
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

for command in (
    demo, init, doctor, harvest, rank, preview, send, run, serve, worker, bounces, status, why,
    report, held, migrate,
):  # fmt: skip
    app.command()(getattr(command, command.__name__.rpartition(".")[2]))
app.add_typer(subscribers.app, name="subscribers")


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"digest {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    *,
    version: bool = typer.Option(
        False, "--version", help="Show the version.", callback=_show_version, is_eager=True
    ),
) -> None:
    del version
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(_MISUSED)


def main() -> None:
    """Run the command line and exit with its code."""
    look_seldom()
    open_streams()
    sys.exit(finish_streams(run_command(sys.argv[1:])))


def run_command(arguments: list[str]) -> int:
    """Run one command and return its exit code; errors are printed, never raised."""
    try:
        result = app(arguments, prog_name="digest", standalone_mode=False)
    except typer.TyperException as error:
        return _fail(_MISUSED, f"digest: {_misuse(error)}")
    except DigestError as error:
        return _fail(error.exit_code, *_lines_of(error))
    except OSError as error:
        return _fail(_FAILED, f"digest: {_place(error)}{error.strerror or error}")
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # typer exits when nobody reads on
            return READER_LEFT
        raise
    except (typer.Abort, KeyboardInterrupt):
        return _fail(_INTERRUPTED, "stopped")
    return result if isinstance(result, int) else 0


def _lines_of(error: DigestError) -> Sequence[str]:
    if isinstance(error, ConfigError | RecordsError):
        return error.problems
    return [f"digest: {error}"]


def _fail(code: int, *lines: str) -> int:
    with suppress(BrokenPipeError):
        for line in lines:
            typer.echo(printable(line), err=True)
    return code


def _place(error: OSError) -> str:
    """Name the file of an error; a disk is full without a name only where we print."""
    unnamed = "standard output: " if error.errno == errno.ENOSPC else ""
    return f"{error.filename}: " if error.filename else unnamed


def _misuse(error: typer.TyperException) -> str:
    """Say in one line what is wrong with a call and where its help is."""
    message = " ".join(error.format_message().split()).rstrip(".")
    message = _NO_NUMBER.sub("must be a whole number", message)
    message = message.replace("Input should be", "must be")
    context = getattr(error, "ctx", None)
    return f"{message}; see `{context.command_path} --help`" if context else message
