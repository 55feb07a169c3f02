"""Space messages evenly so that no minute holds more than the relay allows."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic


class Rate:
    """A virtual-scheduling limiter without bursts (GCRA with tolerance zero; ITU-T I.371).

    Args:
        per_minute: the most turns a minute; 0 means no limit.
        clock: seconds that never go back.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._interval = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next free place in time and take it."""
        if not self._interval:
            return
        at = max(self._clock(), self._next)
        self._next = at + self._interval
        await self._sleep(at - self._clock())
