"""Signals: what the community's numbers are worth."""

from functools import lru_cache
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
    return tuple(
        [
            Reason(kind=ReasonKind.SIGNAL, text=kind, count=count, points=points * share)
            for kind, count, share in _shares(signals)
        ]
    )


@lru_cache(maxsize=4096)  # the same papers are told to reader after reader
def _shares(signals: Signals) -> tuple[tuple[str, int, float], ...]:
    """Return the numbers that are worth something: kind, number, share of the whole."""
    whole = warmth(signals)
    numbers = ((kind, getattr(signals, kind)) for kind in KINDS)
    shares = [
        (kind, number, worth(kind, number) / whole)
        for kind, number in numbers
        if worth(kind, number)
    ]
    return tuple(sorted(shares, key=lambda share: -share[-1]))
