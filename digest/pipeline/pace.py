"""Keep to a relay's rate and daily quota, together with every other process on the store."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta

from digest.core.outcome import Cause, Fault
from digest.core.pace import Places, block_of, interval_of
from digest.ports import Halt, RelayStore


class FreePace:
    """The ``Pace`` of a relay without limits."""

    def ready(self) -> bool:
        """Always."""
        return True

    async def turn(self) -> Halt | None:
        """At once."""
        return None


class StoredPace:
    """The ``Pace`` of a relay with limits: places are taken from the store, a few at a time.

    Args:
        relays: the store.
        name: the relay.
        per_minute: the most mails a minute, 0 for no limit.
        per_day: the most mails a day (UTC), 0 for no limit.
        margin: how much more than the rate asks for lies between two places, as a share. A
            mail is accepted some time after its place, and not always the same time: what
            several processes have on the way may come in closer together than it was sent.
        clock: seconds since 1970, in real time.
        today: the day (UTC) whose quota counts, which may be another one in a rehearsal.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        relays: RelayStore,
        name: str,
        *,
        per_minute: int,
        per_day: int,
        margin: float = 0.0,
        clock: Callable[[], float],
        today: Callable[[], date],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._relays = relays
        self._name = name
        self._per_day = per_day
        self._interval = interval_of(per_minute) * (1 + margin) if per_minute else 0.0
        self._block = block_of(self._interval) if per_minute else 1
        self._clock = clock
        self._today = today
        self._sleep = sleep
        self._places = Places(0.0, self._interval, 0)
        self._turn = asyncio.Lock()

    def ready(self) -> bool:
        """See ``ports.Pace``; nobody overtakes those who wait."""
        return not self._turn.locked() and self._take()

    async def turn(self) -> Halt | None:
        """See ``ports.Pace``; those who wait come in the order in which they asked."""
        async with self._turn:
            while not self._take():
                if self._has_place(self._clock()):
                    await self._sleep(max(self._places.first - self._clock(), 0.0))
                elif not self._reserve():
                    return self._quota_is_used_up()
            return None

    def _take(self) -> bool:
        """Take a place whose time has come and is not gone by."""
        now = self._clock()
        if not self._has_place(now) or self._places.first > now:
            return False
        self._places = self._places.after_first()
        return True

    def _has_place(self, now: float) -> bool:
        if self._interval:
            self._places = self._places.fresh(now)
        return self._places.count > 0

    def _reserve(self) -> bool:
        places = self._relays.reserve(
            self._name,
            now=self._clock(),
            day=self._today(),
            interval=self._interval,
            count=self._block,
            per_day=self._per_day,
        )
        self._places = places or self._places
        return places is not None

    def _quota_is_used_up(self) -> Halt:
        tomorrow = datetime.combine(self._today() + timedelta(days=1), time(), UTC)
        return Halt(
            relay=self._name,
            reply=f"smtp {self._name}: the day's {self._per_day} mails are sent; "
            "the others go tomorrow (UTC)",
            cause=Cause.QUOTA,
            fault=Fault.RELAY,
            until=tomorrow,
        )
