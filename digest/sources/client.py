"""The HTTP client that all sources share: polite, safe, and honest about what came of it.

Polite: it says who asks, asks only for what changed, one request at a time per upstream
and no faster than agreed, and waits when told to. Safe: every hop is checked, every body
bounded. Honest: an answer is whole, or it is a trouble with a name.

It stands on httpcore2, one floor below httpx2's client, because redirects, unfolding,
retries and the choice of addresses are all done here. Proxies and other settings from the
environment are not followed, but for ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``: certificates
are verified against the system's store, where an operator's own authority is known too.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime

import httpcore2
import httpx2

from digest.core.harvest import HarvestState
from digest.sources.answer import Answer, judge
from digest.sources.guard import (
    GuardedBackend,
    Resolve,
    check_redirect,
    check_url,
    parse_url,
    resolve_host,
)
from digest.sources.pacing import Pacer
from digest.sources.retry import backoff
from digest.sources.trouble import FetchTrouble, PassingTrouble, root_cause

__all__ = ["Answer", "ClientSettings", "FetchTrouble", "PoliteClient"]

_BROKEN = (
    TimeoutError,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
)
_KEEPALIVE = 15.0  # seconds; longer than the pauses between the pages of one harvest


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """How the client behaves; times are seconds.

    Attributes:
        user_agent: names the product, its version and whom to write to.
        allow_private: loopback and private networks, and any port, may be connected to.
        max_bytes: the largest body accepted, unfolded.
        connect_timeout: to resolve the name, and again to connect, and again for TLS.
        read_timeout: the longest silence within an answer.
        total_timeout: for one answer with its redirects, waits for turns not counted.
        max_redirects: how many are followed.
        attempts: how often passing trouble is tried in all within one ``get``.
        backoff: the wait after the first failure; it doubles, with jitter.
        backoff_cap: the longest wait within one ``get``, own or asked for.
    """

    user_agent: str
    allow_private: bool = False
    max_bytes: int = 20 * 1024 * 1024
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float = 120.0
    max_redirects: int = 5
    attempts: int = 4
    backoff: float = 2.0
    backoff_cap: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    url: str
    headers: Mapping[str, str]
    min_interval: float
    pace_key: str

    @property
    def is_conditional(self) -> bool:
        return "If-None-Match" in self.headers or "If-Modified-Since" in self.headers


class PoliteClient:
    """Fetches; one for all sources of a process.

    Args:
        settings: how to behave.
        pacer: gives the turns; shared with other processes through its directory.
        now: the present (UTC).
        sleep: waits that many seconds.
        random: a number in [0, 1), for jitter.
        resolve: the addresses of a name.
    """

    def __init__(
        self,
        settings: ClientSettings,
        *,
        pacer: Pacer,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        resolve: Resolve = resolve_host,
    ) -> None:
        self._settings = settings
        self._pacer = pacer
        self._now = now
        self._sleep = sleep
        self._random = random
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            keepalive_expiry=_KEEPALIVE,
            network_backend=GuardedBackend(allow_private=settings.allow_private, resolve=resolve),
        )

    async def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        min_interval: float = 0.0,
        pace_key: str = "",
    ) -> Answer:
        """Fetch a URL; passing trouble is tried again here.

        Args:
            url: http or https.
            etag: of the answer we have; a 304 then says that it is still good.
            last_modified: likewise.
            accept: the media types wanted.
            min_interval: seconds between requests of this ``pace_key``, all processes together.
            pace_key: what shares the pace; the host when empty. Requests of one key never
                overlap.

        Raises:
            FetchTrouble: no usable answer; ``retry_after`` is set when the upstream said
                when to come back, which is at once the case if that is beyond ``backoff_cap``.
        """
        wanted = {
            "User-Agent": self._settings.user_agent,
            "Accept": accept,
            "Accept-Encoding": "gzip, deflate",
            "If-None-Match": etag,
            "If-Modified-Since": last_modified,
        }
        request = _Request(
            url=url,
            headers={name: value for name, value in wanted.items() if value},
            min_interval=min_interval,
            pace_key=pace_key,
        )
        for attempt in range(1, self._settings.attempts):
            try:
                return await self._follow(request)
            except PassingTrouble as trouble:
                wait = self._wait_after(trouble, attempt)
                if wait > self._settings.backoff_cap:
                    raise
            await self._sleep(wait)
        return await self._follow(request)

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    def _wait_after(self, trouble: PassingTrouble, attempt: int) -> float:
        if trouble.retry_after is not None:
            asked = (trouble.retry_after - self._now()).total_seconds()
            if asked > 0:
                return asked
        return backoff(
            attempt,
            first=self._settings.backoff,
            cap=self._settings.backoff_cap,
            jitter=self._random(),
        )

    async def _follow(self, request: _Request) -> Answer:
        """Go from redirect to redirect, each checked and each in its own turn."""
        allow_private = self._settings.allow_private
        url = parse_url(request.url)
        check_url(url, allow_private=allow_private)
        seen = {url}
        left = self._settings.total_timeout
        while True:
            async with self._pacer.turn(request.pace_key or url.host, request.min_interval):
                started = asyncio.get_running_loop().time()
                met = await self._exchange(url, request, left)
                left -= asyncio.get_running_loop().time() - started
            if isinstance(met, Answer):
                return met
            target = check_redirect(url, met, allow_private=allow_private)
            if target in seen or len(seen) > self._settings.max_redirects:
                how = "in a circle" if target in seen else f"more than {len(seen) - 1} times"
                raise FetchTrouble(HarvestState.UNREACHABLE, f"{url.host} redirects {how}")
            seen.add(target)
            url = target

    async def _exchange(self, url: httpx2.URL, request: _Request, left: float) -> Answer | str:
        """Send one request; return the answer, or the location that it redirects to."""
        try:
            async with asyncio.timeout(left), self._send(url, request) as response:
                return await judge(
                    response,
                    url=url,
                    conditional=request.is_conditional,
                    limit=self._settings.max_bytes,
                    now=self._now(),
                )
        except _BROKEN as error:
            detail = f"{url.host}: {self._told(error)}"
            raise PassingTrouble(HarvestState.UNREACHABLE, detail) from error

    def _send(
        self, url: httpx2.URL, request: _Request
    ) -> AbstractAsyncContextManager[httpcore2.Response]:
        silence = self._settings.read_timeout
        target = httpcore2.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        timeouts = {
            "connect": self._settings.connect_timeout,
            "read": silence,
            "write": silence,
        }
        host = url.netloc.decode("ascii")
        headers = [
            (name.encode(), value.encode("latin-1", "replace"))
            for name, value in {"Host": host, **request.headers}.items()
        ]
        return self._pool.stream("GET", target, headers=headers, extensions={"timeout": timeouts})

    def _told(self, error: BaseException) -> str:
        """Say what broke in one line."""
        match error:
            case TimeoutError():
                return f"no whole answer within {self._settings.total_timeout:g} s"
            case httpcore2.ConnectTimeout():
                return f"no connection within {self._settings.connect_timeout:g} s"
            case httpcore2.TimeoutException():
                return f"nothing came for {self._settings.read_timeout:g} s"
            case _:
                return root_cause(error)
