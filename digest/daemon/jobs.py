"""What the daemon repeats, and what it does out of turn, each guarded against its errors.

APScheduler is the metronome only. Its default would drop a job that comes later than a
second; here a late one is run, once. Its own log lines name its objects and no job of ours, and
tell of each job that a stop cuts off: they are kept back, and what matters is told here.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from digest.errors import DigestError, StoreError

_AGAIN = timedelta(seconds=5)
_log = structlog.get_logger("digest.daemon")

Work = Callable[[], Awaitable[None]]


class Jobs:
    """Runs work in the event loop in which it is started."""

    def __init__(self) -> None:
        self._again: set[str] = set()
        self._told: set[str] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(self._tell_of_skipped, EVENT_JOB_MAX_INSTANCES)
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def pause(self) -> None:
        """Begin nothing more."""
        self._scheduler.pause()

    def shut_down(self) -> None:
        """Forget everything; what still runs is not waited for."""
        self._scheduler.shutdown(wait=False)

    def repeat(
        self,
        name: str,
        work: Work,
        *,
        every: timedelta,
        first: datetime,
        on: datetime | None = None,
    ) -> None:
        """Repeat work, under a name of its own.

        Args:
            name: for the log, and for ``move``.
            work: what to do.
            every: how often; whole seconds.
            first: when to begin (real time).
            on: a moment that the rhythm goes through; ``first`` when None.
        """
        self._scheduler.add_job(
            partial(self._guarded, name, work),
            IntervalTrigger(seconds=int(every.total_seconds()), start_date=on, timezone=UTC),
            id=name,
            next_run_time=first,
        )

    def move(self, name: str, at: datetime) -> None:
        """Have the next turn of something repeated at another time (real time)."""
        self._scheduler.modify_job(name, next_run_time=at)

    def out_of_turn(self, name: str, work: Work) -> None:
        """Run soon, as a job of its own: a job that still runs would have this turn dropped."""
        self._scheduler.add_job(partial(self._guarded, name, work))

    async def _guarded(self, name: str, work: Work) -> None:
        """Run one job; an expected error is a line in the log, and the next turn tries again.

        A store that was away for a moment is tried again soon. A stop cuts jobs off: no error.
        """
        try:
            await work()
        except DigestError as error:
            _log.error("job_failed", job=name, why=str(error))
            if isinstance(error, StoreError) and error.temporary:
                self._try_again(name, work)
        except Exception:  # noqa: BLE001 - the other jobs go on, and nothing is swallowed
            _log.exception("job_failed", job=name)
        finally:
            self._told.discard(name)

    def _tell_of_skipped(self, event: JobSubmissionEvent) -> None:
        """Tell once that turns are left out because the one before still runs."""
        if event.job_id not in self._told:
            self._told.add(event.job_id)
            _log.info("turn_left_out", job=event.job_id, why="the one before still runs")

    def _try_again(self, name: str, work: Work) -> None:
        if name in self._again:
            return

        async def again() -> None:
            self._again.discard(name)
            await self._guarded(name, work)

        self._again.add(name)
        self._scheduler.add_job(again, "date", run_date=datetime.now(UTC) + _AGAIN)
