"""The site over HTTP: health, headers, and the server."""

import asyncio
import json
import socket

import httpx2
import pytest

from digest.errors import StoreBusyError, UsageError
from digest.web.server import check_address, serving
from digest.web.sns import visit
from tests.integration.site.conftest import BOUNCE


def test_health_is_told(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert client.post("/healthz").status_code == 405


def test_health_without_a_database_is_503(client, store, monkeypatch):
    def busy(_self):
        raise StoreBusyError("locked")

    monkeypatch.setattr(store.papers.__class__, "newest_serial", busy)
    assert client.get("/healthz").status_code == 503


@pytest.mark.parametrize("at", ["/healthz", "/nowhere"])
def test_every_answer_has_the_plain_headers(client, at):
    headers = client.get(at).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("ada")
async def test_the_site_is_served_and_finishes_what_is_under_way(app, path):
    async with httpx2.AsyncClient() as client:
        async with serving(app, host="127.0.0.1", port=0) as port:
            url = f"http://127.0.0.1:{port}"
            assert (await client.get(f"{url}/healthz")).json() == {"status": "ok"}
            late = asyncio.create_task(client.post(f"{url}{path()}", content=slow_body()))
            await asyncio.sleep(0.1)
        answer = await late
        assert (answer.status_code, answer.json()) == (200, {"recorded": 1})
        assert "server" not in answer.headers
        with pytest.raises(httpx2.ConnectError):
            await client.get(f"{url}/healthz")


async def slow_body():
    body = json.dumps(BOUNCE).encode()
    yield body[:5]
    await asyncio.sleep(0.4)
    yield body[5:]


async def test_an_address_that_is_taken_is_named(app):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"127\.0\.0\.1:{port}: cannot be .*with --port"):
            async with serving(app, host="127.0.0.1", port=port):
                pass


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "500 Oops"])
async def test_a_visit_agrees_when_it_is_answered_200_and_follows_nothing(status):
    asked = []

    async def answer(reader, writer):
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        head = f"HTTP/1.1 {status}\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/?Token=t"
        if status.startswith("200"):
            await visit(url)
        else:
            with pytest.raises(OSError, match=f"SNS answered {status[:3]}"):
                await visit(url)
    assert len(asked) == 1
    with pytest.raises(OSError, match="SNS cannot be reached"):
        await visit(url)


async def test_an_answer_in_two_parts_does_not_wait_for_the_client(app):
    async with serving(app, host="127.0.0.1", port=0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = asyncio.get_running_loop().time()
        for _ in range(20):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            await reader.readuntil(b'"ok"}')
        took = asyncio.get_running_loop().time() - began
        writer.close()
        await writer.wait_closed()
    assert took < 20 * 0.03


@pytest.mark.parametrize("host", ["no host", "192.0.2.1", "no..host"])
def test_a_host_that_is_none_of_this_machine_is_what_to_change(host):
    with pytest.raises(UsageError, match=f"{host}.*; choose another with --host"):
        check_address(host, 0)
