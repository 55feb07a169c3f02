"""Where the sources' HTTP client may go, and whom it believes."""

import ssl
from collections.abc import AsyncIterator, Sequence

import pytest
import trustme

from digest.core.harvest import HarvestState
from tests.upstream import FEED, Upstream, a_redirect, a_reply, serving


def leading_to(*answers: Sequence[str]):
    """Return a resolver that gives one answer after the other, and then the last for ever."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


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
