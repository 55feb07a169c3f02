"""Signals: what the community's numbers are worth."""

from math import log10

from digest.core.edition import Reason, ReasonKind
from digest.core.paper import Signals

_COMMENT = 0.5  # of an upvote
_STARS = 5  # upvotes for each tenfold of stars: stars gather for years
_HALF_WAY = 20


def warmth(signals: Signals) -> float:
    """Return the community's interest, counted in upvotes."""
    return sum(worth for _, worth in _told(signals).values())


def esteem(signals: Signals) -> float:
    """Return the community's interest in [0, 1), half at some twenty upvotes."""
    warm = warmth(signals)
    return warm / (warm + _HALF_WAY)


def signal_reasons(signals: Signals, points: float) -> tuple[Reason, ...]:
    """Share points out among the numbers that earned them, strongest first."""
    whole = warmth(signals)
    reasons = [
        Reason(kind=ReasonKind.SIGNAL, text=name, count=count, points=points * worth / whole)
        for name, (count, worth) in _told(signals).items()
        if worth
    ]
    return tuple(sorted(reasons, key=lambda reason: -reason.points))


def _told(signals: Signals) -> dict[str, tuple[int, float]]:
    """Return each number that somebody told us, and what it is worth in upvotes."""
    upvotes, comments, stars = (
        max(number or 0, 0) for number in (signals.upvotes, signals.comments, signals.stars)
    )
    return {
        "upvotes": (upvotes, float(upvotes)),
        "comments": (comments, _COMMENT * comments),
        "stars": (stars, _STARS * log10(1 + stars)),
    }
