"""The daemon: harvest each source in its rhythm, send to each reader at their hour.

APScheduler is the metronome only: every minute it asks "who is due?", and the pure
``schedule.due`` with the editions already stored decides. A tick that comes late (its
default would drop one later than a second) still asks the same question, so after
downtime each reader gets one edition, never a burst.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from digest.config import BouncesSettings
from digest.core.outcome import Fault
from digest.core.schedule import due, due_at
from digest.errors import DigestError
from digest.pipeline.due import DueBlock
from digest.pipeline.harvest import SourceReport
from digest.wiring import Workspace
from digest.wiring.bounces import read_mailboxes
from digest.wiring.clock import Clock

_TICK = timedelta(minutes=1)
_FIRST_RETRY = timedelta(minutes=5)
_LATE = timedelta(minutes=10)
_GRACE = timedelta(minutes=2)

_log = structlog.get_logger("digest.daemon")


class Daemon:
    """Runs one workspace until it is told to stop.

    Args:
        workspace: open; it stays open after ``run`` has ended.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stop = asyncio.Event()
        self._composing = asyncio.Lock()
        self._delivering = asyncio.Lock()
        self._first_harvests: set[str] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT; mails in flight are finished, no more are begun."""
        self._catch_signals()
        self._add_jobs()
        self._scheduler.start()
        _log.info("started", sources=len(self._workspace.config.sources), pid=os.getpid())
        await self._stop.wait()
        _log.info("stopping")
        self._scheduler.pause()
        await self._finish_deliveries()
        self._scheduler.shutdown(wait=False)
        _log.info("stopped")

    def stop(self) -> None:
        """Begin to stop; asked twice, end at once (as a crash: the store is safe)."""
        if self._stop.is_set():
            os._exit(1)
        self._stop.set()

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)

    def _add_jobs(self) -> None:
        now = datetime.now(UTC)
        for source in self._workspace.config.sources:
            first = self._first_harvest(source.name, source.every, now)
            if first == now:
                self._first_harvests.add(source.name)
            self._scheduler.add_job(
                partial(_guarded, "harvest", partial(self._harvest, source.name, source.every)),
                IntervalTrigger(seconds=int(source.every.total_seconds()), timezone=UTC),
                id=_harvest_job(source.name),
                next_run_time=first,
            )
        tick = IntervalTrigger(
            seconds=int(_TICK.total_seconds()),
            start_date=next_minute(self._workspace.clock),
            timezone=UTC,
        )
        compose = partial(_guarded, "compose", self._compose)
        deliver = partial(_guarded, "deliver", self._deliver)
        self._ask_who_is_due()
        self._scheduler.add_job(compose, tick, id="compose")
        self._scheduler.add_job(deliver, tick, id="deliver", next_run_time=now)
        if settings := self._workspace.config.bounces:
            self._add_bounces(settings, now)

    def _ask_who_is_due(self) -> None:
        """Catch up out of turn, once the first harvests are in: yesterday's papers alone are old.

        A source in trouble holds nobody up: the tick of every minute waits for none.
        """
        if not self._first_harvests:
            self._out_of_turn("compose", self._compose)

    def _out_of_turn(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run soon, as a job of its own: a job that still runs would have this turn dropped."""
        self._scheduler.add_job(partial(_guarded, what, work))

    def _add_bounces(self, settings: BouncesSettings, now: datetime) -> None:
        if settings.has_mailbox:
            self._scheduler.add_job(
                partial(_guarded, "bounces", self._read_bounces),
                IntervalTrigger(seconds=int(settings.every.total_seconds()), timezone=UTC),
                id="bounces",
                next_run_time=now,
            )

    def _first_harvest(self, name: str, every: timedelta, now: datetime) -> datetime:
        """Return when to ask first: at once, unless the last good answer is still fresh."""
        good_at = self._workspace.store.papers.source_record(name).good_at
        return max(now, good_at + every) if good_at else now

    async def _harvest(self, name: str, every: timedelta) -> None:
        try:
            report = await self._workspace.harvest([name])
        finally:
            self._first_harvests.discard(name)
            self._ask_who_is_due()
        for source in report.sources:
            if source.state.is_good:
                _log.info("harvested", source=name, state=source.state.value, new=source.new)
            else:
                self._ask_again_sooner(source, every)

    def _ask_again_sooner(self, source: SourceReport, every: timedelta) -> None:
        record = self._workspace.store.papers.source_record(source.name)
        wait = min(every, _FIRST_RETRY * (1 << min(max(record.failures - 1, 0), 10)))
        _log.warning(
            "source_in_trouble",
            source=source.name,
            state=source.state.value,
            detail=source.detail,
            again_in=str(wait),
        )
        at = datetime.now(UTC) + wait
        self._scheduler.modify_job(_harvest_job(source.name), next_run_time=at)

    async def _compose(self) -> None:
        async with self._composing:
            made = await asyncio.to_thread(self._compose_due)
        if made:
            self._out_of_turn("deliver", self._deliver)

    def _compose_due(self) -> int:
        now, late = self._workspace.clock(), 0

        def noted(blocks: Iterable[DueBlock]) -> Iterator[DueBlock]:
            nonlocal late
            for block in blocks:
                if self._stop.is_set():
                    return
                late += sum(now - due_at(reader.schedule, slot) > _LATE for reader, slot in block)
                yield block

        report = self._workspace.compose(noted(self._workspace.due(due)))
        if report and report.composed:
            _log.info("composed", editions=report.composed, empty=report.empty, late=late)
        return report.composed if report else 0

    async def _deliver(self) -> None:
        async with self._delivering:
            await asyncio.to_thread(self._workspace.recover)
            resting = frozenset(self._workspace.resting_relays())
            deliver = partial(self._workspace.deliver, stop=self._stop, resting=resting)
            # In a loop of its own, which a commit may stop; pages and harvests go on in this one.
            report = await asyncio.to_thread(lambda: asyncio.run(deliver()))
        if report.states:
            counts = {state.value: number for state, number in report.states.items()}
            _log.info("delivered", **counts)
        for halt in report.halts:
            log = _log.error if halt.fault is Fault.OURS else _log.warning
            log("relay_stopped", relay=halt.relay, cause=halt.cause.value, why=halt.reply)
        for trouble, count in report.troubles.items():
            _log.warning("not_sent", why=trouble, mails=count)

    async def _read_bounces(self) -> None:
        report = await asyncio.to_thread(read_mailboxes, self._workspace)
        if report.handled:
            counts = {f"as_{what}".replace("-", "_"): n for what, n in report.taken_for.items()}
            _log.info("bounces", suppressed=report.suppressed, **counts)

    async def _finish_deliveries(self) -> None:
        """Wait for the mails in flight and the block being composed, but not for ever."""
        try:
            async with asyncio.timeout(_GRACE.total_seconds()):
                await self._composing.acquire()
                await self._delivering.acquire()
        except TimeoutError:
            _log.warning("mails_in_flight_abandoned", after=str(_GRACE))


async def _guarded(what: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run one job; an expected error is a line in the log, and the next tick tries again."""
    try:
        await work()
    except DigestError as error:
        _log.error("job_failed", job=what, why=str(error))


def next_minute(clock: Clock) -> datetime:
    """Return when the clock reaches its next full minute, as real time and never sooner.

    Readers' hours are full minutes: a tick a hair too early would find nobody due.
    """
    shown = clock()
    wait = _TICK - timedelta(seconds=shown.second, microseconds=shown.microsecond)
    return datetime.now(UTC) + wait


def _harvest_job(name: str) -> str:
    return f"harvest {name}"
