"""Trending: what the community cares about now, for readers who told no interests."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from digest.core.edition import Match
from digest.core.paper import Paper
from digest.core.rank.signals import signal_reasons, warmth

_UNDATED = timedelta(days=7)
_YOUTH = 2.0  # days for which a paper hardly cools
_COOLING = 1.5
_HALF_WAY = 2.0  # heat of a score of a half: some ten upvotes on the first day


def trending(papers: Sequence[Paper], *, now: datetime, limit: int) -> tuple[Match, ...]:
    """Return the hottest papers: signals weighed by age, ties and the rest by date."""
    heats = {number: _heat(paper, now) for number, paper in enumerate(papers)}
    order = sorted(heats, key=lambda number: (-heats[number], _age(papers[number], now)))
    return tuple(_match(papers[number], heats[number]) for number in order[: max(limit, 0)])


def _match(paper: Paper, heat: float) -> Match:
    reasons = signal_reasons(paper.signals, heat)
    return Match(paper=paper, score=heat / (heat + _HALF_WAY), reasons=reasons)


def _heat(paper: Paper, now: datetime) -> float:
    days = _age(paper, now) / timedelta(days=1)
    return warmth(paper.signals) / float((days + _YOUTH) ** _COOLING)


def _age(paper: Paper, now: datetime) -> timedelta:
    if paper.published is None:
        return _UNDATED
    return max(now - paper.published, timedelta(0))
