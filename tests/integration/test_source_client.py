"""The sources' HTTP client against a real server on loopback, well-behaved and hostile."""

import asyncio
import contextlib
import gzip
import json
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import trustme

from digest.core.harvest import HarvestState
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


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    upstream = Upstream()
    async with serving(upstream):
        yield upstream


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


@pytest.fixture
async def harness(tmp_path) -> AsyncIterator[Harness]:
    harness = Harness(tmp_path / "pace")
    yield harness
    for client in harness.opened:
        await client.close()


def leading_to(*answers: Sequence[str]):
    """Return a resolver that gives one answer after the other, and then the last for ever."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def hang_up_after(data: bytes) -> Act:
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return act


async def reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


# --- what is asked and what comes back


async def test_whole_answer_comes_with_its_headers(upstream, harness):
    url = upstream.on(
        "/feed",
        a_reply(FEED, Content_Type="application/atom+xml", ETag='"v1"', Last_Modified="Thu"),
    )
    assert await harness.get(url) == Answer(
        status=200,
        body=FEED,
        url=url,
        content_type="application/atom+xml",
        etag='"v1"',
        last_modified="Thu",
    )


async def test_request_says_who_asks_and_what_is_wanted(upstream, harness):
    url = upstream.on("/feed", a_reply(FEED))
    await harness.client().get(url, accept="application/json")
    (headers,) = upstream.headers
    assert headers["user-agent"] == AGENT
    assert headers["accept"] == "application/json"
    assert headers["accept-encoding"] == "gzip, deflate"
    assert headers["host"] == f"127.0.0.1:{upstream.port}"
    assert not {"if-none-match", "if-modified-since", "cookie", "referer"} & headers.keys()


async def test_unchanged_answer_is_a_304_with_empty_body(upstream, harness):
    url = upstream.on("/feed", a_reply(status="304 Not Modified", ETag='"v2"'))
    answer = await harness.client().get(url, etag='W/"v1"', last_modified="Wed, 11 Mar 2026")
    assert (answer.status, answer.body, answer.etag) == (304, b"", '"v2"')
    assert upstream.headers[0]["if-none-match"] == 'W/"v1"'
    assert upstream.headers[0]["if-modified-since"] == "Wed, 11 Mar 2026"


async def test_304_that_nobody_asked_for_is_trouble(upstream, harness):
    url = upstream.on("/feed", a_reply(status="304 Not Modified"))
    assert (await harness.trouble(url)).state is HarvestState.UNREACHABLE


async def test_chunked_gzip_is_unfolded(upstream, harness):
    folded = gzip.compress(FEED)
    chunked = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in (folded[:9], folded[9:], b""))
    head = a_reply(Content_Length="", Transfer_Encoding="chunked", Content_Encoding="gzip")
    assert (await harness.get(upstream.on("/feed", head + chunked))).body == FEED


async def test_connection_is_kept_for_the_next_request(upstream, harness):
    url = upstream.on("/feed", a_reply(FEED))
    client = harness.client()
    for _ in range(3):
        await client.get(url)
    assert (upstream.connections, len(upstream.paths)) == (1, 3)


async def test_proxies_of_the_environment_are_not_used(upstream, harness, monkeypatch):
    url = upstream.on("/feed", a_reply(FEED))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert (await harness.get(url)).body == FEED
    assert upstream.paths == ["/feed"]


# --- passing trouble


async def test_server_error_is_tried_again_with_growing_waits(upstream, harness):
    broken = a_reply(status="503 Service Unavailable")
    url = upstream.on("/feed", broken, broken, broken, a_reply(FEED))
    assert (await harness.get(url)).body == FEED
    assert harness.slept == [2.0, 4.0, 8.0]


async def test_attempts_are_bounded(upstream, harness):
    url = upstream.on("/feed", a_reply(b"down", status="500 Oops"))
    trouble = await harness.trouble(url, attempts=3)
    assert trouble.state is HarvestState.UNREACHABLE
    assert trouble.detail == "127.0.0.1 answered 500 Internal Server Error: down"
    assert trouble.retry_after is None
    assert len(upstream.paths) == 3


@pytest.mark.parametrize("status", ["408 Request Timeout", "425 Too Early", "502 Bad Gateway"])
async def test_temporary_status_is_tried_again(upstream, harness, status):
    url = upstream.on("/feed", a_reply(status=status), a_reply(FEED))
    assert (await harness.get(url)).body == FEED


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7"}, 7.0),
        ({"Retry_After": "Thu, 12 Mar 2026 06:00:09 GMT"}, 9.0),
        ({"RateLimit": '"api";r=0;t=55', "RateLimit_Policy": '"api";q=500;w=300'}, 55.0),
        ({}, 2.0),
        ({"Retry_After": "0"}, 2.0),
    ],
)
async def test_rate_limit_is_waited_out_as_asked(upstream, harness, headers, seconds):
    limited = a_reply(b"slow down", status="429 Too Many Requests", **headers)
    url = upstream.on("/feed", limited, a_reply(FEED))
    assert (await harness.get(url)).body == FEED
    assert harness.slept == [seconds]


async def test_wait_beyond_the_cap_is_left_to_the_caller(upstream, harness):
    limited = a_reply(b"Rate exceeded.", status="429 Too Many Requests", Retry_After="3600")
    url = upstream.on("/feed", limited)
    trouble = await harness.trouble(url)
    assert trouble.state is HarvestState.RATE_LIMITED
    assert trouble.retry_after == NOW + timedelta(hours=1)
    assert trouble.detail == "127.0.0.1 answered 429 Too Many Requests: Rate exceeded."
    assert (harness.slept, len(upstream.paths)) == ([], 1)


async def test_last_wish_of_a_limited_upstream_is_passed_on(upstream, harness):
    url = upstream.on("/feed", a_reply(status="429 Too Many Requests", Retry_After="30"))
    trouble = await harness.trouble(url)
    assert trouble.retry_after == NOW + timedelta(seconds=30)
    assert harness.slept == [30.0] * 3


async def test_rate_exceeded_under_status_200_is_a_rate_limit(upstream, harness):
    limited = a_reply(b"Rate exceeded.\n", Content_Type="text/html")
    url = upstream.on("/api/query", limited)
    assert (await harness.trouble(url)).state is HarvestState.RATE_LIMITED
    upstream.on("/api/query", limited, a_reply(FEED))
    assert (await harness.get(url)).body == FEED


async def test_refused_connection_says_so(harness):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    trouble = await harness.trouble(f"http://127.0.0.1:{port}/")
    assert trouble.state is HarvestState.UNREACHABLE
    assert trouble.detail == "127.0.0.1: Connection refused"
    assert len(harness.slept) == 3


async def test_unknown_name_says_so(harness):
    async def resolve(_host, _port):
        raise socket.gaierror(-2, "Name or service not known")

    trouble = await harness.trouble("http://nowhere.example/", resolve=resolve)
    assert trouble.state is HarvestState.UNREACHABLE
    assert trouble.detail == "nowhere.example: Name or service not known"


async def test_name_that_never_resolves_ends_at_the_connect_timeout(harness):
    async def resolve(_host, _port):
        await asyncio.Event().wait()

    trouble = await harness.trouble(
        "http://slow.example/", resolve=resolve, connect_timeout=0.02, attempts=1
    )
    assert trouble.state is HarvestState.UNREACHABLE
    assert trouble.detail == "slow.example: no connection within 0.02 s"


async def test_reset_connection_is_tried_again(upstream, harness):
    url = upstream.on("/feed", reset, hang_up_after(b""), a_reply(FEED))
    assert (await harness.get(url)).body == FEED


async def test_answer_that_is_not_http_is_unreachable(upstream, harness):
    url = upstream.on("/feed", hang_up_after(b"220 mail.example ESMTP\r\n"))
    assert (await harness.trouble(url)).state is HarvestState.UNREACHABLE


async def test_silence_ends_at_the_read_timeout(upstream, harness):
    async def stall(_writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)

    url = upstream.on("/feed", stall)
    trouble = await harness.trouble(url, read_timeout=0.03, attempts=2)
    assert trouble.state is HarvestState.UNREACHABLE
    assert trouble.detail == "127.0.0.1: nothing came for 0.03 s"
    assert len(upstream.paths) == 2


async def test_drip_ends_at_the_total_timeout(upstream, harness):
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(a_reply(Content_Length="9999"))
        for _ in range(40):
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    url = upstream.on("/feed", drip)
    trouble = await harness.trouble(url, total_timeout=0.08, attempts=1)
    assert trouble.state is HarvestState.UNREACHABLE
    assert trouble.detail == "127.0.0.1: no whole answer within 0.08 s"


async def test_redirects_do_not_renew_the_total_timeout(upstream, harness):
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(a_redirect("/b"))
        await writer.drain()

    upstream.on("/b", slow)
    url = upstream.on("/a", slow)
    trouble = await harness.trouble(url, total_timeout=0.08, attempts=1)
    assert "no whole answer" in trouble.detail


# --- whole or not at all


@pytest.mark.parametrize(
    "cut",
    [
        a_reply(Content_Length=str(len(FEED))) + FEED[:100],
        a_reply(Content_Length="", Transfer_Encoding="chunked") + b"5\r\n<feed\r\n",
        a_reply(gzip.compress(FEED)[:-12], Content_Encoding="gzip"),
        a_reply(Content_Length="50", Content_Encoding="gzip") + gzip.compress(FEED)[:30],
    ],
    ids=["length", "chunked", "gzip", "gzip and length"],
)
async def test_cut_answer_is_tried_again_and_then_truncated(upstream, harness, cut):
    url = upstream.on("/feed", hang_up_after(cut))
    assert (await harness.trouble(url)).state is HarvestState.TRUNCATED
    assert len(upstream.paths) == 4
    upstream.on("/feed", hang_up_after(cut), a_reply(FEED))
    assert (await harness.get(url)).body == FEED


async def test_reset_within_the_body_is_truncated(upstream, harness):
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(a_reply(Content_Length="500") + b"<feed>")
        await writer.drain()
        await asyncio.sleep(0.02)
        await reset(writer)

    trouble = await harness.trouble(upstream.on("/feed", act), attempts=1)
    assert trouble.state is HarvestState.TRUNCATED
    assert "after 6 of 500 bytes" in trouble.detail


@pytest.mark.parametrize(
    "huge",
    [
        a_reply(Content_Length="10000000000"),
        a_reply(Content_Length="") + b" " * 300_000,
        a_reply(gzip.compress(bytes(2**24)), Content_Encoding="gzip"),
    ],
    ids=["claimed", "endless", "gzip bomb"],
)
async def test_oversized_answer_is_asked_for_once(upstream, harness, huge):
    url = upstream.on("/feed", hang_up_after(huge))
    trouble = await harness.trouble(url, max_bytes=200_000)
    assert trouble.state is HarvestState.TOO_LARGE
    assert (harness.slept, len(upstream.paths)) == ([], 1)


# --- refusals


async def test_refusal_is_asked_for_once_and_gives_the_reason(upstream, harness):
    feed = (
        b"<?xml version='1.0'?><feed><entry><id>http://arxiv.example/api/errors#bad_id</id>"
        b"<title>Error</title><summary>bad id abc</summary></entry></feed>"
    )
    trouble = await harness.trouble(upstream.on("/q", a_reply(feed, status="400 Bad Request")))
    assert trouble.state is HarvestState.REFUSED
    assert trouble.detail == (
        "127.0.0.1 answered 400 Bad Request: "
        "http://arxiv.example/api/errors#bad_id Error bad id abc"
    )
    assert (harness.slept, len(upstream.paths)) == ([], 1)


@pytest.mark.parametrize(
    "page",
    [
        a_reply(b"<html><script>alert(1)</script></html>", status="404 <script>"),
        a_reply(b"x" * 100_000, status="404 Not Found"),
        a_reply(b"\x1f\x8bbroken", status="404 Not Found", Content_Encoding="gzip"),
    ],
    ids=["html", "huge", "damaged"],
)
async def test_useless_error_body_leaves_the_status_to_speak(upstream, harness, page):
    trouble = await harness.trouble(upstream.on("/q", page))
    assert trouble.state is HarvestState.REFUSED
    assert trouble.detail == "127.0.0.1 answered 404 Not Found"


async def test_secrets_do_not_reach_the_detail(upstream, harness):
    echo = b"no access with api_key=s3cr3t-k3y, write to ops@lab.example"
    url = upstream.on("/q", a_reply(echo, status="403 Forbidden"))
    trouble = await harness.trouble(f"{url}?api_key=s3cr3t-k3y&mailto=ops@lab.example&q=x")
    assert upstream.paths == ["/q?api_key=s3cr3t-k3y&mailto=ops@lab.example&q=x"]
    assert not any(secret in trouble.detail for secret in ("s3cr3t", "ops@lab"))


# --- redirects


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 T", "308 P"])
async def test_redirect_is_followed_and_remembered(upstream, harness, status):
    target = upstream.on("/new", a_reply(FEED))
    url = upstream.on("/old", a_reply(status=status, Location="/new"))
    answer = await harness.get(url)
    assert (answer.body, answer.url) == (FEED, target)


async def test_circle_of_redirects_is_a_named_trouble(upstream, harness):
    upstream.on("/b", a_redirect("/a"))
    trouble = await harness.trouble(upstream.on("/a", a_redirect("/b")))
    assert trouble.state is HarvestState.UNREACHABLE
    assert trouble.detail == "127.0.0.1 redirects in a circle"
    assert upstream.paths == ["/a", "/b"]


async def test_endless_chain_of_redirects_is_cut(upstream, harness):
    for n in range(9):
        upstream.on(f"/{n}", a_redirect(f"/{n + 1}"))
    trouble = await harness.trouble(f"http://127.0.0.1:{upstream.port}/0")
    assert trouble.detail == "127.0.0.1 redirects more than 5 times"
    assert len(upstream.paths) == 6


async def test_longest_permitted_chain_arrives(upstream, harness):
    for n in range(5):
        upstream.on(f"/{n}", a_redirect(f"/{n + 1}"))
    upstream.on("/5", a_reply(FEED))
    assert (await harness.get(f"http://127.0.0.1:{upstream.port}/0")).body == FEED


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/hostname",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "http://ada:pw@127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]/",
        "data:text/xml,<feed/>",
        "http://h:99999/",
    ],
)
async def test_redirect_out_of_bounds_is_blocked_at_once(upstream, harness, location):
    trouble = await harness.trouble(upstream.on("/feed", a_redirect(location)))
    assert trouble.state is HarvestState.BLOCKED
    assert (harness.slept, upstream.paths) == ([], ["/feed"])


async def test_redirect_without_a_target_is_trouble(upstream, harness):
    url = upstream.on("/feed", a_reply(status="302 Found"))
    assert (await harness.trouble(url)).state is HarvestState.UNREACHABLE


# --- addresses


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "localhost",
        "127。0。0。1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "224.0.0.1",
    ],
)
async def test_private_address_in_any_spelling_is_blocked(harness, host):
    trouble = await harness.trouble(f"http://{host}/", allow_private=False)
    assert trouble.state is HarvestState.BLOCKED
    assert harness.slept == []


async def test_name_that_rebinds_to_loopback_is_blocked(upstream, harness):
    rebinding = leading_to([], ["127.0.0.1"])
    trouble = await harness.trouble(
        "http://rebind.example/", allow_private=False, resolve=rebinding
    )
    assert trouble.state is HarvestState.BLOCKED
    assert "rebind.example leads to 127.0.0.1" in trouble.detail
    assert upstream.connections == 0


async def test_name_is_asked_for_once_per_connection_and_sent_as_host(upstream, harness):
    url = upstream.on("/feed", a_reply(FEED)).replace("127.0.0.1", "mirror.example")
    client = harness.client(resolve=leading_to(["127.0.0.1"], ["169.254.169.254"]))
    assert (await client.get(url)).body == FEED
    assert upstream.headers[0]["host"] == f"mirror.example:{upstream.port}"


# --- encryption


@pytest.fixture
async def sealed(tmp_path) -> AsyncIterator[tuple[Upstream, str]]:
    """An upstream behind TLS, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("sealed.example").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    upstream = Upstream()
    async with serving(upstream, tls):
        yield upstream, str(tmp_path / "ca.pem")


