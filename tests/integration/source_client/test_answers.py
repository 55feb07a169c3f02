"""What the sources' HTTP client asks a real server, and what comes back, whole or not at all."""

import asyncio
import gzip

import pytest

from digest.core.harvest import HarvestState
from digest.sources.client import Answer
from tests.upstream import AGENT, FEED, a_reply, hang_up_after, reset


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
