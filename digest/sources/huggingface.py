"""Hugging Face's daily papers: what a community sent in, with its votes.

API: https://huggingface.co/docs/hub/api, "Papers". A day's list grows all day and its votes
for days after, so each list is fetched on three days; one that failed once heals itself.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from digest.core.harvest import Cursor, Harvest, HarvestState, Parsed
from digest.core.paper import Paper, PaperId, Signals
from digest.core.records import count_of
from digest.core.text import clean, safe_url
from digest.sources.arxiv_paper import ArxivEntry, arxiv_paper, time_or_none
from digest.sources.entries import NoNewsError, read_entries, unreadable
from digest.sources.getter import Getter, harvest_of, troubled
from digest.sources.json import read_json
from digest.sources.trouble import FetchTrouble
from digest.sources.unreadable import state_of_error

HOME = "https://huggingface.co"
DAYS = 3
PAGE_SIZE = 100  # the API's limit
_MOST_PAGES = 5
_MIN_INTERVAL = 1.0  # 500 requests in five minutes are allowed
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HuggingFaceSource:
    """The lists of today and of the two days before.

    Attributes:
        name: see ``ports.Source``.
        client: the polite client.
        url: takes the place of the upstream's scheme and host, if it is given.
    """

    name: str
    client: Getter
    url: str = ""

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Harvest:
        """Read the lists, newest first; see ``ports.Source``."""
        today = now.astimezone(UTC).date()
        days = [today - timedelta(days=back) for back in range(DAYS)]
        pages: list[Parsed] = []
        try:
            for day in days:
                pages += await self._pages_of(day)
        except FetchTrouble as trouble:
            return replace(troubled(trouble, cursor=cursor), papers=_papers_of(pages))
        return harvest_of(joined(pages, days=days), before=cursor, after=Cursor(since=now))

    async def _pages_of(self, day: date) -> list[Parsed]:
        """Read one day's list; a full page may have another behind it."""
        pages: list[Parsed] = []
        for number in range(_MOST_PAGES):
            parameters = {"date": day.isoformat(), "limit": PAGE_SIZE, "p": number}
            answer = await self.client.get(
                f"{(self.url or HOME).rstrip('/')}/api/daily_papers?{urlencode(parameters)}",
                accept="application/json",
                min_interval=_MIN_INTERVAL,
                pace_key="huggingface",
            )
            page = await asyncio.to_thread(parse, answer.body, source=self.name)
            pages.append(page)
            if len(page.papers) + len(page.skipped) < PAGE_SIZE:
                break
        return pages


def parse(body: bytes, *, source: str = "huggingface") -> Parsed:
    """Read one page of a list."""
    try:
        answer = read_json(body)
    except FetchTrouble as trouble:
        return unreadable(trouble)
    if isinstance(answer, dict) and "error" in answer:
        said = clean(str(answer["error"]))[:200]
        return Parsed(state=state_of_error(said), detail=f"Hugging Face says: {said}")
    if not isinstance(answer, list):
        return Parsed(state=HarvestState.MALFORMED, detail="no list of papers")
    read = read_entries(answer, lambda item: _paper(item, source=source), noun="item")
    return read if answer else replace(read, state=HarvestState.QUIET)


def joined(pages: Iterable[Parsed], *, days: Iterable[date]) -> Parsed:
    """Judge several lists together.

    Nobody sends papers in at the weekend, and today's list may not have begun. But a working
    day that is over has papers: when all lists are empty, it was not asked well.

    Args:
        pages: what was read.
        days: the days whose lists these are, today first.
    """
    pages = list(pages)
    whole = Parsed(
        papers=_papers_of(pages), skipped=tuple(line for page in pages for line in page.skipped)
    )
    if failed := next((page for page in pages if not page.state.is_good), None):
        return replace(whole, state=failed.state, detail=failed.detail)
    if whole.papers or whole.skipped:
        return whole
    _, *finished = days
    if working := [day for day in finished if day.weekday() < _SATURDAY]:
        detail = f"all lists are empty, even that of {working[0]} (a holiday?)"
        return replace(whole, state=HarvestState.STALE, detail=detail)
    return replace(whole, state=HarvestState.QUIET)


def _papers_of(pages: Iterable[Parsed]) -> tuple[Paper, ...]:
    """Return every paper once, as the newest list has it."""
    papers: dict[PaperId, Paper] = {}
    for page in pages:
        for paper in page.papers:
            papers.setdefault(paper.id, paper)
    return tuple(papers.values())


def _paper(item: object, *, source: str) -> Paper:
    """Read one item; the outer ``publishedAt`` names the wrong day and is not used."""
    outer = _mapping(item)
    told = _mapping(outer.get("paper"))
    paper = arxiv_paper(
        ArxivEntry(
            identifier=_text(told, "id"),
            title=_text(told, "title"),
            abstract=_text(told, "summary"),
            authors=_shown_names(told.get("authors")),
            categories=(),
            published=time_or_none(_text(told, "publishedAt")),
        ),
        source=source,
    )
    if told.get("withdrawnAt"):
        raise NoNewsError(f"{paper.id}: withdrawn")
    return replace(
        paper,
        code_url=safe_url(_text(told, "githubRepo")) or paper.code_url,
        discussion_url=f"{HOME}/papers/{paper.id.key}",
        signals=Signals(
            upvotes=count_of(told.get("upvotes")),
            comments=count_of(outer.get("numComments")),
            stars=count_of(told.get("githubStars")),
        ),
    )


def _shown_names(authors: object) -> list[str]:
    """Return the names of those who do not hide theirs."""
    people = [_mapping(author) for author in authors] if isinstance(authors, list) else []
    return [_text(person, "name") for person in people if not person.get("hidden")]


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(told: Mapping[str, object], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""
