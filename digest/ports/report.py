"""Counts of what is kept: how the list does, told without a single address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from digest.core.bounces import BounceEvent
from digest.core.paper import PaperId
from digest.core.subscriber import Interests


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDay:
    """What became of the editions of one day.

    Attributes:
        day: the local date on which they were due.
        states: how many deliveries stand where now, by ``DeliveryState``.
        usual_wait: from the composing to the next hop's yes, the mean; None when none was sent.
        longest_wait: the longest one, or None.
    """

    day: date
    states: Mapping[str, int]
    usual_wait: timedelta | None = None
    longest_wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPaper:
    """What readers said of a paper, by how many of them said it last.

    Attributes:
        id: its id.
        title: its title.
        url: its page, or "".
        more: who want more like it.
        saved: who put it aside.
        fewer: who want fewer like it.
    """

    id: PaperId
    title: str
    url: str
    more: int
    saved: int
    fewer: int


class ReportStore(Protocol):
    """Counts over everything that is kept; days are UTC unless they are said to be local."""

    def readers(self, *, now: datetime) -> Mapping[str, int]:
        """Return how many readers there are by ``Status``, and how many are ``suppressed``.

        Each reader counts once: whose address must not be mailed is ``suppressed`` where mail
        would come or is paused. A pause that is over is one no more.
        """
        ...

    def arrivals(self, *, since: date) -> Mapping[date, int]:
        """Return how many of the readers came on each day, from a day on."""
        ...

    def deliveries(self, *, first: date, last: date) -> list[DeliveryDay]:
        """Return what became of the editions of each day that had some, oldest first."""
        ...

    def waiting(self) -> Mapping[str, int]:
        """Return how many deliveries are queued, sending, deferred and in doubt now."""
        ...

    def bounces(self, *, since: date) -> Mapping[date, Mapping[str, int]]:
        """Return what came back on each day, by ``BounceKind``; untraced ones apart."""
        ...

    def latest_bounces(self, *, limit: int) -> list[BounceEvent]:
        """Return what came back last, newest first."""
        ...

    def interests(self) -> Iterator[Interests]:
        """Yield what each subscribed reader, active or paused, wants; a few at a time in memory."""
        ...

    def judged(self, *, limit: int) -> tuple[list[JudgedPaper], list[JudgedPaper]]:
        """Return the papers that most readers liked, and those that most disliked.

        Who wants more like a paper or saved it likes it; who wants fewer does not. A reader's
        last word on a work counts, by whatever id it was given.
        """
        ...

    def papers(self, *, since: date) -> Mapping[date, int]:
        """Return how many works were first seen on each day, from a day on."""
        ...
