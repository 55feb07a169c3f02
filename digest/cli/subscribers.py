"""``digest subscribers``: people; list, add, show, set, pause, remove, import, export, erase."""

import sys
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import AsJson, Common, parse_time, with_common
from digest.cli.output import print_json_list, print_table, printable
from digest.cli.reader_files import read_settings
from digest.cli.reader_imports import export, import_
from digest.cli.reader_sheet import show
from digest.cli.reader_view import listed, state_of, wishes
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.schedule import Schedule

app = typer.Typer(
    help="People: list, add, show, set, pause, remove, import, export, erase.",
    short_help="Who gets mail: list, add, show, set, import and more.",
)

Email = Annotated[str, typer.Argument(help="The reader's address.")]
Settings = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KEY=VALUE",
        help='Keys of a [[subscribers]] block: name=Ada cadence=weekdays interests="RAG, maps"',
    ),
]


@app.command("list")
@with_common
def list_(as_json: AsJson = False, *, common: Common) -> None:
    """List everybody with state and schedule."""
    with common.open_workspace() as workspace:
        readers, libraries = workspace.store.subscribers.each(), workspace.libraries
        held = workspace.store.suppressions.readers()
        if as_json:
            print_json_list(listed(reader, suppressed=reader.id in held) for reader in readers)
            return
        rows = [
            (
                reader.email,
                reader.name,
                state_of(reader, suppressed=reader.id in held),
                _in_words(reader.schedule),
                wishes(reader, libraries),
            )
            for reader in readers
        ]
    print_table("Subscribers", ("email", "name", "status", "schedule", "interests"), rows)


@app.command()
@with_common
def add(email: Email, settings: Settings = None, *, common: Common) -> None:
    """Add a reader, confirmed by you; one whom you removed is back."""
    from digest.wiring.people import from_record, is_in_file

    record = read_settings(settings or [])
    if "email" in record:
        raise UsageError("email: is given twice; allowed: once, before the settings")
    with common.open_workspace() as workspace:
        reader = from_record({"email": email} | record, workspace.config, where=email)
        if is_in_file(reader.email, workspace.config):
            raise UsageError(
                f"{reader.email}: is in the configuration file already; change it there; "
                "`digest subscribers set … status=active` undoes a `remove`"
            )
        added = workspace.store.subscribers.add(reader, now=workspace.clock())
        stands = workspace.store.suppressions.find(added.email)
    common.say(f"{added.email}: added, {added.status.value}")
    if stands:
        reason = printable(stands.reason)
        typer.echo(f"{added.email}: suppressed: {reason}; `set … --unsuppress` lifts it", err=True)


app.command()(show)
app.command("import")(import_)
app.command()(export)


@app.command("set")
@with_common
def set_(
    email: Email,
    settings: Settings = None,
    unsuppress: Annotated[
        bool, typer.Option("--unsuppress", help="Allow mail again after bounces or a complaint.")
    ] = False,
    *,
    common: Common,
) -> None:
    """Change a reader's settings.

    `status=active` lets a reader who is paused, or whom you removed, have mail again; what
    a reader ended stays so. Readers of the configuration file are changed there.
    """
    from digest.wiring.people import from_record, is_in_file, to_record, was_taken_out

    changes = read_settings(settings or [])
    if unsuppress:
        _unsuppress(email, common)
        if not changes:
            return
    if not changes:
        raise UsageError("nothing to set; allowed: KEY=VALUE with keys of a [[subscribers]] block")
    status = changes.pop("status", None)
    if status not in (None, "active"):
        raise UsageError(f"status: {status!r} cannot be set; allowed: active; see pause and remove")
    with common.open_workspace() as workspace:
        reader = workspace.find(email)
        if changes and is_in_file(reader.email, workspace.config):
            raise UsageError(f"{reader.email}: is set in the configuration file; change it there")
        if status and reader.ended_by and was_taken_out(reader, workspace.config):
            raise UsageError(
                f"{reader.email}: was taken out of the configuration file; allowed: put the block "
                "back, or `digest subscribers add`"
            )
        wanted = from_record(to_record(reader) | changes, workspace.config, where=email)
        changed = replace(
            reader,
            email=wanted.email,
            name=wanted.name,
            interests=wanted.interests,
            schedule=wanted.schedule,
            max_papers=wanted.max_papers,
            min_score=wanted.min_score,
            trending_weight=wanted.trending_weight,
            trending=wanted.trending,
            outsider=wanted.outsider,
            theme=wanted.theme,
            follows=reader.follows - changes.keys(),
        )
        workspace.store.subscribers.update(changed.confirm() if status else changed)
    common.say(f"{changed.email}: changed")


@app.command()
@with_common
def pause(
    email: Email,
    until: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", parser=parse_time, help="When mail goes on by itself."),
    ] = None,
    *,
    common: Common,
) -> None:
    """Hold a reader's mail back, until a date or until further notice."""
    with common.open_workspace() as workspace:
        if until and until <= workspace.clock():
            raise UsageError(
                f"--until {until:%Y-%m-%d %H:%M} UTC has passed; allowed: a later time"
            )
        reader = workspace.find(email).pause(until)
        workspace.store.subscribers.update(reader)
    common.say(f"{reader.email}: paused{f' until {until:%Y-%m-%d %H:%M} UTC' if until else ''}")


@app.command()
@with_common
def remove(email: Email, *, common: Common) -> None:
    """Unsubscribe a reader; the history stays.

    `subscribers add`, or `set` with `status=active`, undoes it; an import does not.
    """
    with common.open_workspace() as workspace:
        reader = workspace.find(email).remove()
        workspace.store.subscribers.update(reader)
    common.say(f"{reader.email}: unsubscribed")


@app.command()
@with_common
def erase(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    *,
    common: Common,
) -> None:
    """Delete a reader with everything known about them (data-protection requests).

    A salted hash stays, by which the address is known and not mailed if it comes back.
    """
    from digest.wiring.people import is_in_file

    with common.open_workspace() as workspace:
        reader = workspace.find(email)
        if is_in_file(reader.email, workspace.config):
            raise UsageError(
                f"{reader.email}: is in the configuration file and would be back at the next "
                "start; take the [[subscribers]] block out first"
            )
        if not yes:
            _confirm(f"Delete {reader.email} with all editions and deliveries?")
        workspace.store.suppressions.erase(reader.id, now=workspace.clock())
    common.say(f"{reader.email}: erased")


def _confirm(question: str) -> None:
    """Go on only when the answer is yes.

    Raises:
        UsageError: there is nobody to ask.
    """
    try:
        agreed = typer.confirm(question)
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        raise UsageError("there is nobody to ask; this needs --yes then") from None
    if not agreed:
        raise typer.Abort


def _in_words(schedule: "Schedule") -> str:
    return f"{schedule.cadence} {schedule.send_at:%H:%M} {schedule.timezone}"


def _unsuppress(email: str, common: Common) -> None:
    with common.open_workspace() as workspace:
        lifted = workspace.store.suppressions.lift(email, now=workspace.clock())
        if lifted is None:
            workspace.find(email)  # a name misspelt is no success
    stood = f"allowed again (was: {printable(lifted.reason)})" if lifted else "was not suppressed"
    common.say(f"{email}: {stood}")
