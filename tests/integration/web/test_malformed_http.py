"""The real server, and clients that do not keep to HTTP or take their time."""

import asyncio
from contextlib import closing

import pytest

from digest.web import Site, make_app
from digest.web.server import serving

MALFORMED = {
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a line of nothing": b"\r\n\r\n\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "HTTP/9": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "bare line feeds": b"GET / HTTP/1.1\nHost: x\n\n",
    "a NUL in the path": b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
    "a header without end": b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 200_000 + b"\r\n\r\n",
    "headers without end": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 40_000 + b"\r\n",
    "a path without end": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "two lengths": b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Content-Length: 2\r\n\r\naa",
    "a negative length": b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a length that is none": b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
    "a length beyond all": b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: "
    + b"9" * 5_000
    + b"\r\n\r\n",
    "length and chunks": b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: x\r\n\r\n",
    "a chunk of no size": b"POST /subscribe HTTP/1.1\r\nHost: x\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "an unknown coding": b"POST /subscribe HTTP/1.1\r\nHost: x\r\n"
    b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "an Origin that is none": b"POST /preferences/x HTTP/1.1\r\nHost: [\r\n"
    b"Origin: http://[evil\r\nContent-Length: 0\r\n\r\n",
    "an upgrade": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a proxy's CONNECT": b"CONNECT evil.example.net:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a proxy's GET": b"GET http://169.254.169.254/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
}
HALF = {
    "half a request": b"GET / HTT",
    "half the headers": b"GET / HTTP/1.1\r\nHost: x\r\nA: b",
    "half a body": b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na=b",
    "half a chunk": b"POST /subscribe HTTP/1.1\r\nHost: x\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n9\r\na=b",
}


@pytest.fixture
async def port(workspace):
    app = make_app(Site(workspace=workspace))
    async with serving(app, host="127.0.0.1", port=0) as number:
        yield number


async def said(port, raw, *, seconds=5):
    """Return what comes back until the server or we hang up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer):
        answer = b""
        try:
            async with asyncio.timeout(seconds):
                writer.write(raw + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                while part := await reader.read(65_536):
                    answer += part
        except (TimeoutError, ConnectionError):
            return answer
        return answer


async def test_what_is_no_http_is_told_so_or_dropped_and_the_site_goes_on(port):
    for name, raw in MALFORMED.items():
        answer = await said(port, raw)
        assert answer.startswith((b"HTTP/1.1 ", b"")), name
        codes = [int(line[9:12]) for line in answer.split(b"\r\n") if line[:9] == b"HTTP/1.1 "]
        assert codes, name
        assert max(codes) < 500, (name, codes)
        assert b"Traceback" not in answer, name
    assert b"200 OK" in await said(port, b"")


async def test_who_goes_away_half_way_leaves_nothing_behind(port):
    for raw in HALF.values():
        for _ in range(20):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(raw)
            await writer.drain()
            writer.transport.abort()
    assert b"200 OK" in await said(port, b"")


async def test_who_asks_nothing_or_never_ends_asking_is_hung_up_on(port, monkeypatch):
    monkeypatch.setattr("digest.web.server._SILENCE", 0.05)
    kept = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    for raw in (b"", HALF["half a request"], HALF["half the headers"], kept + b"GET / HTT"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with closing(writer):
            writer.write(raw)
            async with asyncio.timeout(5):
                answer = await reader.read()
        assert answer.count(b"200 OK") == raw.count(b"healthz")


async def test_who_waits_for_a_long_answer_is_not_hung_up_on(port, monkeypatch):
    monkeypatch.setattr("digest.web.server._SILENCE", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer):
        writer.write(HALF["half a body"])  # the route waits for the rest
        await asyncio.sleep(0.3)
        writer.write(b"&c=ddd")
        async with asyncio.timeout(5):
            assert (await reader.read(12)).startswith(b"HTTP/1.1 400")
