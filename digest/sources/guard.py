"""Which addresses may be connected to.

A feed's URL, a redirect and a name's DNS record are all chosen by strangers, so the check
stands where none of them can step around it: at the address that is connected to. A name
is resolved once, its addresses are judged, and the connection goes to a judged address, so
that a second, different answer of the DNS is never used.
"""

import asyncio
import contextlib
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import zip_longest

import httpcore2
import httpx2

from digest.core.harvest import HarvestState
from digest.sources.trouble import FetchTrouble

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")
_MOST_ADDRESSES = 4

# RFC 4291, 2.4: everything outside is loopback, local, mapped (::ffff:0:0/96), translated
# (64:ff9b::/96) or unassigned. `is_global` alone says yes to much of that.
_GLOBAL_IPV6 = IPv6Network("2000::/3")
_NEVER_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "2001::/32",  # Teredo, RFC 4380: an IPv4 address inside
        "2002::/16",  # 6to4, RFC 3056: an IPv4 address inside
        "3fff::/20",  # documentation, RFC 9637
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
    )
)
# Link-local is missing on purpose: 169.254.169.254 hands out a cloud machine's keys.
_PRIVATE = tuple(
    ip_network(network)
    for network in (
        "127.0.0.0/8",
        "10.0.0.0/8",  # RFC 1918
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",  # RFC 6598; overlay networks use it
        "::1/128",
        "fc00::/7",  # RFC 4193
    )
)


def parse_url(text: str) -> httpx2.URL:
    """Read a URL; international names become their ASCII form (RFC 5891).

    Raises:
        FetchTrouble: it is none.
    """
    try:
        return httpx2.URL(text)
    except httpx2.InvalidURL as error:
        raise _blocked("the address is not a URL") from error


def check_url(url: httpx2.URL, *, allow_private: bool) -> None:
    """Refuse a URL that does not lead to a web server in the open.

    Raises:
        FetchTrouble: the scheme, host or port is not one we use, or a password is in it.
    """
    if url.scheme not in _DEFAULT_PORTS:
        raise _blocked("the address is not http or https")
    if url.userinfo:
        raise _blocked("the address holds a user name or password, which is not sent")
    host = url.raw_host.decode("ascii")
    if not _HOST.fullmatch(host):
        raise _blocked("the address has no valid host name")
    port = port_of(url)
    if allow_private:
        if not 0 < port < 2**16:
            raise _blocked(f"{host}: {port} is not a port")
    elif port not in _DEFAULT_PORTS.values():
        raise _blocked(f"{host}: port {port} is not allowed, only 80 and 443 are")


def check_redirect(start: httpx2.URL, location: str, *, allow_private: bool) -> httpx2.URL:
    """Return where a redirect leads; never from https to http (RFC 9110, 4.2.2).

    Raises:
        FetchTrouble: it is no URL that we follow, or it would give up the encryption.
    """
    try:
        target = start.join(location)
    except httpx2.InvalidURL as error:
        raise _blocked(f"{start.host} redirects to something that is no URL") from error
    try:
        check_url(target, allow_private=allow_private)
    except FetchTrouble as trouble:
        raise _blocked(f"{start.host} redirects: {trouble.detail}") from trouble
    if start.scheme == "https" and target.scheme == "http":
        raise _blocked(f"{start.host} redirects from https to http")
    return target


def port_of(url: httpx2.URL) -> int:
    """Return the port that an http or https URL means."""
    return _DEFAULT_PORTS[url.scheme] if url.port is None else url.port


def is_allowed(address: str, *, allow_private: bool) -> bool:
    """Say whether an IP address may be connected to.

    Args:
        address: as a resolver gives it; an IPv6 address may name its zone.
        allow_private: loopback and private networks may be connected to as well.
    """
    ip = ip_address(address)
    if _lies_in(ip, _NEVER_PUBLIC):
        return False
    if allow_private and _lies_in(ip, _PRIVATE):
        return True
    return (
        ip.is_global and not ip.is_multicast and (isinstance(ip, IPv4Address) or ip in _GLOBAL_IPV6)
    )


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver, which also reads literals such as ``2130706433``."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label that is empty or longer than 63 (RFC 1035, 2.3.4)
        raise _blocked("the address has no valid host name") from error
    return [str(sockaddr[0]) for *_, sockaddr in found]


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens every connection of the client, to judged addresses alone.

    Args:
        allow_private: loopback and private networks may be connected to as well.
        resolve: the addresses of a name.
        network: connects to an address; sockets when None.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve = resolve_host,
        network: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._network = network or httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Resolve once, judge, and connect to the first allowed address that answers."""
        *others, last = await self._judged(host, port, timeout)
        share = timeout / (len(others) + 1) if timeout is not None else None
        for address in others:
            with contextlib.suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return await self._network.connect_tcp(
                    address, port, share, local_address, socket_options
                )
        return await self._network.connect_tcp(last, port, share, local_address, socket_options)

    async def _judged(self, host: str, port: int, patience: float | None) -> list[str]:
        """Return the addresses to try, at least one, in the order to try them."""
        try:
            async with asyncio.timeout(patience):
                found = await self._resolve(host, port)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(error) from error
        except OSError as error:
            raise httpcore2.ConnectError(error) from error
        if not found:
            raise httpcore2.ConnectError(f"{host} has no address")
        allowed = [a for a in found if is_allowed(a, allow_private=self._allow_private)]
        if not allowed:
            may = "" if self._allow_private else "; allow_private = true permits private networks"
            which = host if host == found[0] else f"{host} leads to {found[0]}, which"
            raise _blocked(f"{which} is not a public address{may}")
        return _families_in_turn(allowed)[:_MOST_ADDRESSES]


def _families_in_turn(addresses: Sequence[str]) -> list[str]:
    """Alternate IPv6 and IPv4, so that one broken family costs one try (RFC 8305, 4)."""
    first = [a for a in addresses if (":" in a) == (":" in addresses[0])]
    second = [a for a in addresses if a not in first]
    return [a for pair in zip_longest(first, second) for a in pair if a is not None]


def _lies_in(ip: IPv4Address | IPv6Address, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    return any(ip in network for network in networks if network.version == ip.version)


def _blocked(detail: str) -> FetchTrouble:
    return FetchTrouble(HarvestState.BLOCKED, detail)
