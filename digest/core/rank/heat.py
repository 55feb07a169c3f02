"""Heat: how fast the community's numbers of a paper grow, for its age.

A number grew between the times at which it was seen. Each growth cools with the time that it
may have taken and with the paper's age, as news cool on Hacker News (Salihefendic, "How
Hacker News ranking algorithm works", 2010). What is far above the usual counts by its
logarithm alone, after the winsorised mean, so that one crowd of votes makes no favourite.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from statistics import median
from typing import NamedTuple

from digest.core.paper import Paper, PaperId, Sighting
from digest.core.rank.signals import KINDS, worth

DAY = timedelta(days=1)
_UNDATED = timedelta(days=7)
_YOUTH = 2.0  # days for which a paper hardly cools
_COOLING = 1.5
_USUAL = 5  # times what a paper of the window gathers: more at once is a spike
_NEVER_A_SPIKE = 20.0  # upvotes
_DOUBT = 3.0  # upvotes at which a paper's heat counts half

Pasts = Mapping[PaperId, Sequence[Sighting]]


class _Growth(NamedTuple):
    """What a number gained, in upvotes, and how many days that may have taken."""

    kind: str
    gain: float
    days: float


@dataclass(frozen=True, slots=True)
class Thermometer:
    """Takes the heat of papers.

    Attributes:
        pasts: earlier sightings of the papers' numbers, as far as known.
        spikes: by kind, what a growth may gain before it counts as a spike, in upvotes.
        now: the present.
    """

    pasts: Pasts
    spikes: Mapping[str, float]
    now: datetime

    def heat(self, paper: Paper) -> float:
        """Return a paper's heat, in upvotes a day to the power of 1.5; few votes are doubted."""
        age = age_of(paper, self.now)
        gained = heat = 0.0
        for growth in _growths(paper, self.pasts.get(paper.id, ()), age, self.now):
            gain = _damped(growth.gain, self.spikes[growth.kind])
            gained += gain
            days = (age / DAY + growth.days) / 2
            heat += gain / float((days + _YOUTH) ** _COOLING)
        return heat * gained / (gained + _DOUBT) if gained else 0.0


def thermometer(papers: Sequence[Paper], pasts: Pasts, now: datetime) -> Thermometer:
    """Find out what is usual among these papers."""
    return Thermometer(pasts, {kind: _spike(kind, papers) for kind in KINDS}, now)


def age_of(paper: Paper, now: datetime) -> timedelta:
    """Return how old a paper is; one without a date counts as a week old."""
    if paper.published is None:
        return _UNDATED
    return max(now - paper.published, timedelta(0))


def _growths(
    paper: Paper, past: Sequence[Sighting], age: timedelta, now: datetime
) -> Iterator[_Growth]:
    for kind in KINDS:
        seen = sorted((each for each in past if each.kind == kind), key=lambda each: each.at)
        values = [*(each.number for each in seen), getattr(paper.signals, kind) or 0]
        starts = [age, *(min(now - each.at, age) for each in seen)]
        if seen:  # a number that stays is not stored again: it was the same a day ago
            starts[-1] = min(starts[-1], DAY)
        before = 0.0
        for place, start in enumerate(starts):
            # Votes may be taken back: what went since never counted.
            reached = worth(kind, min(values[place:]))
            yield _Growth(kind, reached - before, start / DAY)
            before = reached


def _spike(kind: str, papers: Sequence[Paper]) -> float:
    gathered = [worth(kind, getattr(paper.signals, kind)) for paper in papers]
    usual = median([each for each in gathered if each] or [0.0])
    return max(_USUAL * usual, _NEVER_A_SPIKE)


def _damped(gain: float, spike: float) -> float:
    return gain if gain <= spike else spike * (1 + log(gain / spike))
