"""Refusals, which are asked for once, and redirects, which are followed within bounds."""

import pytest

from digest.core.harvest import HarvestState
from tests.upstream import FEED, a_redirect, a_reply


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
