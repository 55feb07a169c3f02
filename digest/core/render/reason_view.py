"""What templates see of a reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from digest.core.edition import Reason, ReasonKind
from digest.core.subscriber import TextField
from digest.core.text import clean, clip

_TERM = 48
_MOST = 4


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why a paper is here.

    Attributes:
        kind: "term", "author", "category", "liked" or "text".
        text: the term, name, category or title, clipped.
        detail: where and how often a term matched ("title, ×3"), or "".
    """

    kind: str
    text: str
    detail: str = ""


def view_reasons(reasons: Iterable[Reason]) -> tuple[ReasonView, ...]:
    """Return what speaks for a paper, strongest first.

    What pushed it down stays out, and so do community numbers, which stand among the facts.
    """
    speaking = (reason for reason in reasons if reason.points >= 0)
    views = dict.fromkeys(
        _view(reason) for reason in speaking if reason.kind is not ReasonKind.SIGNAL
    )
    return tuple(views)[:_MOST]


def _view(reason: Reason) -> ReasonView:
    detail = _detail(reason) if reason.kind is ReasonKind.TERM else ""
    return ReasonView(reason.kind.value, clip(clean(reason.text), _TERM), detail)


def _detail(reason: Reason) -> str:
    place = "title" if reason.field is TextField.TITLE else ""
    often = f"×{reason.count}" if reason.count > 1 else ""
    return ", ".join(filter(None, (place, often)))
