"""Trouble of an upstream that may pass: it is tried again, within bounds."""

import asyncio
import socket
from datetime import timedelta

import pytest

from digest.core.harvest import HarvestState
from tests.upstream import FEED, NOW, a_redirect, a_reply, hang_up_after, reset


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
