"""How commands speak: tables and progress on a terminal, plain lines in a pipe, or JSON."""

import errno
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import typer

from digest.errors import DigestError, UsageError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def print_json(value: Any) -> None:
    """Print one JSON value on standard output; times as ISO 8601."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_json_list(values: Iterable[Any]) -> None:
    """Print values as one JSON list, as ``print_json`` would, holding one of them at a time."""
    before = "[\n"
    for value in values:
        item = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
        typer.echo(before + "  " + item.replace("\n", "\n  "), nl=False)
        before = ",\n"
    typer.echo("[]" if before == "[\n" else "\n]")


def print_json_line(value: Any) -> None:
    """Print one JSON value on a line of its own."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; in a pipe as tab-separated lines without frame or colour."""
    cells = [[printable(str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in (columns, *cells):
            typer.echo("\t".join(row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    Console().print(table)


def printable(text: str) -> str:
    """Return a text that neither breaks its line nor commands the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def unwritable(error: OSError) -> DigestError:
    """Return what to raise for a file that cannot be written, which the error names.

    A place that takes no file is misuse; a disk that is full is not.
    """
    kind = DigestError if error.errno in _FULL else UsageError
    return kind(f"{error.filename}: cannot be written: {error.strerror}")


def count(number: int, noun: str) -> str:
    """Return ``1 reader`` or ``2 readers``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far long work is, on a terminal only; yields the function to call."""
    if not sys.stderr.isatty() or total == 0:
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.advance(task, done)


def _plain(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)
