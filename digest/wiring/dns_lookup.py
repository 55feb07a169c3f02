"""Ask DNS, and tell "there is no such record" from "nobody answers"."""

from collections.abc import Awaitable, Callable, Sequence

import dns.asyncresolver
import dns.exception
import dns.rdata
import dns.rdtypes.ANY.TXT
import dns.resolver
import dns.reversename

_SECONDS = 3.0

Ask = Callable[[str, str], Awaitable[Sequence[str]]]
"""Takes a name (for PTR an address) and a type; returns the records' texts, none if there are
none; raises ``DnsSilentError``."""


class DnsSilentError(Exception):
    """DNS does not answer here, so nothing is known; the message says why."""


async def ask(
    name: str, kind: str, *, resolver: dns.asyncresolver.Resolver | None = None
) -> list[str]:
    """Return the records of a name as text; the strings of a TXT record joined.

    Args:
        name: what to ask for; for PTR an address.
        kind: the type of the records.
        resolver: whom to ask; None asks the servers that this machine is set up for.

    Raises:
        DnsSilentError: no server is configured here, or none answers in three seconds.
    """
    resolver = resolver or _resolver()
    try:
        question = dns.reversename.from_address(name) if kind == "PTR" else name
        answer = await resolver.resolve(question, kind, lifetime=_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise DnsSilentError(f"DNS does not answer here ({type(error).__name__})") from None
    return [_text(record) for record in answer]


def _text(record: dns.rdata.Rdata) -> str:
    if isinstance(record, dns.rdtypes.ANY.TXT.TXT):
        return b"".join(record.strings).decode("utf-8", "replace")
    return record.to_text()


def _resolver() -> dns.asyncresolver.Resolver:
    try:
        return dns.asyncresolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        raise DnsSilentError("no DNS server is configured here") from None
