"""The DNS records that make a sender's mails believed: what to publish, and how to read it."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from digest.core.dkim import Algorithm

_STRING = 255  # the most in one string of a TXT record (RFC 1035, 3.3)

# What operators of relays ask their customers to include.
_INCLUDES = {
    "gmail.com": "_spf.google.com",
    "google.com": "_spf.google.com",
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
    "amazonaws.com": "amazonses.com",
    "sendgrid.net": "sendgrid.net",
    "mailgun.org": "mailgun.org",
    "postmarkapp.com": "spf.mtasv.net",
    "mailjet.com": "spf.mailjet.com",
    "fastmail.com": "spf.messagingengine.com",
}


@dataclass(frozen=True, slots=True)
class TxtRecord:
    """A TXT record.

    Attributes:
        name: where it stands, without the final dot.
        value: its text, whatever number of strings it takes.
    """

    name: str
    value: str

    def __str__(self) -> str:
        """Return it as a line of a zone file, in strings of at most 255 characters."""
        text = self.value
        strings = [text[start : start + _STRING] for start in range(0, len(text), _STRING)]
        quoted = " ".join(f'"{_escaped(string)}"' for string in strings)
        return f"{self.name}. IN TXT {quoted}"


def _escaped(string: str) -> str:
    return re.sub(r'(["\\])', r"\\\1", string)


def dkim_record(domain: str, selector: str, algorithm: Algorithm, public: bytes) -> TxtRecord:
    """Return what receivers verify signatures with (RFC 6376, 3.6.1; RFC 8463, 4)."""
    kind = algorithm.removesuffix("-sha256")
    value = f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode('ascii')}"
    return TxtRecord(f"{selector}._domainkey.{domain}", value)


def dmarc_record(domain: str) -> TxtRecord:
    """Return the policy to begin with: it asks receivers for nothing but to look."""
    return TxtRecord(f"_dmarc.{domain}", "v=DMARC1; p=none")


def spf_record(domain: str, relay: str) -> TxtRecord:
    """Return the record that lets a relay send for a domain, if the relay itself sends."""
    return TxtRecord(domain, f"v=spf1 {spf_term(relay)} ~all")


def spf_term(relay: str) -> str:
    """Return how SPF names a relay: what its operator publishes, or the host itself."""
    if include := known_include(relay):
        return f"include:{include}"
    try:
        address = ip_address(relay)
    except ValueError:
        return f"a:{relay}"
    return f"ip{address.version}:{address}"


def known_include(relay: str) -> str:
    """Return the name that a well-known operator wants included, or ""."""
    host = f".{relay.lower()}"
    return next((name for end, name in _INCLUDES.items() if host.endswith(f".{end}")), "")


def tags_of(text: str) -> dict[str, str]:
    """Read ``v=DKIM1; k=rsa; p=…`` (RFC 6376, 3.2); blanks within values do not count."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip(): "".join(value.split()) for name, equals, value in pairs if equals}


def climb(domain: str) -> Sequence[str]:
    """Return a domain and those above it, top-level domains left out (RFC 7489, 6.6.3)."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 1))]
