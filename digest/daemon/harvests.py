"""Ask each source in its rhythm, or see that another process has done it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from digest.daemon.jobs import Jobs
from digest.pipeline.harvest import SourceReport
from digest.ports import SourceRecord
from digest.wiring import Workspace

_FIRST_RETRY = timedelta(minutes=5)
_log = structlog.get_logger("digest.daemon")


class Harvests:
    """The harvests of one daemon.

    Several daemons on one store share them: who comes second sees that the source was
    asked, and comes back when it is to be asked again.

    Args:
        workspace: open.
        jobs: where harvests are repeated.
        done: called after each.
    """

    def __init__(self, workspace: Workspace, jobs: Jobs, *, done: Callable[[], None]) -> None:
        self._workspace = workspace
        self._jobs = jobs
        self._done = done
        self._first: set[str] = set()
        self._asked: dict[str, datetime | None] = {}

    @property
    def are_in(self) -> bool:
        """True once every source that was to be asked at the start has been."""
        return not self._first

    def begin(self) -> None:
        """Repeat them from now on."""
        for source in self._workspace.config.sources:
            record = self._workspace.store.papers.source_record(source.name)
            self._asked[source.name] = record.checked_at
            wait = self._until_first(record, source.every)
            if not wait:
                self._first.add(source.name)
            work = partial(self._harvest, source.name, source.every)
            first = datetime.now(UTC) + wait
            self._jobs.repeat(_job(source.name), work, every=source.every, first=first)

    def _until_first(self, record: SourceRecord, every: timedelta) -> timedelta:
        """Return how long the last good answer is fresh, by the clock that it was told by."""
        if record.good_at is None:
            return timedelta(0)
        return max(record.good_at + every - self._workspace.clock(), timedelta(0))

    async def _harvest(self, name: str, every: timedelta) -> None:
        wanted = partial(self._is_wanted, every=every)
        try:
            report = await self._workspace.harvest([name], wanted=wanted)
        finally:
            self._first.discard(name)
            self._done()
        record = self._workspace.store.papers.source_record(name)
        self._asked[name] = record.checked_at
        for source in report.sources:
            if source.state.is_good:
                _log.info("harvested", source=name, state=source.state.value, new=source.new)
            else:
                self._ask_again_sooner(source, record, every)
        if not report.sources:
            wait = next_asking(record, every) - self._workspace.clock()
            self._jobs.move(_job(name), datetime.now(UTC) + wait)

    def _is_wanted(self, record: SourceRecord, every: timedelta) -> bool:
        """Tell whether to ask: not when somebody else did since, and it is not time again."""
        is_ours = record.checked_at == self._asked[record.name]
        return is_ours or self._workspace.clock() >= next_asking(record, every)

    def _ask_again_sooner(
        self, source: SourceReport, record: SourceRecord, every: timedelta
    ) -> None:
        wait = _retry(record, every)
        _log.warning(
            "source_in_trouble",
            source=source.name,
            state=source.state.value,
            detail=source.detail,
            again_in=str(wait),
        )
        self._jobs.move(_job(source.name), datetime.now(UTC) + wait)


def next_asking(record: SourceRecord, every: timedelta) -> datetime:
    """Return when a source that was asked is to be asked again."""
    asked = record.checked_at or datetime.min.replace(tzinfo=UTC)
    return asked + (_retry(record, every) if record.failures else every)


def _retry(record: SourceRecord, every: timedelta) -> timedelta:
    return min(every, _FIRST_RETRY * (1 << min(max(record.failures - 1, 0), 10)))


def _job(source: str) -> str:
    return f"harvest {source}"
