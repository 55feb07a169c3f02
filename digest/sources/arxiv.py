"""arXiv's query API as a source: papers of some categories by the day they were submitted.

That day is not the day of the announcement, and moderation holds papers for days. Each
harvest therefore looks back further than the one before; the store knows what it has.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from digest.core.harvest import Cursor, Harvest, HarvestState, Parsed
from digest.core.paper import Paper
from digest.sources.arxiv_query import judged, parse, search_query
from digest.sources.getter import Getter, harvest_of, troubled
from digest.sources.trouble import FetchTrouble

HOME = "https://export.arxiv.org"
MIN_INTERVAL = 3.0  # terms of use: one request in three seconds, all of arXiv's services together
PACE_KEY = "arxiv"
LOOK_BACK = timedelta(days=7)  # moderation takes "one to four days, or more"
MOST_RESULTS = 30_000  # the manual's limit for one query
_MOST_REQUESTS = 300
_TRIES_OF_EMPTY_PAGE = 3
_READABLE = frozenset({HarvestState.OK, HarvestState.QUIET, HarvestState.INCOMPLETE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivSource:
    """Papers submitted to some categories, cross-lists included.

    Attributes:
        name: see ``ports.Source``.
        client: the polite client.
        categories: codes such as ``cs.CL``.
        url: takes the place of the upstream's scheme and host, if it is given.
        page_size: entries in one request; the manual allows 2000.
    """

    name: str
    client: Getter
    categories: tuple[str, ...]
    url: str = ""
    page_size: int = 200

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Harvest:
        """Read every page of the window; see ``ports.Source``."""
        query = search_query(
            self.categories, first=(cursor.since or now) - LOOK_BACK, last=now + timedelta(days=1)
        )
        read = _Pages()
        while read.is_wanting:
            try:
                answer = await self.client.get(
                    self._url_of_page(query, start=read.seen),
                    accept="application/atom+xml",
                    min_interval=MIN_INTERVAL,
                    pace_key=PACE_KEY,
                )
            except FetchTrouble as trouble:
                failed = troubled(trouble, cursor=cursor)
                return replace(failed, papers=read.papers, skipped=read.skipped)
            read = read.joined(await asyncio.to_thread(parse, answer.body, source=self.name))
        return harvest_of(read.as_one(), before=cursor, after=Cursor(since=now))

    def _url_of_page(self, query: str, *, start: int) -> str:
        parameters = {
            "search_query": query,
            "start": start,
            "max_results": self.page_size,
            "sortBy": "submittedDate",
            "sortOrder": "descending",
        }
        return f"{(self.url or HOME).rstrip('/')}/api/query?{urlencode(parameters)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """What the pages so far amount to.

    Attributes:
        papers: all papers read.
        skipped: all entries that could not be.
        seen: entries of either kind, and where the next page starts.
        asked: requests made.
        empty: pages without any entry since the last that had some.
        last: the newest page.
    """

    papers: tuple[Paper, ...] = ()
    skipped: tuple[str, ...] = ()
    seen: int = 0
    asked: int = 0
    empty: int = 0
    last: Parsed | None = None

    @property
    def is_wanting(self) -> bool:
        """True while another request may bring more.

        arXiv sends empty pages by mistake, so one is asked for again before it is believed.
        """
        if self.last is None:
            return True
        return (
            self.last.state in _READABLE
            and self.seen < min(self.last.total or 0, MOST_RESULTS)
            and self.empty < _TRIES_OF_EMPTY_PAGE
            and self.asked < _MOST_REQUESTS
        )

    def joined(self, page: Parsed) -> "_Pages":
        """Add a page."""
        found = len(page.papers) + len(page.skipped)
        return _Pages(
            papers=self.papers + page.papers,
            skipped=self.skipped + page.skipped,
            seen=self.seen + found,
            asked=self.asked + 1,
            empty=0 if found else self.empty + 1,
            last=page,
        )

    def as_one(self) -> Parsed:
        """Judge all pages together."""
        last = self.last or Parsed()
        whole = replace(last, papers=self.papers, skipped=self.skipped)
        if last.state not in _READABLE:
            return whole
        return judged(whole, found=self.seen, promised=last.total or 0)
