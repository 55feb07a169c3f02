"""The present, or the present as if it were another time (``--now``)."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def clock_from(start: datetime | None) -> Clock:
    """Return a clock that runs on from ``start``; None is the real time (UTC)."""
    if start is None:
        return lambda: datetime.now(UTC)
    shift = start - datetime.now(UTC)
    return lambda: datetime.now(UTC) + shift
