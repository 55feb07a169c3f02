"""Signals: what the community's numbers are worth."""

from math import log10

from digest.core.edition import Reason, ReasonKind
from digest.core.paper import Signals

KINDS = ("upvotes", "comments", "stars", "citations")

_COMMENT = 0.5  # of an upvote
_TENFOLD = 5  # upvotes for each tenfold of stars or citations: these gather for years
_HALF_WAY = 20
_LOVED = 10


def worth(kind: str, count: int | None) -> float:
    """Return what a number of one kind is worth, in upvotes."""
    known = max(count or 0, 0)
    if kind == "upvotes":
        return float(known)
    return _COMMENT * known if kind == "comments" else _TENFOLD * log10(1 + known)


def warmth(signals: Signals) -> float:
    """Return the community's interest, counted in upvotes."""
    return sum(worth(kind, getattr(signals, kind)) for kind in KINDS)


def esteem(signals: Signals) -> float:
    """Return the community's interest in [0, 1), half at some twenty upvotes."""
    warm = warmth(signals)
    return warm / (warm + _HALF_WAY)


def is_loved(signals: Signals) -> bool:
    """Tell whether many like a paper."""
    return warmth(signals) >= _LOVED


def signal_reasons(signals: Signals, points: float) -> tuple[Reason, ...]:
    """Share points out among the numbers that earned them, strongest first."""
    whole = warmth(signals)
    told = ((kind, getattr(signals, kind)) for kind in KINDS)
    reasons = [
        Reason(
            kind=ReasonKind.SIGNAL,
            text=kind,
            count=count,
            points=points * worth(kind, count) / whole,
        )
        for kind, count in told
        if worth(kind, count)
    ]
    return tuple(sorted(reasons, key=lambda reason: -reason.points))
