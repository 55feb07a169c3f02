"""Places in time for mails, so that no second holds more of them than a relay allows.

The generic cell rate algorithm (ITU-T I.371, annex A) without tolerance: no bursts, also
not after a pause. All processes draw from one theoretical arrival time that the store keeps.
"""

from dataclasses import dataclass
from math import ceil

_BLOCK_SECONDS = 0.05
_LATE_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Places:
    """Evenly spaced places, each for one mail.

    Attributes:
        first: when the first one is (seconds since 1970).
        interval: seconds from one to the next.
        count: how many.
    """

    first: float
    interval: float
    count: int

    @property
    def end(self) -> float:
        """When the next place after these is."""
        return self.first + self.count * self.interval

    def after_first(self) -> "Places":
        """Return the places but the first."""
        return Places(self.first + self.interval, self.interval, self.count - 1)

    def fresh(self, now: float) -> "Places":
        """Return the places that are not gone by: one used late would fall among others."""
        gone = ceil((now - _LATE_SECONDS - self.first) / self.interval)
        if gone <= 0:
            return self
        return Places(self.first + gone * self.interval, self.interval, max(self.count - gone, 0))


def interval_of(rate_per_minute: int) -> float:
    """Return the seconds between two mails."""
    return 60 / rate_per_minute


def block_of(interval: float) -> int:
    """Return how many places to take at once: few enough to waste little, one for slow rates."""
    return max(int(_BLOCK_SECONDS / interval), 1)


def take(next_free: float, *, now: float, interval: float, count: int) -> Places:
    """Take places from now on, none before ``next_free``."""
    return Places(max(next_free, now), interval, count)