async def test_certificate_of_a_known_authority_is_accepted(sealed, harness, monkeypatch):
    upstream, authority = sealed
    monkeypatch.setenv("SSL_CERT_FILE", authority)
    upstream.on("/feed", a_reply(FEED))
    url = f"https://sealed.example:{upstream.port}/feed"
    assert (await harness.get(url, resolve=leading_to(["127.0.0.1"]))).body == FEED


async def test_certificate_of_an_unknown_authority_is_refused(sealed, harness):
    upstream, _ = sealed
    trouble = await harness.trouble(
        f"https://sealed.example:{upstream.port}/", resolve=leading_to(["127.0.0.1"]), attempts=1
    )
    assert trouble.state is HarvestState.UNREACHABLE
    assert "certificate verify failed" in trouble.detail
    assert upstream.paths == []


async def test_certificate_of_another_host_is_refused(sealed, harness, monkeypatch):
    upstream, authority = sealed
    monkeypatch.setenv("SSL_CERT_FILE", authority)
    trouble = await harness.trouble(f"https://127.0.0.1:{upstream.port}/", attempts=1)
    assert "certificate verify failed" in trouble.detail
    assert upstream.paths == []


async def test_encryption_is_not_given_up_by_a_redirect(sealed, upstream, harness, monkeypatch):
    guarded, authority = sealed
    monkeypatch.setenv("SSL_CERT_FILE", authority)
    guarded.on("/feed", a_redirect(upstream.on("/plain", a_reply(FEED))))
    trouble = await harness.trouble(
        f"https://sealed.example:{guarded.port}/feed", resolve=leading_to(["127.0.0.1"])
    )
    assert trouble.state is HarvestState.BLOCKED
    assert trouble.detail == "sealed.example redirects from https to http"
    assert upstream.paths == []


