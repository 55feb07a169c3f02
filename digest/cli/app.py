"""Assemble the commands, and turn every error into a line and an exit code."""

import sys

import click
import typer

from digest import __version__
from digest.cli import (
    demo,
    doctor,
    harvest,
    init,
    migrate,
    preview,
    rank,
    run,
    send,
    status,
    subscribers,
    why,
)
from digest.errors import ConfigError, DigestError

app = typer.Typer(
    name="digest",
    help="New papers in, each reader's own short list out, by mail, on time, once.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

for command in (demo, init, doctor, harvest, rank, preview, send, run, status, why, migrate):
    app.command()(getattr(command, command.__name__.rpartition(".")[2]))
app.add_typer(subscribers.app, name="subscribers")


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"digest {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: bool = typer.Option(
        False, "--version", help="Show the version.", callback=_show_version, is_eager=True
    ),
) -> None:
    del version


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command and return its exit code; errors are printed, never raised."""
    try:
        result = app(arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except DigestError as error:
        for line in error.problems if isinstance(error, ConfigError) else [f"digest: {error}"]:
            typer.echo(line, err=True)
        return error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        typer.echo("stopped", err=True)
        return 130
    return result if isinstance(result, int) else 0
