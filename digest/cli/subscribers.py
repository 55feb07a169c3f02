"""``digest subscribers``: people; list, add, show, set, pause, remove, import, export, erase."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from digest.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Now, parse_time
from digest.cli.output import print_json, print_json_line, print_table
from digest.errors import ConfigError, UsageError

app = typer.Typer(help="People: list, add, show, set, pause, remove, import, export, erase.",
                  no_args_is_help=True)  # fmt: skip

Email = Annotated[str, typer.Argument(help="The reader's address.")]
Settings = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KEY=VALUE",
        help='Keys of a [[subscribers]] block: name=Ada cadence=weekdays interests="RAG, maps"',
    ),
]
_LISTS = ("interests", "exclude", "categories", "authors", "liked")


@app.command("list")
def list_(as_json: AsJson = False, config: ConfigPath = DEFAULT_CONFIG, now: Now = None) -> None:
    """List everybody with state and schedule."""
    from digest.wiring import open_workspace
    from digest.wiring.people import to_record

    with open_workspace(config, now=now) as workspace:
        readers = workspace.store.subscribers.all()
    if as_json:
        print_json([to_record(reader) | {"status": reader.status.value} for reader in readers])
        return
    rows = [
        (
            reader.email,
            reader.name,
            reader.status.value,
            f"{reader.schedule.cadence} {reader.schedule.send_at:%H:%M} {reader.schedule.timezone}",
            ", ".join(keyword.term for keyword in reader.interests.keywords) or "(trending list)",
        )
        for reader in readers
    ]
    print_table("Subscribers", ("email", "name", "status", "schedule", "interests"), rows)


@app.command()
def add(
    email: Email,
    settings: Settings = None,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
) -> None:
    """Add a reader, confirmed by you."""
    from digest.wiring import open_workspace
    from digest.wiring.people import from_record

    with open_workspace(config, now=now) as workspace:
        record = {"email": email} | _parse(settings or [])
        reader = from_record(record, workspace.config, where=email)
        added = workspace.store.subscribers.add(reader, now=workspace.clock())
    typer.echo(f"{added.email}: added, {added.status.value}")


@app.command()
def show(
    email: Email, as_json: AsJson = False, config: ConfigPath = DEFAULT_CONFIG, now: Now = None
) -> None:
    """Show one reader and the mails so far."""
    from digest.wiring import open_workspace
    from digest.wiring.people import to_record

    with open_workspace(config, now=now) as workspace:
        reader = workspace.find(email)
        editions = workspace.store.editions.editions_of(reader.id)
        deliveries = workspace.store.ledger.deliveries(
            edition_ids=[edition.id for edition in editions]
        )
    states = {delivery.edition_id: delivery for delivery in deliveries}
    mails = [
        {
            "slot": edition.slot.key,
            "papers": len(edition.picks),
            "state": states[edition.id].state.value if edition.id in states else "empty",
            "reply": states[edition.id].reply if edition.id in states else "",
        }
        for edition in editions
    ]
    facts = to_record(reader) | {
        "status": reader.status.value,
        "paused_until": reader.paused_until,
        "origin": reader.origin.value,
    }
    if as_json:
        print_json(facts | {"editions": mails})
        return
    for key, value in facts.items():
        if value not in (None, "", []):
            typer.echo(f"{key}: {value}")
    if mails:
        rows = [tuple(mail.values()) for mail in mails]
        print_table("Editions", ("slot", "papers", "state", "reply"), rows)


@app.command("set")
def set_(
    email: Email,
    settings: Settings = None,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
) -> None:
    """Change a reader's settings; status=active lets a paused reader have mail again."""
    from digest.wiring import open_workspace
    from digest.wiring.people import from_record, to_record

    changes = _parse(settings or [])
    if not changes:
        raise UsageError("nothing to set; allowed: KEY=VALUE with keys of a [[subscribers]] block")
    status = changes.pop("status", None)
    with open_workspace(config, now=now) as workspace:
        reader = workspace.find(email)
        changed = from_record(to_record(reader) | changes, workspace.config, where=email)
        changed = replace(
            changed,
            id=reader.id,
            status=reader.status,
            paused_until=reader.paused_until,
            origin=reader.origin,
            created_at=reader.created_at,
        )
        if status == "active":
            changed = changed.confirm()
        elif status is not None:
            raise UsageError("status can only be set to active; see also pause and remove")
        workspace.store.subscribers.update(changed)
    typer.echo(f"{changed.email}: changed")


