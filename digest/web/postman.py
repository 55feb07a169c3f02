"""The postman: answers sign-ups by mail while the site is served."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from digest.errors import DigestError

_ROUND = 60.0  # seconds after which mails that were not taken are looked at again
_MOMENT = 0.05  # seconds
_GRACE = 10.0
_log = structlog.get_logger(__name__)


class Postman:
    """Sends what is due when nudged, and once a minute.

    Args:
        send: sends what is due, and returns how many mails somebody took; None sends nothing.
    """

    def __init__(self, send: Callable[[], Awaitable[int]] | None) -> None:
        self._send = send
        self._nudged = asyncio.Event()
        self._over = False

    def nudge(self) -> None:
        """Have it look in a moment: not before the answer is out, whose time must tell nothing."""
        asyncio.get_running_loop().call_later(_MOMENT, self._nudged.set)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Work for the length of the block; what is under way at its end is finished."""
        if self._send is None:
            yield
            return
        working = asyncio.create_task(self._work(self._send))
        try:
            yield
        finally:
            self._over = True
            self._nudged.set()
            _, late = await asyncio.wait([working], timeout=_GRACE)
            for task in late:
                task.cancel()

    async def _work(self, send: Callable[[], Awaitable[int]]) -> None:
        while not self._over:
            self._nudged.clear()
            try:
                if taken := await send():
                    _log.info("sign_ups_answered", mails=taken)
            except DigestError as error:
                _log.warning("sign_ups_not_answered", why=str(error))
            except Exception:  # noqa: BLE001 - one bad sign-up must not end the work for all others
                _log.exception("sign_ups_failed")
            try:
                async with asyncio.timeout(_ROUND):
                    await self._nudged.wait()
            except TimeoutError:
                continue
