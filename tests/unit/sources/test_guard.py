"""Which addresses and URLs the guard lets through."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.harvest import HarvestState
from digest.sources.guard import check_redirect, check_url, is_allowed, parse_url, port_of
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
