"""What templates see of a reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from digest.core.edition import REASONS_TOLD, Reason, ReasonKind, telling
from digest.core.render.words import thousands
from digest.core.text import clean, clip

_TERM = 48
_View = TypeVar("_View")


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why a paper is here.

    Attributes:
        kind: "term", "author", "category", "liked", "saved", "library", "text", "meaning" or
            "outsider".
        text: the term, name, category or title, clipped.
        detail: whether a term is in the title, if only there or not, and how often it matched
            ("title, ×3"), how many like an outsider ("41 upvotes"), or "".
    """

    kind: str
    text: str
    detail: str = ""


def view_reason(reason: Reason) -> ReasonView:
    """Prepare a reason; its points are not shown."""
    kind, text, _, count, _ = reason
    if kind is ReasonKind.OUTSIDER:
        return ReasonView(kind.value, "", f"{thousands(count)} {clip(clean(text), _TERM)}")
    detail = _detail(reason) if kind is ReasonKind.TERM else ""
    return ReasonView(kind.value, clip(clean(text), _TERM), detail)


def view_reasons(reasons: Iterable[Reason], view: Callable[[Reason], _View]) -> list[_View]:
    """Return views of the telling reasons, strongest first.

    Args:
        reasons: a match's.
        view: prepares one, as ``view_reason`` does.
    """
    return [*map(view, telling(reasons)[:REASONS_TOLD])]


def _detail(reason: Reason) -> str:
    title = "title" if reason.is_in_title else ""
    often = f"×{reason.count}" if reason.count > 1 else ""
    return ", ".join(filter(None, (title, often)))
