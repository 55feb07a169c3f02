"""What becomes of the answers of DNS, and of its silence."""

import dns.asyncresolver
import dns.exception
import dns.rdata
import dns.resolver
import pytest

from digest.wiring import dns_lookup
from digest.wiring.dns_lookup import DnsSilentError


class Resolver:
    """What dnspython's resolver answers."""

    def __init__(self, answer):
        self._answer = answer
        self.asked = []

    async def resolve(self, name, kind, *, lifetime):
        self.asked.append((str(name), kind, lifetime))
        if isinstance(self._answer, Exception):
            raise self._answer
        return [dns.rdata.from_text("IN", kind, text) for text in self._answer]


@pytest.mark.parametrize(
    ("kind", "answer", "told"),
    [
        ("TXT", ['"v=DKIM1; p=" "AAAA" "\\195\\169"'], ["v=DKIM1; p=AAAAé"]),
        ("MX", ["10 mx.example.org."], ["10 mx.example.org."]),
        ("TXT", dns.resolver.NXDOMAIN(), []),
        ("TXT", dns.resolver.NoAnswer.__new__(dns.resolver.NoAnswer), []),
    ],
)
async def test_answers_become_text(kind, answer, told):
    assert await dns_lookup.ask("example.org", kind, resolver=Resolver(answer)) == told


async def test_address_is_asked_for_backwards():
    resolver = Resolver(["mail.example.org."])
    assert await dns_lookup.ask("192.0.2.7", "PTR", resolver=resolver) == ["mail.example.org."]
    assert resolver.asked == [("7.2.0.192.in-addr.arpa.", "PTR", 3.0)]


@pytest.mark.parametrize("error", [dns.exception.Timeout(), dns.resolver.NoNameservers()])
async def test_silence_is_told_from_absence(error):
    with pytest.raises(DnsSilentError, match="DNS does not answer here"):
        await dns_lookup.ask("example.org", "TXT", resolver=Resolver(error))
