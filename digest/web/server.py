"""Serve the site over HTTP within a running event loop, until the block ends.

Two hundred connections are served at once. Whoever opens one and asks nothing, or never ends
asking, is hung up on, lest a few such clients keep all others out (CWE-400, "Slowloris").
"""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

import structlog
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from digest.errors import UsageError

_GRACE = 10
_AT_ONCE = 200
_SILENCE = 15.0  # seconds
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
                http=_Impatient,
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


class _Impatient(H11Protocol):
    """A connection that ends when no request has come in for a while; uvicorn's own would wait."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's
        """Begin, and look after a while."""
        super().connection_made(transport)
        self._last: object = None
        self.loop.call_later(_SILENCE, self._look)

    def _look(self) -> None:
        if self.transport.is_closing():
            return
        is_busy = self.cycle is not None and not self.cycle.response_complete
        if not is_busy and self.cycle is self._last:
            self.transport.close()
            return
        self._last = self.cycle
        self.loop.call_later(_SILENCE, self._look)


def check_address(host: str, port: int) -> None:
    """Find out whether an address can be listened on, before work that would be in vain.

    Raises:
        UsageError: it cannot.
    """
    _listen(host, port).close()


def _is_about_host(error: OSError) -> bool:
    """Tell whether the name leads nowhere, or to another machine."""
    return isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
    except UnicodeError:
        raise UsageError(f"{host!r}: is no host name; choose another with --host") from None
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        option = "--host" if _is_about_host(error) else "--port"
        raise UsageError(
            f"{host}:{port}: cannot be listened on: {why or error}; choose another with {option}"
        ) from None
    # asyncio does so only for sockets that name their protocol, which these do not; without it
    # the second part of each answer waits for the client's delayed ACK, 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
