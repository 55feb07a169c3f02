"""``digest subscribers import`` and ``export``: readers in from a file, and out again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.input_file import name_of
from digest.cli.options import Common, with_common
from digest.cli.output import print_json_line
from digest.cli.reader_files import csv_lines, read_records
from digest.errors import ConfigError, RecordError

if TYPE_CHECKING:
    from digest.core.subscriber import Subscriber
    from digest.wiring import Workspace


@with_common
def import_(
    file: Annotated[
        Path, typer.Argument(help="JSON lines, or CSV with a header line; - is standard input.")
    ],
    *,
    common: Common,
) -> None:
    """Add readers from a file; those already there are brought up to date.

    JSON lines have the keys of a [[subscribers]] block. CSV columns are the same, lists
    separated by semicolons. Nothing is changed unless every line is right. Readers of the
    configuration file stay as it says. An unsubscribe is taken over, never undone.
    """
    from digest.wiring.people import is_in_file

    with common.open_workspace() as workspace:
        readers = _readers_in(file, workspace)
        ours = [reader for reader in readers if not is_in_file(reader.email, workspace.config)]
        added = workspace.store.subscribers.put(ours, now=workspace.clock())
    left = len(readers) - len(ours)
    note = f", {left} left as the configuration file says" if left else ""
    common.say(f"{name_of(file)}: {added} added, {len(ours) - added} brought up to date{note}")


@with_common
def export(
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV in place of JSON lines.")] = False,
    *,
    common: Common,
) -> None:
    """Print everybody as JSON lines or CSV, as `import` takes it.

    What a reader has left to the list is left out.
    """
    from digest.wiring.people import stated

    with common.open_workspace() as workspace:
        records = map(stated, workspace.store.subscribers.each())
        if as_csv:
            for line in csv_lines(records):
                typer.echo(line, nl=False)
        else:
            for record in records:
                print_json_line(record)


def _readers_in(file: Path, workspace: "Workspace") -> "list[Subscriber]":
    """Return the readers of a file.

    Raises:
        ConfigError: with a line for each problem of any line.
    """
    from digest.wiring.people import from_record

    readers: dict[str, Subscriber] = {}
    problems: list[str] = []
    for number, record in read_records(file):
        where = f"{name_of(file)}:{number}"
        if isinstance(record, RecordError):
            problems.append(f"{where}: {record}")
            continue
        try:
            reader = from_record(record, workspace.config, where=where)
        except ConfigError as error:
            problems.extend(error.problems)
            continue
        if reader.email.casefold() in readers:
            problems.append(f"{where}: email: {reader.email} is in the file already; allowed: once")
        readers[reader.email.casefold()] = reader
    if problems:
        raise ConfigError(problems)
    return [*readers.values()]
