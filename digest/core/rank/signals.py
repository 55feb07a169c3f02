"""Signals: what the community's numbers are worth."""

from math import log10

from digest.core.edition import Reason, ReasonKind
from digest.core.paper import Signals

_COMMENT = 0.5  # of an upvote
_STARS = 5  # upvotes for each tenfold of stars: stars gather for years
_HALF_WAY = 20


def warmth(signals: Signals) -> float:
    """Return the community's interest, counted in upvotes."""
    stars = _STARS * log10(1 + (signals.stars or 0))
    return (signals.upvotes or 0) + _COMMENT * (signals.comments or 0) + stars


def esteem(signals: Signals) -> float:
    """Return the community's interest in [0, 1), half at some twenty upvotes."""
    warm = warmth(signals)
    return warm / (warm + _HALF_WAY)


def signal_reasons(signals: Signals, points: float) -> tuple[Reason, ...]:
    """Share points out among the numbers that earned them."""
    shares = {
        "upvotes": (signals.upvotes or 0, float(signals.upvotes or 0)),
        "comments": (signals.comments or 0, _COMMENT * (signals.comments or 0)),
        "stars": (signals.stars or 0, _STARS * log10(1 + (signals.stars or 0))),
    }
    whole = warmth(signals)
    reasons = [
        Reason(kind=ReasonKind.SIGNAL, text=name, count=count, points=points * share / whole)
        for name, (count, share) in shares.items()
        if share
    ]
    return tuple(sorted(reasons, key=lambda reason: -reason.points))
