"""A server with TLS in front of the program: links of one click are https ones (RFC 8058, 3)."""

import asyncio
from contextlib import suppress

_PIECE = 64 * 1024


class TlsFront:
    """Takes TLS connections and passes on what they carry: ``async with TlsFront(...) as front``.

    Attributes:
        url: what browsers are told.
        behind: the port of the program.
    """

    def __init__(self, context):
        self._context = context
        self._connections = set()
        self.url = ""
        self.behind = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0, ssl=self._context)
        self.url = f"https://localhost:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_error):
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _take(self, reader, writer):
        self._connections.add(asyncio.current_task())
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self._pass_on(reader, writer)
        finally:
            writer.transport.abort()
            self._connections.discard(asyncio.current_task())

    async def _pass_on(self, reader, writer):
        inner, outer = await asyncio.open_connection("127.0.0.1", self.behind)
        ways = [asyncio.ensure_future(_pour(*way)) for way in ((reader, outer), (inner, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            outer.transport.abort()


async def _pour(reader, writer):
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()
