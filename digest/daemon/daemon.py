"""The daemon: harvest each source in its rhythm, send to each reader at their hour.

Every minute it asks "who is due?", and the pure ``schedule.due`` with the editions already
stored decides. A tick that comes late still asks the same question, so after downtime each
reader gets one edition, never a burst. Several daemons may share a server's store.
"""

import asyncio
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import partial

import structlog

from digest.core.outcome import Fault
from digest.core.schedule import due, due_at
from digest.daemon.harvests import Harvests
from digest.daemon.jobs import Jobs
from digest.pipeline.bounces import Report
from digest.pipeline.due import DueBlock
from digest.wiring import Workspace
from digest.wiring.bounces import read_mailboxes
from digest.wiring.clock import Clock
from digest.wiring.event_loop import run_quickly
from digest.wiring.retention import tidy
from digest.wiring.stopping import stop_signals

_TICK = timedelta(minutes=1)
_LATE = timedelta(minutes=10)
_GRACE = timedelta(minutes=2)
_TIDY = timedelta(days=1)
_NO_PATIENCE = timedelta()

_log = structlog.get_logger("digest.daemon")


class Duties(Enum):
    """What a daemon does."""

    ALL = auto()
    SENDING = auto()
    """Compose and deliver; harvests and bounces are another's."""


class Daemon:
    """Runs one workspace until it is told to stop.

    Args:
        workspace: open; it stays open after ``run`` has ended.
        duties: what to do.
    """

    def __init__(self, workspace: Workspace, duties: Duties = Duties.ALL) -> None:
        self._workspace = workspace
        self._duties = duties
        self._stop = asyncio.Event()
        self._composing = asyncio.Lock()
        self._delivering = asyncio.Lock()
        self._jobs = Jobs()
        self._harvests = Harvests(workspace, self._jobs, done=self._ask_who_is_due)

    async def run(self) -> None:
        """Work until asked to stop; mails in flight are finished, no more are begun."""
        self._catch_signals()
        self._add_jobs()
        self._jobs.start()
        _log.info("started", sources=len(self._workspace.config.sources), pid=os.getpid())
        await self._stop.wait()
        _log.info("stopping")
        self._jobs.pause()
        await self._finish_deliveries()
        self._jobs.shut_down()
        _log.info("stopped")

    def stop(self) -> None:
        """Begin to stop; asked twice, end at once (as a crash: the store is safe)."""
        if self._stop.is_set():
            os._exit(1)
        self._stop.set()

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in stop_signals():
            loop.add_signal_handler(number, self.stop)

    def _add_jobs(self) -> None:
        now = datetime.now(UTC)
        if self._duties is Duties.ALL:
            self._harvests.begin()
            self._add_bounces(now)
            self._jobs.repeat("tidy", self._tidy, every=_TIDY, first=now)
        on = next_minute(self._workspace.clock)
        self._ask_who_is_due()
        self._jobs.repeat("compose", self._compose, every=_TICK, first=on, on=on)
        self._jobs.repeat("deliver", self._deliver, every=_TICK, first=now, on=on)

    def _ask_who_is_due(self) -> None:
        """Catch up out of turn, once the first harvests are in: yesterday's papers alone are old.

        A source in trouble holds nobody up: the tick of every minute waits for none.
        """
        if self._harvests.are_in:
            self._jobs.out_of_turn("compose", self._compose)

    def _add_bounces(self, now: datetime) -> None:
        settings = self._workspace.config.bounces
        if settings and settings.has_mailbox:
            self._jobs.repeat("bounces", self._read_bounces, every=settings.every, first=now)

    async def _compose(self) -> None:
        async with self._composing:
            made = await asyncio.to_thread(self._compose_due)
        if made:
            self._jobs.out_of_turn("deliver", self._deliver)

    def _compose_due(self) -> int:
        now, late = self._workspace.clock(), 0

        def noted(blocks: Iterable[DueBlock]) -> Iterator[DueBlock]:
            nonlocal late
            for block in blocks:
                if self._stop.is_set():
                    return
                late += sum(now - due_at(reader.schedule, slot) > _LATE for reader, slot in block)
                yield block

        ours = self._workspace.due_in_turn(due, patience=_NO_PATIENCE)
        report = self._workspace.compose(noted(ours))
        if report and report.composed:
            _log.info("composed", editions=report.composed, empty=report.empty, late=late)
        return report.composed if report else 0

    async def _deliver(self) -> None:
        async with self._delivering:
            await asyncio.to_thread(self._workspace.recover)
            resting = frozenset(self._workspace.resting_relays())
            deliver = partial(self._workspace.deliver, stop=self._stop, resting=resting)
            # In a loop of its own, which a commit may stop; pages and harvests go on in this one.
            report = await asyncio.to_thread(lambda: run_quickly(deliver()))
        if report.states:
            counts = {state.value: number for state, number in report.states.items()}
            _log.info("delivered", **counts)
        for halt in report.halts:
            log = _log.error if halt.fault is Fault.OURS else _log.warning
            log("relay_stopped", relay=halt.relay, cause=halt.cause.value, why=halt.reply)
        for trouble, count in report.troubles.items():
            _log.warning("not_sent", why=trouble, mails=count)

    async def _tidy(self) -> None:
        forgotten = await asyncio.to_thread(
            tidy, self._workspace, may_go_on=lambda: not self._stop.is_set()
        )
        if forgotten:
            _log.info("forgotten", editions=forgotten)

    async def _read_bounces(self) -> None:
        report = await asyncio.to_thread(self._bounces_read)
        if report and report.handled:
            counts = {f"as_{what}".replace("-", "_"): n for what, n in report.taken_for.items()}
            _log.info("bounces", suppressed=report.suppressed, **counts)

    def _bounces_read(self) -> Report | None:
        with self._workspace.store.turns.turn("bounces", patience=_NO_PATIENCE) as is_ours:
            return read_mailboxes(self._workspace) if is_ours else None

    async def _finish_deliveries(self) -> None:
        """Wait for the mails in flight and the block being composed, but not for ever."""
        try:
            async with asyncio.timeout(_GRACE.total_seconds()):
                await self._composing.acquire()
                await self._delivering.acquire()
        except TimeoutError:
            _log.warning("mails_in_flight_abandoned", after=str(_GRACE))


def next_minute(clock: Clock) -> datetime:
    """Return when the clock reaches its next full minute, as real time and never sooner.

    Readers' hours are full minutes: a tick a hair too early would find nobody due.
    """
    shown = clock()
    wait = _TICK - timedelta(seconds=shown.second, microseconds=shown.microsecond)
    return datetime.now(UTC) + wait