# --- pace


async def test_every_request_of_a_key_takes_a_turn(upstream, harness):
    upstream.on("/b", a_reply(status="500 Oops"), a_reply(FEED))
    url = upstream.on("/a", a_redirect("/b"))
    await harness.client().get(url, min_interval=3.0, pace_key="arxiv")
    waits = [s for s in harness.slept if s != 2.0]
    assert len(upstream.paths) == 4
    assert waits == pytest.approx([3.0] * 3, abs=0.5)


async def test_requests_to_one_host_never_overlap(upstream, harness):
    in_flight: list[int] = []

    async def slow(writer: asyncio.StreamWriter) -> None:
        in_flight.append(1)
        await asyncio.sleep(0.02)
        answered = a_reply(str(len(in_flight)).encode())
        in_flight.clear()
        writer.write(answered)
        await writer.drain()

    urls = [upstream.on(path, slow) for path in ("/a", "/b", "/c")]
    client = harness.client()
    answers = await asyncio.gather(*(client.get(url) for url in urls))
    assert [answer.body for answer in answers] == [b"1"] * 3


TAKE_TURNS = """
import asyncio, json, sys, time
from pathlib import Path
from digest.sources.pacing import Pacer

async def main():
    pacer, turns = Pacer(Path(sys.argv[1])), []
    for _ in range(3):
        async with pacer.turn("arxiv", 0.1):
            began = time.time()
            await asyncio.sleep(0.03)
            turns.append((began, time.time()))
    print(json.dumps(turns))

asyncio.run(main())
"""


def test_two_processes_keep_one_pace(tmp_path):
    command = [sys.executable, "-c", TAKE_TURNS, str(tmp_path)]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])  # noqa: S603 - our own interpreter
        for _ in range(2)
    ]
    turns = sorted(turn for process in both for turn in json.loads(process.communicate()[0]))
    assert len(turns) == 6
    for (began, ended), (next_began, _) in pairwise(turns):
        assert next_began >= ended
        assert next_began - began >= 0.1