@app.command()
def pause(
    email: Email,
    until: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", parser=parse_time, help="When mail goes on by itself."),
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
) -> None:
    """Hold a reader's mail back, until a date or until further notice."""
    from digest.wiring import open_workspace

    with open_workspace(config, now=now) as workspace:
        reader = workspace.find(email).pause(until)
        workspace.store.subscribers.update(reader)
    typer.echo(f"{reader.email}: paused{f' until {until:%Y-%m-%d}' if until else ''}")


@app.command()
def remove(email: Email, config: ConfigPath = DEFAULT_CONFIG, now: Now = None) -> None:
    """Unsubscribe a reader; the history stays, so nothing is ever mailed by mistake."""
    from digest.wiring import open_workspace

    with open_workspace(config, now=now) as workspace:
        reader = workspace.find(email).unsubscribe()
        workspace.store.subscribers.update(reader)
    typer.echo(f"{reader.email}: unsubscribed")


@app.command()
def erase(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
) -> None:
    """Delete a reader with everything known about them (data-protection requests)."""
    from digest.wiring import open_workspace

    with open_workspace(config, now=now) as workspace:
        reader = workspace.find(email)
        if not yes:
            typer.confirm(f"Delete {reader.email} with all editions and deliveries?", abort=True)
        workspace.store.subscribers.delete(reader.id)
    typer.echo(f"{reader.email}: erased")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSON lines, or CSV with a header line.")],
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
) -> None:
    """Add readers from a file; those already there are brought up to date.

    JSON lines have the keys of a [[subscribers]] block. CSV columns are the same, lists
    separated by semicolons. Nothing is changed unless every line is right.
    """
    from digest.wiring import open_workspace
    from digest.wiring.people import from_record, put

    with open_workspace(config, now=now) as workspace:
        readers = []
        problems: list[str] = []
        for number, record in _records(file):
            try:
                readers.append(from_record(record, workspace.config, where=f"{file}:{number}"))
            except ConfigError as error:
                problems.extend(error.problems)
        if problems:
            raise ConfigError(problems)
        added = sum(put(workspace.store.subscribers, r, now=workspace.clock()) for r in readers)
    typer.echo(f"{file}: {added} added, {len(readers) - added} brought up to date")


@app.command()
def export(
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV in place of JSON lines.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
) -> None:
    """Print everybody as JSON lines or CSV, as `import` takes it."""
    from digest.wiring import open_workspace
    from digest.wiring.people import to_record

    with open_workspace(config, now=now) as workspace:
        records = [to_record(reader) for reader in workspace.store.subscribers.all()]
    if not as_csv:
        for record in records:
            print_json_line(record)
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(records[0]) if records else ["email"])
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in record.items()} for record in records)
    typer.echo(text.getvalue(), nl=False)


def _parse(settings: list[str]) -> dict[str, Any]:
    """Read KEY=VALUE words; lists are separated by commas, or given as JSON."""
    record: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"{setting!r} is not KEY=VALUE")
        record[key.strip()] = _value(key.strip(), value.strip(), separator=",")
    return record


def _value(key: str, value: str, *, separator: str) -> Any:
    if key not in _LISTS:
        return value
    if value.startswith("["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise UsageError(f"{key}: not a JSON list: {value}") from None
    return [part.strip() for part in value.split(separator) if part.strip()]


def _records(file: Path) -> list[tuple[int, dict[str, Any]]]:
    """Return the records of a file with their line numbers."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from None
    if file.suffix.lower() == ".csv":
        reader = csv.DictReader(io.StringIO(text))
        return [(reader.line_num, _from_cells(row)) for row in reader]
    return [
        (number, _json_object(file, number, line))
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    ]


def _json_object(file: Path, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{file}:{number}: not JSON: {error.msg}") from None
    if not isinstance(record, dict):
        raise UsageError(f"{file}:{number}: not a JSON object")
    return record


def _from_cells(row: dict[str, str]) -> dict[str, Any]:
    filled = {key: value for key, value in row.items() if key and value}
    return {key: _value(key, value, separator=";") for key, value in filled.items()}


def _cell(value: object) -> object:
    if isinstance(value, list):
        plain = all(isinstance(part, str) and ";" not in part for part in value)
        return "; ".join(value) if plain else json.dumps(value, ensure_ascii=False)
    return "" if value is None else value
