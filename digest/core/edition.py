"""Editions: one subscriber's selection for one slot, with the reason for each paper."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from digest.core.memo import Memo
from digest.core.paper import Paper
from digest.core.schedule import Slot
from digest.core.subscriber import TextField


class ReasonKind(StrEnum):
    """What made a paper count."""

    TERM = "term"
    AUTHOR = "author"
    CATEGORY = "category"
    LIKED = "liked"
    SAVED = "saved"
    LIBRARY = "library"
    DISLIKED = "disliked"
    TEXT = "text"
    MEANING = "meaning"
    SIGNAL = "signal"
    OUTSIDER = "outsider"


REASONS_TOLD = 4
"""How many reasons a reader is told of one paper."""

FAINT = 0.1
"""Likeness to a known paper that brought less than this share of the points is not told."""

_KEPT = 16_384
_Reading = tuple[ReasonKind, str, bool, int]
_LIKENESS = frozenset({ReasonKind.LIKED, ReasonKind.SAVED, ReasonKind.LIBRARY})


class Reason(NamedTuple):
    """One cause of a paper's score; a tuple, for a batch of mails holds thousands.

    Attributes:
        kind: what sort of cause.
        text: the reader's own word for it (the term, the author, the liked paper's title).
        field: where it matched; None when it has no place or matched in both.
        count: how often it matched.
        points: its share of the raw score; below zero pushed the paper down.
    """

    kind: ReasonKind
    text: str
    field: TextField | None = None
    count: int = 1  # type: ignore[assignment] # nobody looks for members in a reason
    points: float = 0.0

    @property
    def is_in_title(self) -> bool:
        """True when a term stands in the title, or in both title and abstract.

        A term without a field that is there once has its words spread over the two.
        """
        if self.field is None:
            return self.kind is ReasonKind.TERM and self.count > 1
        return self.field is TextField.TITLE


_POINTS = Reason._fields.index("points")


class Told(tuple[Reason, ...]):
    """Reasons as a reader is told them, which are those that an edition keeps."""

    __slots__ = ()


def telling(reasons: Iterable[Reason]) -> Told:
    """Return what a reader is told of what speaks for a paper, each once, in the order given.

    What pushed the paper down stays out, and so do community numbers, which stand among its
    facts. Nearness in meaning is told only where it weighs most: matched words say more; and
    likeness to a liked paper beside other reasons only where it is no ``FAINT`` one; and of a
    category and its whole archive ("cs.IR", "cs.*") the first. Of the
    others the first ``REASONS_TOLD`` remain, and every followed author. Points are not told.

    Args:
        reasons: a match's, strongest first; what is told already stays as it is.
    """
    if isinstance(reasons, Told):
        return reasons
    reasons = tuple(reasons)
    faint = FAINT * sum([reason.points for reason in reasons if reason.points > 0])
    told: dict[_Reading, Reason] = {}
    filed: list[str] = []
    for reason in reasons:
        kind, text, _, _, points = reason
        if points < 0 or kind is ReasonKind.SIGNAL or (told and kind is ReasonKind.MEANING):
            continue
        if told and kind in _LIKENESS and points < faint:
            continue
        if len(told) < REASONS_TOLD or kind is ReasonKind.AUTHOR:
            if kind is ReasonKind.CATEGORY:
                if any(_share(text, other) for other in filed):
                    continue
                filed.append(text)
            reading, bare = _bare[reason[:_POINTS]]
            told.setdefault(reading, bare)
    return Told(told.values())


def _make_bare(parts: tuple[Any, ...]) -> tuple[_Reading, Reason]:
    """Return how a reason reads, and the reason without its points."""
    bare = Reason(*parts)
    return (bare.kind, bare.text, bare.is_in_title, bare.count), bare


_bare = Memo(_make_bare, _KEPT)


def _share(one: str, other: str) -> bool:
    """Tell whether one of two categories is the whole archive that the other is in, or both."""
    wide, narrow = sorted((_code(one), _code(other)), key=len)
    return f"{narrow}.".startswith(f"{wide}.")


def _code(category: str) -> str:
    return category.strip().casefold().removesuffix(".*")


class Match(NamedTuple):
    """A paper for a reader: score in [0, 1] and reasons, strongest first; a tuple as those are."""

    paper: Paper
    score: float
    reasons: tuple[Reason, ...] = ()

    @property
    def is_outsider(self) -> bool:
        """True when it is outside the reader's interests, and here because many like it."""
        return bool(self.reasons) and self.reasons[0].kind is ReasonKind.OUTSIDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One subscriber's selection for one slot.

    Attributes:
        id: the store's number; 0 before it is stored.
        subscriber_id: whose it is.
        slot: the local day, week or month it is for.
        created_at: when it was composed (UTC).
        cutoff: serial of the newest paper that was considered.
        considered: how many candidates there were.
        matched: how many of them matched the interests at all; without interests, how many
            were picked.
        picks: the selection, best first; an outsider comes last.
        trending: the community's list below it, never repeating a pick; none without
            interests, for then the picks are that list.
    """

    id: int = 0
    subscriber_id: int
    slot: Slot
    created_at: datetime
    cutoff: int
    considered: int
    matched: int
    picks: tuple[Match, ...]
    trending: tuple[Paper, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to tell."""
        return not self.picks

    def as_told(self) -> "Edition":
        """Return it with the reasons that its mail tells, which is all that need be kept."""
        told = tuple(
            [Match(paper, score, telling(reasons)) for paper, score, reasons in self.picks]
        )
        return replace(self, picks=told)
