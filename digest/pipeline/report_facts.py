"""What the operator's report says, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from digest.ports.papers import SourceRecord
from digest.ports.relays import RelayRecord
from digest.ports.report import DeliveryDay, JudgedPaper


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name, and how many readers gave it."""

    name: str
    readers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What subscribed readers want, most wanted first.

    Attributes:
        readers: how many were asked.
        without: how many have no interests, and get the trending list.
        keywords, categories, authors: what most of them named.
    """

    readers: int
    without: int
    keywords: Sequence[Named]
    categories: Sequence[Named]
    authors: Sequence[Named]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """Something that came back; ``reader`` is a number, None when it could not be traced."""

    seen_at: datetime
    kind: str
    reader: int | None
    status: str
    diagnostic: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How things stand now.

    Attributes:
        now: when that is (UTC).
        readers: by where they stand.
        waiting: deliveries that are not settled, by state.
        suppressed: addresses that must not be mailed, by what led to it.
        sources, relays: as they are kept, without addresses in what they say.
        came_back: what came back since yesterday's midnight (UTC), by kind.
        delivered: what became of the editions since yesterday, by state.
    """

    now: datetime
    readers: Mapping[str, int]
    waiting: Mapping[str, int]
    suppressed: Mapping[str, int]
    sources: Sequence[SourceRecord]
    relays: Sequence[RelayRecord]
    came_back: Mapping[str, int]
    delivered: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How things stand, and how they went in the last days.

    Attributes:
        state: how things stand now.
        first: the first day that is told of.
        next_attempt_at: when the next open delivery is due (UTC), or None.
        arrivals, papers: how many readers and papers came, by day.
        deliveries: what became of the editions of each day.
        bounces: what came back, by day and kind.
        latest: what came back last.
        wishes: what readers want.
        most_liked, least_liked: papers by what readers said of them.
    """

    state: State
    first: date
    next_attempt_at: datetime | None
    arrivals: Mapping[date, int]
    papers: Mapping[date, int]
    deliveries: Sequence[DeliveryDay]
    bounces: Mapping[date, Mapping[str, int]]
    latest: Sequence[Bounce]
    wishes: Wishes
    most_liked: Sequence[JudgedPaper]
    least_liked: Sequence[JudgedPaper]
