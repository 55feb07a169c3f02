"""Serve the site over HTTP within a running event loop, until the block ends."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

import structlog
import uvicorn
from starlette.applications import Starlette

from digest.errors import UsageError

_GRACE = 10
_AT_ONCE = 200
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def serving(app: Starlette, *, host: str, port: int) -> AsyncIterator[int]:
    """Serve for the length of the block, and yield the port; requests under way are finished.

    Raises:
        UsageError: the address cannot be listened on.
    """
    with closing(_listen(host, port)) as listener:
        number: int = listener.getsockname()[1]
        server = _Server(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,  # secrets are in the addresses
                server_header=False,
                limit_concurrency=_AT_ONCE,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await server.ready.wait()
            _log.info("serving", host=host, port=number)
            yield number
        finally:
            server.should_exit = True
            await running


class _Server(uvicorn.Server):
    """A server that says when it is ready, and leaves the signals to the program around it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(
            f"{host}:{port}: cannot be listened on: {error.strerror or error}"
        ) from None
    # asyncio does so only for sockets that name their protocol, which these do not; without it
    # the second part of each answer waits for the client's delayed ACK, 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
