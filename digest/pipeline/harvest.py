"""Ask every source for what is new and store it: papers, signals, cursor and state."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.core.harvest import Harvest, HarvestState
from digest.ports import Added, PaperStore, Source, SourceRecord, Turns

_PATIENCE = timedelta(minutes=1)  # with another process that asks the same source


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What came of one source.

    Attributes:
        name: the source.
        state: what its answer amounted to.
        detail: one line for people when the state is not good, or records were skipped.
        papers: how many papers the answer held.
        new: how many of them nobody had told us before.
        skipped: one line for each record that could not be read.
    """

    name: str
    state: HarvestState
    detail: str = ""
    papers: int = 0
    new: int = 0
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestReport:
    """What came of all sources asked."""

    sources: tuple[SourceReport, ...] = ()

    @property
    def new(self) -> int:
        """How many papers were new."""
        return sum(source.new for source in self.sources)

    @property
    def troubled(self) -> tuple[SourceReport, ...]:
        """The sources that gave no good answer."""
        return tuple(source for source in self.sources if not source.state.is_good)


async def harvest(
    sources: Sequence[Source],
    papers: PaperStore,
    turns: Turns,
    *,
    clock: Callable[[], datetime],
    since: datetime | None = None,
    wanted: Callable[[SourceRecord], bool] = lambda _record: True,
    told: Callable[[SourceReport], None] = lambda _report: None,
) -> HarvestReport:
    """Ask all sources at once and store what each says as soon as it has said it.

    Args:
        sources: whom to ask; each is polite by itself.
        papers: where to store.
        turns: who asks what.
        clock: gives the present (UTC).
        since: ask for everything since this, whatever the cursors say.
        wanted: whether to ask a source of which this is known, once its turn has come; those
            not asked are not in the report.
        told: called with each source's report as it comes.
    """

    async def one(source: Source) -> SourceReport | None:
        async with _turn(turns, f"harvest {source.name}"):
            record = await asyncio.to_thread(papers.source_record, source.name)
            if not wanted(record):
                return None
            report = await _harvest_one(source, record, papers, clock, since)
        told(report)
        return report

    reports = await asyncio.gather(*map(one, sources))
    return HarvestReport(sources=tuple(report for report in reports if report))


@asynccontextmanager
async def _turn(turns: Turns, what: str) -> AsyncIterator[None]:
    """Wait for a turn without holding up the loop; go on without it after a while."""
    turn = turns.turn(what, patience=_PATIENCE)
    await asyncio.to_thread(turn.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(turn.__exit__, None, None, None)


async def _harvest_one(
    source: Source,
    record: SourceRecord,
    papers: PaperStore,
    clock: Callable[[], datetime],
    since: datetime | None,
) -> SourceReport:
    if record.not_before and clock() < record.not_before:
        return SourceReport(
            name=source.name,
            state=HarvestState.RATE_LIMITED,
            detail=f"asked us to wait until {record.not_before:%Y-%m-%d %H:%M:%S} UTC",
        )
    cursor = record.cursor
    if since:
        cursor = replace(cursor, since=since, etag="", last_modified="", batch="")
    answer = await source.fetch(cursor, now=clock())
    added = await asyncio.to_thread(_store, papers, source.name, answer, clock())
    return SourceReport(
        name=source.name,
        state=answer.state,
        detail=answer.remark,
        papers=len(answer.papers),
        new=added.new,
        skipped=answer.skipped,
    )


def _store(papers: PaperStore, name: str, answer: Harvest, now: datetime) -> Added:
    return papers.record_harvest(name, answer, now=now, not_before=answer.retry_after)
