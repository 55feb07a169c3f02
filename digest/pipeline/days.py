"""The public lists: papers by the local day on which they were first seen, and searches."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from digest.core.edition import Match
from digest.core.paper import PaperId
from digest.core.rank import Pool, Profile, Remark, allowed, examine, rank, trending
from digest.core.subscriber import Interests
from digest.pipeline.embed import Embedder
from digest.ports import PaperStore, StoredPaper

_FIRST_DAY = date(1991, 1, 1)  # there were no preprint servers before


@dataclass(frozen=True, kw_only=True)  # no slots: the pool is made when somebody searches
class DayList:
    """Papers first seen on some days.

    Attributes:
        hottest: all of them, what the community loves most first.
        first_seen: when each was first seen (UTC).
        embedder: makes searches go by meaning too, as far as the papers' vectors are stored;
            None goes by words alone.
    """

    hottest: tuple[Match, ...]
    first_seen: Mapping[PaperId, datetime]
    embedder: Embedder | None = None

    @cached_property
    def pool(self) -> Pool:
        """The papers, ready to be ranked."""
        papers = [match.paper for match in self.hottest]
        return Pool(papers, vectors=self.embedder.known(papers) if self.embedder else None)

    def search(self, wanted: Interests, *, limit: int) -> tuple[tuple[Match, ...], int]:
        """Choose papers as mails do; return the best, and how many match at all.

        Interests that draw nothing get the hottest papers, but for what they exclude.
        """
        if not self.hottest:
            return (), 0
        profile = Profile(id="", interests=wanted, limit=limit)
        if wanted.is_empty:
            (may,) = allowed(self.pool, [profile])
            left = [
                match for match, is_allowed in zip(self.hottest, may, strict=True) if is_allowed
            ]
            return tuple(left[:limit]), len(left)
        meanings = self.embedder.asked(profile) if self.embedder else None
        (ranking,) = rank(self.pool, [profile], meanings=meanings)
        return ranking.matches, ranking.matched

    def remarks(self, wanted: Interests) -> tuple[Remark, ...]:
        """Return a remark on each keyword that does not work among these papers."""
        return examine(self.pool, wanted)


def list_days(
    papers: PaperStore,
    first: date,
    last: date,
    *,
    zone: ZoneInfo,
    now: datetime,
    embedder: Embedder | None = None,
) -> DayList:
    """Read the papers first seen from one local day to another, both included."""
    begin, end = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    return prepare(papers.papers_between(begin, end), now=now, embedder=embedder)


def prepare(
    stored: Sequence[StoredPaper], *, now: datetime, embedder: Embedder | None = None
) -> DayList:
    """Prepare papers to be listed and searched."""
    texts = [paper.paper for paper in stored]
    return DayList(
        hottest=trending(texts, now=now, limit=len(texts)),
        first_seen={each.paper.id: each.first_seen for each in stored},
        embedder=embedder,
    )


def days_with_papers(papers: PaperStore, *, zone: ZoneInfo) -> dict[date, int]:
    """Return how many papers were first seen on each local day that had any, oldest first."""
    counts: Counter[date] = Counter()
    for at, number in papers.first_seen_times():
        counts[at.astimezone(zone).date()] += number
    return dict(sorted(counts.items()))


def is_listed(day: date, *, today: date) -> bool:
    """Tell whether a day may have a list: no paper comes from the future."""
    return _FIRST_DAY <= day <= today


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
