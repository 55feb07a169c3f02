"""Retention: what became of mails is forgotten after a time, a little at a time."""

from collections.abc import Callable
from datetime import datetime

from digest.ports import EditionStore

_AT_ONCE = 500  # so that whoever sends meanwhile waits for no more than these


def forget_old(
    editions: EditionStore, *, before: datetime, may_go_on: Callable[[], bool] = lambda: True
) -> int:
    """Delete what was made before a time and is over; return how many editions that were.

    Args:
        editions: with their papers and deliveries.
        before: when what is deleted was made (UTC).
        may_go_on: asked before each few of them.
    """
    forgotten = 0
    while may_go_on():
        some = editions.forget(before=before, limit=_AT_ONCE)
        forgotten += some
        if some < _AT_ONCE:
            break
    return forgotten
