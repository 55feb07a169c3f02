"""Values that are costly to make: each is kept for some seconds, and made once for all who ask."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

Value = TypeVar("Value")
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Entry(Generic[Value]):
    """What was made last, when it was, and the making of the next one."""

    made: list[Value]  # one or none: any value may be None
    at: float = 0.0
    making: asyncio.Task[Value] | None = None


class Kept(Generic[Value]):
    """What was made last, by key.

    Whoever asks while the first value is being made waits for it. A value that is a little too
    old is given out once more, while a new one is being made: nobody waits for what a moment
    ago was there. A failure is not kept.

    Args:
        seconds: how long a value is good; for as long again it is a little too old.
        most: how many are kept; the one not asked for the longest goes.
        workers: how many are made at once, for all keys together.
        clock: gives seconds that only rise.
    """

    def __init__(
        self,
        *,
        seconds: float,
        most: int,
        workers: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._free = asyncio.Semaphore(workers)
        self._entries: OrderedDict[Hashable, _Entry[Value]] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made by ``make`` in a worker thread when there is none."""
        entry = self._entry(key)
        age = self._clock() - entry.at
        if entry.made and age < self._seconds:
            return entry.made[0]
        if entry.making is None:
            entry.making = asyncio.create_task(self._make(entry, make))
            entry.making.add_done_callback(_tell)
        if entry.made and age < 2 * self._seconds:
            return entry.made[0]
        return await asyncio.shield(entry.making)

    def _entry(self, key: Hashable) -> _Entry[Value]:
        entry = self._entries.setdefault(key, _Entry([]))
        self._entries.move_to_end(key)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)
        return entry

    async def _make(self, entry: _Entry[Value], make: Callable[[], Value]) -> Value:
        try:
            async with self._free:
                value = await asyncio.to_thread(make)
            entry.made, entry.at = [value], self._clock()
        finally:
            entry.making = None
        return value


def _tell(made: asyncio.Task[Value]) -> None:
    """Log a failure that perhaps nobody waited for."""
    if not made.cancelled() and (error := made.exception()):
        _log.warning("not_made", error=f"{type(error).__name__}: {error}")
