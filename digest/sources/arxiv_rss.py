"""arXiv's feeds of announcements as a source: the day's batch, and whether it is the day's."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from digest.core.harvest import Cursor, Harvest, HarvestState, Parsed
from digest.sources.arxiv import MIN_INTERVAL, PACE_KEY
from digest.sources.arxiv_calendar import expected_batch
from digest.sources.arxiv_feed import day_of, parse
from digest.sources.getter import Getter, harvest_of, is_not_modified, troubled
from digest.sources.trouble import FetchTrouble

HOME = "https://rss.arxiv.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivRssSource:
    """What arXiv announced last in some categories, cross-lists included.

    Attributes:
        name: see ``ports.Source``.
        client: the polite client.
        categories: codes such as ``cs.CL``.
        url: takes the place of the upstream's scheme and host, if it is given.
    """

    name: str
    client: Getter
    categories: tuple[str, ...]
    url: str = ""

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Harvest:
        """Read today's feed; see ``ports.Source``."""
        try:
            answer = await self.client.get(
                f"{(self.url or HOME).rstrip('/')}/rss/{'+'.join(map(quote, self.categories))}",
                etag=cursor.etag,
                last_modified=cursor.last_modified,
                accept="application/rss+xml",
                min_interval=MIN_INTERVAL,
                pace_key=PACE_KEY,
            )
        except FetchTrouble as trouble:
            return troubled(trouble, cursor=cursor)
        if is_not_modified(answer):
            seen = Parsed(state=HarvestState.UNCHANGED, batch=cursor.batch)
            return harvest_of(in_time(seen, cursor=cursor, now=now), before=cursor, after=cursor)
        read = await asyncio.to_thread(parse, answer.body, source=self.name)
        after = Cursor(
            since=now, etag=answer.etag, last_modified=answer.last_modified, batch=read.batch
        )
        return harvest_of(in_time(read, cursor=cursor, now=now), before=cursor, after=after)


def in_time(read: Parsed, *, cursor: Cursor, now: datetime) -> Parsed:
    """Judge a good reading by the calendar: a batch older than the one that is due is STALE."""
    day, due = day_of(read.batch), expected_batch(now)
    if not read.state.is_good:
        return read
    if day and day < due:
        detail = f"the feed is still that of {day}; that of {due} is due (a holiday?)"
        return replace(read, state=HarvestState.STALE, detail=detail)
    if read.batch and read.batch == cursor.batch:
        return Parsed(state=HarvestState.UNCHANGED, batch=read.batch)
    return read
