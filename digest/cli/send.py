"""``digest send``: the one-shot; harvest, compose and deliver everybody who is due."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.harvest import exit_code as harvest_exit_code
from digest.cli.options import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    Now,
    Quiet,
    Verbose,
    set_up_logging,
)
from digest.cli.output import print_json, print_table, progress_bar
from digest.core.harvest import HarvestState
from digest.core.schedule import Frequency, Schedule, Slot, current_slot
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.wiring import Workspace

_LONGEST_NAP = timedelta(minutes=1)


@dataclass(slots=True)
class Tally:
    """What one run did; the keys of ``send --json``."""

    papers_new: int = 0
    readers_due: int = 0
    composed: int = 0
    empty: int = 0
    sent: int = 0
    deferred: int = 0
    failed: int = 0
    in_doubt: int = 0
    suppressed: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    troubles: Counter[str] = field(default_factory=Counter)
    states: list[HarvestState] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the contract's object."""
        names = (
            "papers_new", "readers_due", "composed", "empty", "sent", "deferred", "failed",
            "in_doubt", "suppressed",
        )  # fmt: skip
        stages = {
            stage: round(self.seconds.get(stage, 0.0), 3)
            for stage in ("harvest", "compose", "deliver", "total")
        }
        return {name: getattr(self, name) for name in names} | {"seconds": stages}

    def exit_code(self) -> int:
        """Return 1 when something failed for good, 75 when something waits, else 0."""
        if self.failed or harvest_exit_code(self.states) == 1:
            return 1
        return 75 if self.deferred or harvest_exit_code(self.states) else 0

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time that a block takes to a stage."""
        begun = monotonic()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + monotonic() - begun


def send(
    to: Annotated[
        list[str] | None, typer.Option(metavar="EMAIL", help="Only this reader; may be repeated.")
    ] = None,
    slot: Annotated[
        str | None, typer.Option(metavar="SLOT", help="Act for this slot, such as 2026-11-23.")
    ] = None,
    no_harvest: Annotated[
        bool, typer.Option("--no-harvest", help="Use the papers we have.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show who would get what; queue and send nothing.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until nothing is deferred.")] = False,
    as_json: AsJson = False,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> int:
    """Harvest, compose and deliver to everyone whose current slot has not been sent."""
    from digest.wiring import open_workspace

    set_up_logging(verbose, quiet=quiet)
    tally = Tally()
    with tally.timed("total"), open_workspace(config, now=now) as workspace:
        run = _Send(workspace, tally, to, _slot_chooser(slot))
        if not no_harvest:
            run.harvest()
        if dry_run:
            return run.show_plan(as_json=as_json)
        run.compose()
        asyncio.run(run.deliver(wait=wait))
    _report(tally, as_json=as_json, quiet=quiet)
    return tally.exit_code()


class _Send:
    """One run of ``digest send``: its workspace and what it has done so far."""

    def __init__(
        self,
        workspace: "Workspace",
        tally: Tally,
        addresses: list[str] | None,
        slot_at: Callable[[Schedule, datetime], Slot | None],
    ) -> None:
        self._workspace = workspace
        self._tally = tally
        self._readers = [workspace.find(email) for email in addresses] if addresses else None
        self._slot_at = slot_at

    def harvest(self) -> None:
        """Pull new papers; a source in trouble is told and does not stop the mails."""
        with self._tally.timed("harvest"):
            report = asyncio.run(self._workspace.harvest())
        self._tally.papers_new = report.new
        self._tally.states = [source.state for source in report.sources]
        for source in report.troubled:
            self._tally.troubles[
                f"source {source.name}: {source.state.value}: {source.detail}"
            ] += 1

    def compose(self) -> None:
        """Queue an edition for every due reader."""
        with self._tally.timed("compose"):
            due = self._workspace.due(self._slot_at, self._readers)
            self._tally.readers_due = len(due)
            with progress_bar("composing", len(due)) as advance:
                report = self._workspace.compose(due, advance)
        self._tally.composed, self._tally.empty = report.composed, report.empty

    async def deliver(self, *, wait: bool) -> None:
        """Send what is queued or due again; with ``wait``, until nothing is open."""
        with self._tally.timed("deliver"):
            before = self._counts()
            self._workspace.recover()
            await self._deliver_once(before)
            while wait and (pause := self._until_next_attempt()) is not None:
                await asyncio.sleep(pause.total_seconds())
                await self._deliver_once(before)

    def show_plan(self, *, as_json: bool) -> int:
        """Print who would get what, and change nothing."""
        plan = self._workspace.plan(self._workspace.due(self._slot_at, self._readers))
        rows = [
            {
                "email": reader.email,
                "slot": edition.slot.key,
                "papers": [match.paper.title for match in edition.picks],
            }
            for reader, edition in plan
        ]
        if as_json:
            print_json(rows)
        else:
            cells = [(row["email"], row["slot"], "; ".join(row["papers"]) or "-") for row in rows]
            print_table("Would be sent", ("reader", "slot", "papers"), cells)
        return 0

    async def _deliver_once(self, before: dict[str, int]) -> None:
        open_now = self._counts()
        waiting = sum(open_now.get(state, 0) for state in ("queued", "deferred"))
        if waiting:
            with progress_bar("sending", waiting) as advance:
                report = await self._workspace.deliver(
                    readers=self._readers, told=lambda _delivery: advance(1)
                )
            self._tally.troubles.update(report.troubles)
            if report.stopped_by:
                self._tally.troubles[report.stopped_by] += 0
        self._settle(before)

    def _settle(self, before: dict[str, int]) -> None:
        after = self._counts()
        tally = self._tally
        tally.sent = after.get("sent", 0) - before.get("sent", 0)
        tally.failed = after.get("failed", 0) - before.get("failed", 0)
        tally.in_doubt = after.get("in_doubt", 0) - before.get("in_doubt", 0)
        tally.suppressed = after.get("suppressed", 0) - before.get("suppressed", 0)
        tally.deferred = sum(after.get(state, 0) for state in ("queued", "sending", "deferred"))

    def _counts(self) -> dict[str, int]:
        ids = None if self._readers is None else [reader.id for reader in self._readers]
        totals: Counter[str] = Counter()
        counts = self._workspace.store.ledger.counts(subscriber_ids=ids)
        for (_slot, state), number in counts.items():
            totals[state] += number
        return dict(totals)

    def _until_next_attempt(self) -> timedelta | None:
        at = self._workspace.store.ledger.next_attempt_at()
        if at is None:
            return None
        return min(max(at - self._workspace.clock(), timedelta(seconds=1)), _LONGEST_NAP)


def _slot_chooser(key: str | None) -> Callable[[Schedule, datetime], Slot | None]:
    """Return how to find a reader's slot: the current one, or the one that was named."""
    if key is None:
        return current_slot
    try:
        named = Slot.parse(key)
    except ValueError as error:
        raise UsageError(str(error)) from None

    def if_it_fits(schedule: Schedule, _now: datetime) -> Slot | None:
        return named if _form(schedule) == _form_of(named) else None

    return if_it_fits


def _form(schedule: Schedule) -> str:
    forms = {Frequency.WEEKLY: "week", Frequency.MONTHLY: "month"}
    return forms.get(schedule.cadence.frequency, "day")


def _form_of(slot: Slot) -> str:
    if "W" in slot.key:
        return "week"
    return "day" if slot.key == slot.day.isoformat() else "month"


def _report(tally: Tally, *, as_json: bool, quiet: bool) -> None:
    for trouble in tally.troubles:
        typer.echo(trouble, err=True)
    if as_json:
        print_json(tally.as_json())
        return
    if quiet and tally.exit_code() == 0:
        return
    numbers = tally.as_json()
    words = [
        f"{tally.papers_new} new papers",
        f"{tally.readers_due} readers due",
        f"{tally.sent} sent",
    ]
    rare = ("empty", "deferred", "failed", "in_doubt", "suppressed")
    words.extend(f"{numbers[name]} {name.replace('_', ' ')}" for name in rare if numbers[name])
    typer.echo(f"{', '.join(words)} in {numbers['seconds']['total']:.1f} s")
