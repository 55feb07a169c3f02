"""What templates see of a reason."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from digest.core.edition import Reason, ReasonKind
from digest.core.render.words import thousands
from digest.core.subscriber import TextField
from digest.core.text import clean, clip

_TERM = 48
_MOST = 4
_SIGNAL = ReasonKind.SIGNAL
_MEANING = ReasonKind.MEANING
_View = TypeVar("_View", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why a paper is here.

    Attributes:
        kind: "term", "author", "category", "liked", "saved", "library", "text", "meaning" or
            "outsider".
        text: the term, name, category or title, clipped.
        detail: where and how often a term matched ("title, ×3"), how many like an outsider
            ("41 upvotes"), or "".
    """

    kind: str
    text: str
    detail: str = ""


def view_reason(kind: ReasonKind, text: str, place: TextField | None, count: int) -> ReasonView:
    """Prepare a reason; its points are not shown."""
    if kind is ReasonKind.OUTSIDER:
        return ReasonView(kind.value, "", f"{thousands(count)} {clip(clean(text), _TERM)}")
    detail = _detail(place, count) if kind is ReasonKind.TERM else ""
    return ReasonView(kind.value, clip(clean(text), _TERM), detail)


def view_reasons(
    reasons: Iterable[Reason],
    view: Callable[[ReasonKind, str, TextField | None, int], _View],
) -> list[_View]:
    """Return views of what speaks for a paper, strongest first, each once.

    What pushed it down stays out, and so do community numbers, which stand among the facts.
    Nearness in meaning is told once, and only where it weighs most: matched words say more.

    Args:
        reasons: a match's.
        view: prepares one, as ``view_reason`` does.
    """
    telling = [each for each in reasons if each.points >= 0 and each.kind is not _SIGNAL]
    views = [
        view(reason.kind, reason.text, reason.field, reason.count)
        for place, reason in enumerate(telling)
        if place == 0 or reason.kind is not _MEANING
    ]
    return list(dict.fromkeys(views))[:_MOST] if len(views) > 1 else views


def _detail(place: TextField | None, count: int) -> str:
    title = "title" if place is TextField.TITLE else ""
    often = f"×{count}" if count > 1 else ""
    return ", ".join(filter(None, (title, often)))
