"""``digest send``: the one-shot; harvest, compose and deliver everybody who is due."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import AsJson, Common, with_common
from digest.cli.output import print_json, print_table, printable, progress_bar
from digest.cli.tally import Tally
from digest.errors import MailboxError, UsageError

if TYPE_CHECKING:
    import asyncio
    from signal import Signals

    from digest.core.delivery import Delivery
    from digest.core.outcome import Outcome
    from digest.core.schedule import Schedule, Slot
    from digest.pipeline.deliver import DeliverReport
    from digest.wiring import Workspace

_LONGEST_NAP = timedelta(minutes=1)
_OPEN = ("queued", "sending", "deferred")


@with_common
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
    *,
    common: Common,
) -> int:
    """Harvest, compose and deliver to all who are due.

    Due is everyone whose current slot has not been sent, whatever their hour: whoever runs
    the command chose it. Running it again sends nothing twice. What was deferred before is
    tried again when its time has come.
    """
    from digest.wiring.retention import tidy
    from digest.wiring.way_out import check_way_out

    tally = Tally()
    slot_at = _slot_chooser(slot, common.now)
    with tally.timed("total"), common.open_workspace() as workspace:
        if not dry_run:
            check_way_out(workspace.config)
        run = _Send(workspace, tally, to, slot_at)
        if not dry_run:
            run.read_bounces()
        if not no_harvest:
            run.harvest()
        run.tell_who_gets_none()
        if dry_run:
            run.show_plan(as_json=as_json)
            return 0
        run.compose()
        run.deliver(common, wait=wait)
        tidy(workspace)
    for trouble in tally.troubles():
        typer.echo(trouble, err=True)
    if as_json:
        print_json(tally.as_json())
    elif tally.exit_code() or not common.quiet:
        typer.echo(str(tally))
    return tally.exit_code()


class _Send:
    """One run of ``digest send``: its workspace and what it has done so far."""

    def __init__(
        self,
        workspace: "Workspace",
        tally: Tally,
        addresses: list[str] | None,
        slot_at: "Callable[[Schedule, datetime], Slot | None]",
    ) -> None:
        self._workspace = workspace
        self._tally = tally
        self._readers = [workspace.find(email) for email in addresses] if addresses else None
        self._slot_at = slot_at
        self._first_open: int | None = None

    def read_bounces(self) -> None:
        """Take in what came back first; a mailbox in trouble is told and stops nothing."""
        from digest.wiring.bounces import has_mailbox, read_mailboxes

        if has_mailbox(self._workspace.config):
            try:
                read_mailboxes(self._workspace)
            except MailboxError as error:
                self._tally.sources.append(f"bounces: {error}")

    def harvest(self) -> None:
        """Pull new papers; a source in trouble is told and does not stop the mails."""
        import asyncio

        total = len(self._workspace.config.sources)
        with self._tally.timed("harvest"), progress_bar("asking sources", total) as advance:
            report = asyncio.run(self._workspace.harvest(told=lambda _source: advance(1)))
        self._tally.papers_new = report.new
        self._tally.states = [source.state for source in report.sources]
        self._tally.sources += [
            f"source {source.name}: {source.state.value}: {source.detail}"
            for source in report.troubled
        ]

    def tell_who_gets_none(self) -> None:
        """Say of each reader named who gets no mail why, for the counts alone would not."""
        from digest.pipeline.why import Code, why

        never = {Code.PENDING, Code.PAUSED, Code.UNSUBSCRIBED, Code.SUPPRESSED}
        now, suppressions = self._workspace.clock(), self._workspace.store.suppressions
        for reader in self._readers or ():
            suppression = suppressions.find(reader.email)
            verdict = why(reader, None, [], [], now=now, suppression=suppression)
            if verdict.code in never:
                line = f"{reader.email}: {verdict.code.value}: {printable(verdict.sentence)}"
                typer.echo(line, err=True)

    def compose(self) -> None:
        """Queue an edition for every due reader."""
        with self._tally.timed("compose"):
            readers = self._workspace.store.subscribers.number(now=self._workspace.clock())
            with progress_bar("composing", readers) as advance:
                due = self._workspace.due_in_turn(
                    self._slot_at, self._readers, postponed=self._tally.postpone
                )
                report = self._workspace.compose(due, advance)
        if report:
            self._tally.readers_due = report.due
            self._tally.composed, self._tally.empty = report.composed, report.empty

    def deliver(self, common: Common, *, wait: bool) -> None:
        """Send what is queued or due again; with ``wait``, until nothing is open."""
        with self._tally.timed("deliver"):
            self._first_open = self._workspace.store.ledger.oldest_open()
            if _open_in(self._counts()):
                from digest.wiring.event_loop import run_quickly

                common.set_up_logging()
                left = self._workspace.recover()
                if self._workspace.config.delivery.on_doubt == "hold":
                    self._tally.in_doubt += left
                run_quickly(self._deliver_all(wait=wait))
            self._settle()

    def show_plan(self, *, as_json: bool) -> None:
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

    async def _deliver_all(self, *, wait: bool) -> None:
        import asyncio

        stop = asyncio.Event()
        _set_on_signal(stop)
        report = await self._deliver_due(stop)
        while wait and not stop.is_set() and (pause := self._until_next_attempt(report)):
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause.total_seconds())
            report = await self._deliver_due(stop)

    async def _deliver_due(self, stop: "asyncio.Event") -> "DeliverReport":
        import structlog

        log = structlog.get_logger("digest.send").bind()
        with progress_bar("sending", _open_in(self._counts())) as advance:

            def told(delivery: "Delivery", _outcome: "Outcome") -> None:
                advance(1)
                self._tally.note(delivery)
                log.info(
                    delivery.state.value,
                    to=delivery.recipient,
                    cause=delivery.cause.value,
                    reply=delivery.reply,
                )

            self._tally.mails.clear()
            report = await self._workspace.deliver(readers=self._readers, stop=stop, told=told)
        self._tally.add(report.states)
        self._tally.halts = [halt.reply for halt in report.halts]
        return report

    def _settle(self) -> None:
        """Count what is still open and not being sent by somebody else, and say when it is due."""
        self._tally.deferred = _open_in(self._counts(free_at=self._workspace.clock()))
        rests = [of.not_before for of in self._workspace.resting_relays().values()]
        again = max(
            filter(None, [self._workspace.store.ledger.next_attempt_at(), *rests]), default=None
        )
        if self._tally.deferred and again and again > self._workspace.clock():
            self._tally.next_attempt_at = again

    def _counts(self, *, free_at: datetime | None = None) -> dict[str, int]:
        """Count what was open when the delivery began, or was queued since, by its state."""
        if self._first_open is None:
            return {}
        ids = None if self._readers is None else [reader.id for reader in self._readers]
        totals: Counter[str] = Counter()
        counts = self._workspace.store.ledger.counts(
            subscriber_ids=ids, first=self._first_open, free_at=free_at
        )
        for (_slot, state), number in counts.items():
            totals[state] += number
        return dict(totals)

    def _until_next_attempt(self, report: "DeliverReport") -> timedelta | None:
        """Return how long to wait for what is open, None when waiting would not help."""
        from digest.core.outcome import Fault

        ledger, relays = self._workspace.store.ledger, self._workspace.resting_relays()
        at = ledger.next_attempt_at()
        if at is None or not _open_in(self._counts()):
            return None
        if report.halts:
            if all(halt.fault is Fault.OURS for halt in report.halts):
                return None
            rests = [of.not_before for halt in report.halts if (of := relays.get(halt.relay))]
            at = max([at, *filter(None, rests)])
        return min(max(at - self._workspace.clock(), timedelta(seconds=1)), _LONGEST_NAP)


def _open_in(counts: dict[str, int]) -> int:
    """Return how many deliveries still wait for something."""
    return sum(counts.get(state, 0) for state in _OPEN)


def _set_on_signal(stop: "asyncio.Event") -> None:
    """Let the first signal to stop finish the mails in flight; the next one ends at once."""
    import asyncio

    from digest.wiring.stopping import stop_signals

    loop = asyncio.get_running_loop()

    def finish(number: "Signals") -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in stop_signals():
        loop.add_signal_handler(number, finish, number)


def _slot_chooser(
    key: str | None, now: datetime | None
) -> "Callable[[Schedule, datetime], Slot | None]":
    """Return how to find a reader's slot: the current one, or the one that was named.

    Raises:
        UsageError: what is named is no slot, or one that has not begun.
    """
    from digest.core.schedule import Schedule, Slot, current_slot, has_begun, slot_on

    if key is None:
        return current_slot
    try:
        named = Slot.parse(key)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if not has_begun(named, now or datetime.now(UTC)):
        raise UsageError(
            f"slot {key} lies in the future; allowed: one that has begun; for a rehearsal, "
            f"`--now {named.day}` too"
        )

    def if_it_fits(schedule: Schedule, _now: datetime) -> Slot | None:
        theirs = slot_on(schedule, named.day)
        return theirs if theirs.key == key else None

    return if_it_fits
