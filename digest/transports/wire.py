"""The replies of one open connection, each matched to its command by its order, in its time.

aiosmtplib opens the connection: greeting, TLS, login. It awaits one reply to one command,
so while mails are carried this protocol takes its place at the transport, and pipelines
(RFC 2920).
"""

import asyncio
from collections import deque

from digest.core.smtp_reply import Reply, ReplyReader, one_line


class LineBrokenError(Exception):
    """The connection is of no use any more; the message says what happened."""


class Wire(asyncio.Protocol):
    """Takes over an open transport until ``let_go``.

    Args:
        transport: of a connection whose replies have all been read.
        protocol: whose it was, and will be again.
    """

    def __init__(self, transport: asyncio.Transport, protocol: asyncio.BaseProtocol) -> None:
        self._transport = transport
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._timer: asyncio.Handle | None = None
        self._rings_at = 0.0
        self._broken = ""
        transport.set_protocol(self)

    def let_go(self) -> None:
        """Give the transport back."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._transport.set_protocol(self._protocol)

    def write(self, *parts: bytes) -> None:
        """Put bytes on the line; what has become of it, the next reply tells."""
        if not self._broken:
            self._transport.writelines(parts)

    async def reply(self, seconds: float) -> Reply:
        """Return the next reply.

        Raises:
            LineBrokenError: there is none, within the time or at all.
        """
        while not self._replies:
            if self._broken:
                raise LineBrokenError(self._broken)
            await self._more(seconds)
        return self._replies.popleft()

    def data_received(self, data: bytes) -> None:
        """See ``asyncio.Protocol``."""
        try:
            self._replies.extend(self._reader.feed(data))
        except ValueError as error:
            self._break(str(error))
        if self._replies:
            self._wake()

    def eof_received(self) -> None:
        """See ``asyncio.Protocol``."""
        self._break("the server closed the connection")

    def connection_lost(self, exc: Exception | None) -> None:
        """See ``asyncio.Protocol``."""
        self._break(one_line(str(exc)) if exc else "the connection was closed")

    async def _more(self, seconds: float) -> None:
        self._deadline = self._loop.time() + seconds
        self._waiter = self._loop.create_future()
        self._watch(seconds)
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _watch(self, seconds: float) -> None:
        """See to it that the deadline is looked at; one timer serves many replies."""
        if self._timer and self._rings_at > self._deadline:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._set_timer(seconds)

    def _set_timer(self, seconds: float) -> None:
        self._rings_at = self._deadline
        self._timer = self._loop.call_at(self._deadline, self._on_time, seconds)

    def _on_time(self, seconds: float) -> None:
        self._timer = None
        if self._waiter is None:
            return
        if self._loop.time() >= self._deadline:
            self._break(f"no reply within {seconds:g} s")
        else:
            self._set_timer(seconds)

    def _break(self, what: str) -> None:
        self._broken = self._broken or what
        self._wake()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
