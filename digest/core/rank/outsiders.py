"""Outsiders: one paper outside a reader's interests, because many like it.

A list that goes by interests alone shows nothing that its reader did not think of.
"""

from collections.abc import Sequence

import numpy as np

from digest.core.edition import Match, Reason, ReasonKind
from digest.core.paper import Paper
from digest.core.rank.bars import Bars
from digest.core.rank.matrices import Ints
from digest.core.rank.results import Profile
from digest.core.rank.scale import points_for
from digest.core.rank.sheet import Sheet
from digest.core.rank.signals import signal_reasons

_HARDLY = points_for(0.1)


def outsiders(sheet: Sheet, bars: Bars, profiles: Sequence[Profile], loved: Ints) -> dict[int, int]:
    """Choose, by row of a sheet, the paper that comes last in the reader's list.

    Args:
        sheet: all points of the readers, those below zero too.
        bars: what keeps papers from them.
        profiles: the readers of the sheet.
        loved: numbers of the papers that many like, most of all first.
    """
    if not len(loved):
        return {}
    rows = np.flatnonzero([profile.outsider for profile in profiles])
    if not len(rows):
        return {}
    points = sheet.points[np.ix_(rows, loved)]
    unknown = (points >= 0) & (points < _HARDLY)
    choice = bars.allowed(sheet.readers)[np.ix_(rows, loved)] & unknown
    found = np.flatnonzero(choice.any(axis=1))
    papers = loved[choice[found].argmax(axis=1)]
    return dict(zip(rows[found].tolist(), papers.tolist(), strict=True))


def with_outsider(matches: tuple[Match, ...], paper: Paper, limit: int) -> tuple[Match, ...]:
    """Return a list in which an outsider comes last; a list without papers of its own stays so."""
    if not matches or limit <= 1:
        return matches
    signals = signal_reasons(paper.signals, 0.0)
    strongest = signals[0]
    mark = Reason(kind=ReasonKind.OUTSIDER, text=strongest.text, count=strongest.count)
    return (*matches[: limit - 1], Match(paper=paper, score=0.0, reasons=(mark, *signals)))
