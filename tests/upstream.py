"""An upstream on loopback that answers what it is told to, and a client that asks it."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.sources.client import Answer, ClientSettings, FetchTrouble, PoliteClient
from digest.sources.pacing import Pacer

NOW = datetime(2026, 3, 12, 6, 0, tzinfo=UTC)
FEED = b"<feed><title>news of the day</title></feed>" * 20
AGENT = "digest/0.1.0 (+https://digest.example; mailto:ops@lab.example)"
Act = Callable[[asyncio.StreamWriter], Awaitable[None]]
Reply = bytes | Act


def a_reply(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> bytes:
    named = {"Content-Length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = [f"HTTP/1.1 {status}", *(f"{n}: {v}" for n, v in named.items() if v), "", ""]
    return "\r\n".join(lines).encode() + body


def a_redirect(location: str) -> bytes:
    return a_reply(b"<html>moved</html>", status="302 Found", Location=location)


class Upstream:
    """Answers each path with its replies in turn, the last one for ever."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self.port = 0
        self.open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def on(self, path: str, *replies: Reply) -> str:
        self.replies[path] = list(replies)
        return f"http://127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open[asyncio.current_task()] = writer
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            while await self._answer(reader, writer):
                pass
        writer.close()

    async def hang_up(self) -> None:
        for task, writer in self.open.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*self.open, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        path = head[0].split()[1]
        self.paths.append(path)
        self.headers.append(
            {name.lower(): value for name, _, value in (h.partition(": ") for h in head[1:])}
        )
        replies = self.replies[path.partition("?")[0]]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if not isinstance(reply, bytes):
            await reply(writer)
            return False
        writer.write(reply)
        await writer.drain()
        return True


@contextlib.asynccontextmanager
async def serving(upstream: Upstream, tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0, ssl=tls)
    upstream.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()
        await upstream.hang_up()


class Harness:
    """A client whose waits are noted, not slept."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.slept: list[float] = []
        self.opened: list[PoliteClient] = []

    def client(self, *, resolve=None, **settings) -> PoliteClient:
        settings = {"user_agent": AGENT, "allow_private": True} | settings
        client = PoliteClient(
            ClientSettings(**settings),
            pacer=Pacer(self.directory, sleep=self.sleep),
            now=lambda: NOW,
            sleep=self.sleep,
            random=lambda: 0.5,
            **({"resolve": resolve} if resolve else {}),
        )
        self.opened.append(client)
        return client

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)

    async def get(self, url: str, **settings) -> Answer:
        return await self.client(**settings).get(url)

    async def trouble(self, url: str, **settings) -> FetchTrouble:
        with pytest.raises(FetchTrouble) as caught:
            await self.get(url, **settings)
        assert "\n" not in caught.value.detail
        return caught.value


def hang_up_after(data: bytes) -> Act:
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return act


async def reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
