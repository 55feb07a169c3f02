"""The public lists of one site, each made once for all who look at it within some seconds."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from digest.core.edition import Match
from digest.core.paper import Paper, PaperId
from digest.core.subscriber import Interests
from digest.pipeline.days import DayList, days_with_papers, list_days, prepare
from digest.pipeline.window import news
from digest.web.kept import Kept
from digest.wiring import Workspace

_FRESH = 15.0  # seconds
_LISTS_FRESH = 60.0
_LISTS, _PAGES = 6, 200
_WORKERS = 2
_FRONT_DAYS, _LAST_DAYS = 7, 3


class Found(NamedTuple):
    """The best papers, how many match at all, among how many, and which words do not work."""

    matches: tuple[Match, ...]
    matched: int
    considered: int
    remarks: tuple[str, ...]


class Catalogue:
    """Lists of papers, and the pages made from them.

    Attributes:
        zone: whose midnight parts the days.
        pages: what was made of the lists, by its address.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.zone = ZoneInfo(workspace.config.digest.timezone)
        self.pages: Kept[bytes] = Kept(seconds=_FRESH, most=_PAGES, workers=_WORKERS)
        self._found: Kept[Found] = Kept(seconds=_FRESH, most=_PAGES, workers=_WORKERS)
        self._last_days: Kept[Sequence[date]] = Kept(seconds=_LISTS_FRESH, most=1)
        self._lists: Kept[DayList] = Kept(seconds=_LISTS_FRESH, most=_LISTS)

    def today(self) -> date:
        """Return the day that it is where the list is at home."""
        return self._workspace.clock().astimezone(self.zone).date()

    def days(self) -> dict[date, int]:
        """Return how many papers came on each day, oldest first; asks the database."""
        return days_with_papers(self._workspace.store.papers, zone=self.zone)

    async def last_days(self) -> Sequence[date]:
        """Return the last few days on which papers came, the latest first."""
        return await self._last_days.get("", lambda: sorted(self.days(), reverse=True)[:_LAST_DAYS])

    def paper(self, number: PaperId) -> Paper | None:
        """Return a paper, whenever it came; asks the database."""
        return self._workspace.store.papers.papers([number]).get(number)

    def seen_on(self, papers: DayList, day: date) -> frozenset[PaperId]:
        """Return which papers were first seen on a day."""
        seen = papers.first_seen.items()
        return frozenset(paper for paper, at in seen if at.astimezone(self.zone).date() == day)

    def front(self, last: date) -> DayList:
        """Return the papers of the week that ends with a day; asks the database."""
        return self._read(last - timedelta(days=_FRONT_DAYS - 1), last)

    async def day(self, day: date) -> DayList:
        """Return the papers of one day."""
        return await self._lists.get(day, lambda: self._read(day, day))

    async def recent(self) -> DayList:
        """Return what the first mail of a new reader is chosen from."""
        return await self._lists.get("recent", self._recent)

    async def best(self, wanted: Interests, *, limit: int) -> Found:
        """Choose recent papers as a mail does, and say what else ``Found`` has."""
        papers = await self.recent()

        def search() -> Found:
            matches, matched = papers.search(wanted, limit=limit)
            remarks = tuple(remark.line for remark in papers.remarks(wanted))
            return Found(matches, matched, len(papers.hottest), remarks)

        return await self._found.get((wanted, limit), search)

    def _read(self, first: date, last: date) -> DayList:
        papers, now = self._workspace.store.papers, self._workspace.clock()
        return list_days(
            papers, first, last, zone=self.zone, now=now, embedder=self._workspace.embedder
        )

    def _recent(self) -> DayList:
        now = self._workspace.clock()
        age = self._workspace.config.digest.max_age
        stored = news(self._workspace.store.papers, now=now, max_age=age)
        return prepare(stored, now=now, embedder=self._workspace.embedder)
