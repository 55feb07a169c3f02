"""Ask an application as a server does, with requests that no client library would send."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote

_SECONDS = 30


@dataclass(frozen=True)
class Asked:
    """A request as it comes off the wire.

    Attributes:
        target: path and query, visible ASCII (RFC 9112, 3.2).
        headers: lower-case names and values in bytes.
        breaks_off: the client goes away in the middle of its body.
    """

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    chunks: tuple[bytes, ...] = (b"",)
    client: str = "192.0.2.1"
    breaks_off: bool = False

    @property
    def scope(self):
        raw, _, query = self.target.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": unquote(raw),
            "raw_path": raw.encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": "",
            "headers": [*self.headers],
            "client": (self.client, 1),
            "server": ("127.0.0.1", 8080),
        }


@dataclass
class Answered:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


async def ask(app, asked):
    """Return what an application answers; whatever it raises besides is left to its status."""
    answered = Answered()
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in asked.chunks]
    if asked.breaks_off:
        waiting[-1] = {"type": "http.disconnect"}
    else:
        waiting[-1]["more_body"] = False

    async def receive():
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            answered.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in message["headers"]
            }
        else:
            answered.body += message.get("body", b"")

    with suppress(Exception):  # the server would log it; the answer is what is judged
        async with asyncio.timeout(_SECONDS):
            await app(asked.scope, receive, send)
    return answered
