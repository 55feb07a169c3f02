"""Values that are costly to make: each is kept for some seconds, and made once for all who ask."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """What was made last, by key.

    Whoever asks while a value is being made waits for the same one. A failure is not kept.

    Args:
        seconds: how long a value is good.
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
        self._made: OrderedDict[Hashable, tuple[float, asyncio.Task[Value]]] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made by ``make`` in a worker thread when there is none."""
        until, task = self._made.get(key, (0.0, None))
        if task is None or (task.done() and self._clock() >= until):
            task = asyncio.create_task(self._make(key, make))
            until = float("inf")  # while it is being made
            self._made[key] = (until, task)
            if len(self._made) > self._most:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        return await asyncio.shield(task)

    async def _make(self, key: Hashable, make: Callable[[], Value]) -> Value:
        task = asyncio.current_task()
        try:
            async with self._free:
                value = await asyncio.to_thread(make)
        except BaseException:
            if self._made.get(key, (0.0, None))[1] is task:
                del self._made[key]
            raise
        if task is not None and self._made.get(key, (0.0, None))[1] is task:
            self._made[key] = (self._clock() + self._seconds, task)
        return value
