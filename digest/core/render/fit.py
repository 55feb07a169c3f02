"""How much of an edition goes into one mail.

Gmail shows only about the first 102 KB of an HTML mail and hides the rest, the way to
unsubscribe included (https://github.com/hteumeuleu/email-bugs/issues/41), and relays add
to what is sent. So an edition is laid out within a budget: every pick as a full card as
long as there is room, then the later ones as single rows, then "and N more".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

MAX_HTML_BYTES = 89_000
_TIERS = ((10, 360), (20, 260), (10**9, 180))


@dataclass(frozen=True, slots=True)
class Layout:
    """How many picks, from the best on, are cards, and how many after them are rows."""

    cards: int
    rows: int


def lead_limits(picks: int) -> tuple[int, ...]:
    """Return how long abstracts may be, the longest first; many papers, less of each."""
    return tuple(limit for most, limit in _TIERS if picks <= most)


def lead_limit(picks: int) -> int:
    """Return how long abstracts should be if there is room."""
    return next(limit for most, limit in _TIERS if picks <= most)


def lay_out(cards: Sequence[int], rows: Sequence[int], room: int) -> Layout:
    """Choose the layout with the most picks named, and among those the most cards.

    Args:
        cards: bytes of every pick as a card, best pick first.
        rows: bytes of every pick as a row.
        room: bytes there are for both.
    """
    rows_before = list(accumulate(rows, initial=0))
    if rows_before[-1] > room:
        named = max(n for n, size in enumerate(rows_before) if size <= max(room, 0))
        return Layout(0, named)
    cards_before = accumulate(cards, initial=0)
    sizes = (size + rows_before[-1] - rows_before[n] for n, size in enumerate(cards_before))
    most = max(n for n, size in enumerate(sizes) if size <= room)
    return Layout(most, len(rows) - most)
