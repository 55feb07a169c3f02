"""Subscribers, what they are interested in, and how their state may change."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from digest.core.negation import split_wish
from digest.core.paper import PaperId
from digest.core.schedule import Schedule
from digest.errors import InvalidTransitionError

LIST_SETTINGS = (
    "timezone", "cadence", "send_at", "max_papers", "min_score", "trending_weight", "trending",
    "outsider", "theme",
)  # fmt: skip
"""Settings that a reader may leave to the list, by their names in the configuration."""


class Status(StrEnum):
    """Where a subscriber stands; only ``active`` ones get mail."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"


class Origin(StrEnum):
    """Who entered a subscriber: the configuration file, a command, or the pages."""

    FILE = "file"
    COMMAND = "command"
    WEB = "web"


class TextField(StrEnum):
    """A part of a paper that words are looked for in."""

    TITLE = "title"
    ABSTRACT = "abstract"


class Keyword(NamedTuple):
    """A word or phrase to look for; a tuple, for a list of readers holds a million.

    Attributes:
        term: the words; a trailing ``*`` on a word is a wildcard.
        weight: how much it counts, 1.0 as a rule; below zero pushes papers down.
        field: look only there; None looks in title and abstract.
    """

    term: str
    weight: float = 1.0
    field: TextField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interests:
    """Everything a subscriber said about what to read.

    Attributes:
        keywords: words and phrases that draw papers (or push them down).
        exclude: words and phrases that block a paper wherever they occur.
        categories: subject codes such as ``cs.IR`` (``cs.*`` takes the archive).
        authors: names to follow.
        liked: papers to look for more of.
        text: an interest in free words; what it denies ("but not …") pushes papers down.
        saved: papers put aside to be read; they count as liked ones.
        disliked: papers to look for fewer of.
        exclude_authors: names that block every paper which bears them.
        library: papers of the reader's own bibliography, joined in when papers are ranked and
            never stored; they count as liked ones.
    """

    keywords: tuple[Keyword, ...] = ()
    exclude: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    liked: tuple[PaperId, ...] = ()
    text: str = ""
    saved: tuple[PaperId, ...] = ()
    disliked: tuple[PaperId, ...] = ()
    exclude_authors: tuple[str, ...] = ()
    library: tuple[PaperId, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when nothing here can draw a paper: the reader gets the trending list."""
        return not (self.categories or self._names_more_than_categories)

    @property
    def has_categories_alone(self) -> bool:
        """True when whatever is in a category is wanted, and nothing else is."""
        return bool(self.categories) and not self._names_more_than_categories

    @property
    def more_like(self) -> tuple[PaperId, ...]:
        """The papers to look for more of: the liked and the saved ones, and the library's."""
        return (*self.liked, *self.saved, *self.library)

    @property
    def _names_more_than_categories(self) -> bool:
        draws = any(keyword.weight > 0 for keyword in self.keywords)
        return bool(draws or self.authors or self.more_like or split_wish(self.text)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """An address with interests and a schedule.

    Attributes:
        id: the store's number; 0 before it is stored.
        email: the address, normalised.
        name: how to greet, or "".
        interests: what to look for.
        schedule: when to send.
        max_papers: the most papers in one edition.
        min_score: papers below this score stay out, in [0, 1].
        trending_weight: how much what the community likes counts in the reader's list.
        trending: how many papers the community likes most stand below it.
        outsider: one paper outside the interests, which many like, ends the list.
        theme: the theme's folder name.
        status: whether mail may be sent.
        paused_until: when a pause ends by itself (UTC); None pauses without end.
        origin: who entered this subscriber.
        created_at: when that was (UTC).
        follows: the ``LIST_SETTINGS`` left to the list; what it says of them may change.
        ended_by: who ended the mail when the reader did not: the file, which has the block no
            more, or a command; None when the reader did, or mail was not ended.
    """

    id: int = 0
    email: str
    name: str = ""
    interests: Interests = Interests()
    schedule: Schedule = Schedule()
    max_papers: int = 10
    min_score: float = 0.0
    trending_weight: float = 1.0
    trending: int = 3
    outsider: bool = False
    theme: str = "default"
    status: Status = Status.ACTIVE
    paused_until: datetime | None = None
    origin: Origin = Origin.FILE
    created_at: datetime | None = None
    follows: frozenset[str] = frozenset()
    ended_by: Origin | None = None

    def has_decided(self, before: "Subscriber") -> "Subscriber":
        """Return the reader, who follows the list in nothing that is not as it was before."""
        same = {name for name in before.follows if _setting(self, name) == _setting(before, name)}
        return replace(self, follows=frozenset(same))

    def wants_mail(self, now: datetime) -> bool:
        """Tell whether mail may be sent at ``now``; a pause ends by itself."""
        if self.status is Status.PAUSED:
            return self.paused_until is not None and now >= self.paused_until
        return self.status is Status.ACTIVE

    def confirm(self) -> "Subscriber":
        """Return the subscriber with mail allowed.

        Raises:
            InvalidTransitionError: the reader has unsubscribed; only the reader undoes that.
        """
        if self.status is Status.UNSUBSCRIBED and not self.ended_by:
            raise InvalidTransitionError(
                f"{self.email} has unsubscribed, which only the reader can undo, on the pages; if "
                "they ask you to, `digest subscribers erase`, `add` and `set --unsuppress`"
            )
        return replace(self, status=Status.ACTIVE, paused_until=None, ended_by=None)

    def pause(self, until: datetime | None) -> "Subscriber":
        """Return the subscriber with mail held back until a time, or without end.

        Raises:
            InvalidTransitionError: there is nothing to pause (pending or unsubscribed).
        """
        if self.status not in {Status.ACTIVE, Status.PAUSED}:
            raise InvalidTransitionError(
                f"{self.email} is {self.status} and cannot be paused; only active readers can"
            )
        return replace(self, status=Status.PAUSED, paused_until=until)

    def unsubscribe(self) -> "Subscriber":
        """Return the subscriber with mail ended by the reader; twice changes nothing."""
        return replace(self, status=Status.UNSUBSCRIBED, paused_until=None, ended_by=None)

    def remove(self) -> "Subscriber":
        """Return the subscriber with mail ended by a command; a reader's own end stays theirs."""
        if self.status is Status.UNSUBSCRIBED and self.ended_by is None:
            return self
        return replace(self.unsubscribe(), ended_by=Origin.COMMAND)

    def come_back(self) -> "Subscriber":
        """Return the subscriber with mail allowed, at the reader's own wish.

        Raises:
            InvalidTransitionError: the address was never confirmed.
        """
        if self.status is Status.PENDING:
            raise InvalidTransitionError(f"{self.email} has not been confirmed yet")
        return replace(self, status=Status.ACTIVE, paused_until=None, ended_by=None)


def _setting(reader: Subscriber, name: str) -> object:
    return getattr(reader.schedule if hasattr(reader.schedule, name) else reader, name)
