"""Trending: what the community cares about now, for readers who told no interests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from digest.core.edition import Match
from digest.core.paper import Paper
from digest.core.rank.heat import Pasts, age_of, thermometer
from digest.core.rank.signals import signal_reasons

_HALF_WAY = 2.0  # heat of a score of a half: some ten upvotes on the first day
_NO_PAST: Pasts = MappingProxyType({})


def trending(
    papers: Sequence[Paper], *, now: datetime, limit: int, pasts: Pasts = _NO_PAST
) -> tuple[Match, ...]:
    """Return the hottest papers: those whose numbers grow fastest; ties and the rest by date.

    Args:
        papers: the papers, their signals as last seen.
        now: the present.
        limit: the most wanted.
        pasts: earlier sightings of their numbers, as far as known; two or three tell a steady
            growth from a spike.
    """
    taken = thermometer(papers, pasts, now)
    heats: Mapping[int, float] = {number: taken.heat(paper) for number, paper in enumerate(papers)}
    order = sorted(heats, key=lambda number: (-heats[number], age_of(papers[number], now)))
    return tuple(_match(papers[number], heats[number]) for number in order[: max(limit, 0)])


def _match(paper: Paper, heat: float) -> Match:
    reasons = signal_reasons(paper.signals, heat)
    return Match(paper=paper, score=heat / (heat + _HALF_WAY), reasons=reasons)
