"""Which addresses and URLs the guard lets through."""

import asyncio
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.harvest import HarvestState
from digest.sources.guard import (
    GuardedBackend,
    check_redirect,
    check_url,
    is_allowed,
    parse_url,
    port_of,
    resolve_host,
)
from digest.sources.trouble import FetchTrouble

NEVER = [
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "0.1.2.3",
    "169.254.169.254",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fc00::1",
    "fd12:3456::1",
]
PUBLIC = ["8.8.8.8", "128.84.21.199", "172.32.0.1", "2606:4700::1", "2a04:4e42::223"]


class Network(httpcore2.AsyncNetworkBackend):
    """Notes where it was asked to connect; addresses in ``dead`` refuse."""

    def __init__(self, dead: Sequence[str] = ()) -> None:
        self.dead = dead
        self.tried: list[str] = []
        self.shares: list[float | None] = []

    async def connect_tcp(self, host, *settings):
        _port, share, *_ = settings
        self.tried.append(host)
        self.shares.append(share)
        if host in self.dead:
            raise httpcore2.ConnectError(f"{host} refused")
        return httpcore2.AsyncMockStream([])


def resolving_to(*answers: Sequence[str]):
    """Return a resolver that gives one answer after the other, and then the last for ever."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@pytest.mark.parametrize("address", NEVER)
@pytest.mark.parametrize("allow_private", [False, True])
def test_some_addresses_are_never_allowed(address, allow_private):
    assert not is_allowed(address, allow_private=allow_private)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_allowed_on_request_only(address):
    assert not is_allowed(address, allow_private=False)
    assert is_allowed(address, allow_private=True)


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("allow_private", [False, True])
def test_public_addresses_are_allowed(address, allow_private):
    assert is_allowed(address, allow_private=allow_private)


@given(st.ip_addresses())
def test_nothing_that_python_calls_local_is_allowed(ip: IPv4Address | IPv6Address):
    if is_allowed(str(ip), allow_private=False):
        assert ip.is_global
        assert not any((ip.is_private, ip.is_loopback, ip.is_link_local, ip.is_multicast))


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_allowed_inside_an_ipv6_one(ip: IPv4Address):
    inside = int(ip)
    disguises = [
        IPv6Address(inside),
        IPv6Address((0xFFFF << 32) + inside),
        IPv6Address((0x64FF9B << 96) + inside),
        IPv6Address((0x2002 << 112) + (inside << 80)),
    ]
    assert not any(is_allowed(str(d), allow_private=False) for d in disguises)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/hostname", "not http or https"),
        ("ftp://example.org/", "not http or https"),
        ("gopher://example.org:70/", "not http or https"),
        ("//example.org/", "not http or https"),
        ("example.org", "not http or https"),
        ("", "not http or https"),
        ("http://ada:pw@example.org/", "user name or password"),
        ("http://127.0.0.1\\@example.org/", "user name or password"),
        ("http:///path", "no valid host"),
        ("http:127.0.0.1/", "no valid host"),
        ("http://ex ample/", "no valid host"),
        ("http://[fe80::1%25eth0]/", "no valid host"),
        ("http://example.org:22/", "port 22"),
        ("http://example.org:8080/", "port 8080"),
        ("http://example.org:0/", "port 0"),
    ],
)
def test_url_that_is_no_public_web_address_is_blocked(url, why):
    with pytest.raises(FetchTrouble, match=why) as caught:
        check_url(parse_url(url), allow_private=False)
    assert caught.value.state is HarvestState.BLOCKED
    assert "pw" not in caught.value.detail.replace("password", "")


@pytest.mark.parametrize("url", ["http://h:99999/", "http://h:0/", "http://h:-1/"])
def test_number_that_is_no_port_is_blocked_even_in_private(url):
    with pytest.raises(FetchTrouble, match="is not a port"):
        check_url(parse_url(url), allow_private=True)


@pytest.mark.parametrize("url", ["http://h/\r\nX: y", "http://\uff11\uff12\uff17.0.0.1/"])
def test_text_that_is_no_url_is_blocked(url):
    with pytest.raises(FetchTrouble, match="not a URL") as caught:
        parse_url(url)
    assert caught.value.state is HarvestState.BLOCKED


@pytest.mark.parametrize(
    "url",
    [
        "https://export.arxiv.org/api/query?search_query=cat:cs.CL",
        "http://example.org:443/",
        "https://example.org:80/",
        "https://münchen.example/",
        "https://[2606:4700::1]/",
    ],
)
def test_public_web_address_passes(url):
    check_url(parse_url(url), allow_private=False)


def test_any_port_passes_in_private():
    url = parse_url("http://127.0.0.1:8099/feed")
    check_url(url, allow_private=True)
    assert port_of(url) == 8099


def test_redirect_is_joined_to_where_it_starts():
    target = check_redirect(parse_url("http://a.example/x/y"), "../z?q=1", allow_private=False)
    assert str(target) == "http://a.example/z?q=1"


def test_redirect_may_turn_encryption_on_but_not_off():
    plain, sealed = parse_url("http://a.example/"), parse_url("https://a.example/")
    assert check_redirect(plain, "https://b.example/", allow_private=False).scheme == "https"
    with pytest.raises(FetchTrouble, match="from https to http") as caught:
        check_redirect(sealed, "http://a.example/", allow_private=False)
    assert caught.value.state is HarvestState.BLOCKED


def test_redirect_to_an_address_out_of_bounds_names_where_it_starts():
    start = parse_url("http://a.example/")
    with pytest.raises(FetchTrouble, match=r"^a\.example redirects: .* not http or https"):
        check_redirect(start, "file:///etc/hostname", allow_private=True)
    with pytest.raises(FetchTrouble, match=r"^a\.example redirects: b\.example: port 22"):
        check_redirect(start, "//b.example:22/", allow_private=False)


def test_redirect_to_no_url_is_blocked():
    with pytest.raises(FetchTrouble, match="no URL"):
        check_redirect(parse_url("http://a.example/"), "http://b.example/\x07", allow_private=False)


async def test_name_is_resolved_once_and_the_judged_address_is_connected_to():
    network = Network()
    rebinding = resolving_to(["8.8.8.8"], ["127.0.0.1"])
    backend = GuardedBackend(allow_private=False, resolve=rebinding, network=network)
    await backend.connect_tcp("rebind.example", 80, timeout=1.0)
    with pytest.raises(FetchTrouble, match=r"leads to 127\.0\.0\.1"):
        await backend.connect_tcp("rebind.example", 80, timeout=1.0)
    assert network.tried == ["8.8.8.8"]


async def test_private_one_among_public_addresses_is_passed_over():
    network = Network(dead=["8.8.8.8", "8.8.4.4"])
    mixed = resolving_to(["127.0.0.1", "8.8.8.8", "169.254.169.254", "8.8.4.4"])
    backend = GuardedBackend(allow_private=False, resolve=mixed, network=network)
    with pytest.raises(httpcore2.ConnectError, match=r"8\.8\.4\.4 refused"):
        await backend.connect_tcp("mixed.example", 80)
    assert network.tried == ["8.8.8.8", "8.8.4.4"]


async def test_families_take_turns_and_share_the_time():
    six = [f"2606:4700::{n}" for n in range(1, 6)]
    network = Network(dead=six)
    resolve = resolving_to([*six, "8.8.8.8"])
    backend = GuardedBackend(allow_private=False, resolve=resolve, network=network)
    await backend.connect_tcp("dual.example", 443, timeout=8.0)
    assert network.tried == [six[0], "8.8.8.8"]
    assert network.shares == [2.0, 2.0]


async def test_blocked_name_says_how_to_permit_it():
    backend = GuardedBackend(allow_private=False, resolve=resolving_to(["10.0.0.1"]))
    with pytest.raises(FetchTrouble, match="allow_private = true permits"):
        await backend.connect_tcp("intra.example", 80)


async def test_metadata_address_is_blocked_in_private_without_false_hope():
    backend = GuardedBackend(allow_private=True, resolve=resolving_to(["169.254.169.254"]))
    with pytest.raises(FetchTrouble, match=r"not a public address$"):
        await backend.connect_tcp("metadata.example", 80)


async def test_blocked_literal_is_named_once():
    backend = GuardedBackend(allow_private=False, resolve=resolving_to(["10.0.0.1"]))
    with pytest.raises(FetchTrouble, match=r"^10\.0\.0\.1 is not a public address"):
        await backend.connect_tcp("10.0.0.1", 80)


async def test_name_without_addresses_cannot_be_connected_to():
    backend = GuardedBackend(allow_private=False, resolve=resolving_to([]))
    with pytest.raises(httpcore2.ConnectError, match="no address"):
        await backend.connect_tcp("void.example", 80, timeout=1.0)


async def test_failing_resolver_is_a_failed_connection():
    async def resolve(_host, _port):
        raise OSError("Temporary failure in name resolution")

    with pytest.raises(httpcore2.ConnectError, match="Temporary failure"):
        await GuardedBackend(allow_private=False, resolve=resolve).connect_tcp("x.example", 80)


async def test_silent_resolver_is_a_timeout():
    async def resolve(_host, _port):
        await asyncio.sleep(60)
        return []

    backend = GuardedBackend(allow_private=False, resolve=resolve)
    with pytest.raises(httpcore2.ConnectTimeout):
        await backend.connect_tcp("x.example", 80, timeout=0.01)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1"])
async def test_every_spelling_of_loopback_resolves_to_loopback(host):
    assert set(await resolve_host(host, 80)) == {"127.0.0.1"}


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 64}.example"])
async def test_impossible_host_name_is_blocked(host):
    with pytest.raises(FetchTrouble, match="no valid host name"):
        await resolve_host(host, 80)
