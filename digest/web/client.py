"""Who asks: a network address, told as a keyed hash, for limits alone."""

import hashlib
import hmac
from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.requests import Request

_UNKNOWN = "unknown"
_FORWARDING = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")  # what proxies add
_HOME = 64  # bits of an IPv6 address that one household shares


def address_of(request: Request, trusted_header: str | None) -> str:
    """Return the network address that a request comes from, or "unknown".

    Args:
        request: what was asked.
        trusted_header: what our own proxy adds the address to. Only its last entry is the
            proxy's word; whatever stands before it is the client's. Without a proxy the
            header is anybody's to write, and is not looked at.
    """
    peer = request.client.host if request.client else ""
    told = request.headers.getlist(trusted_header) if trusted_header else []
    return _network(told[-1].rpartition(",")[2] if told else peer)


def is_from_this_machine(request: Request, trusted_header: str | None) -> bool:
    """Tell whether a program beside us asks, and no proxy on behalf of somebody else.

    Args:
        request: what was asked.
        trusted_header: as for ``address_of``.
    """
    passed_on = {*_FORWARDING, trusted_header} - {None}
    try:
        peer = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    return peer.is_loopback and not any(name in request.headers for name in passed_on)


def client_key(address: str, secret: bytes) -> str:
    """Return an address in a form that tells nobody the address."""
    digest = hmac.digest(secret, b"digest client\0" + address.encode(), hashlib.sha256)
    return digest.hex()[:32]


def _network(raw: str) -> str:
    try:
        address = ip_address(raw.strip().strip("[]"))
    except ValueError:
        return _UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Network((int(address), _HOME), strict=False))
    return str(address)
