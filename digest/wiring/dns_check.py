"""Look at the sender's DNS as receivers do: MX, SPF, DKIM, DMARC and the host's own name."""

import asyncio
import socket
from collections.abc import Awaitable, Sequence
from ipaddress import ip_address
from typing import NamedTuple

from digest.config import SmtpSettings
from digest.core.dns_records import (
    TxtRecord,
    climb,
    dkim_record,
    dmarc_record,
    known_include,
    spf_record,
    tags_of,
)
from digest.core.text import ascii_host, clip
from digest.wiring.dns_lookup import Ask, DnsSilentError
from digest.wiring.finding import Finding, State
from digest.wiring.signing import SigningKey

_SHOWN = 200


class _Verdict(NamedTuple):
    """How a look ended, what to know, and whether the record ought to be published."""

    state: State
    detail: str
    publish: bool = False


async def check_dns(
    smtp: SmtpSettings, keys: Sequence[SigningKey], ask: Ask, *, own_name: str | None = None
) -> list[Finding]:
    """Return what DNS says of the sender's domain, and what to publish in it.

    Args:
        smtp: the relay and the sender.
        keys: the keys that sign; none, too, when they cannot be loaded.
        ask: asks DNS.
        own_name: what this machine is called; None asks it.
    """
    domain = ascii_host(smtp.sender[1].rpartition("@")[2])
    is_local = _is_loopback(smtp.host)
    name = socket.gethostname() if own_name is None else own_name
    relay = smtp.host if not is_local else name if "." in name else domain
    spf, dmarc = spf_record(domain, relay), dmarc_record(domain)
    looks = [
        _look(f"dns {domain} MX", _mx(domain, ask)),
        _look(f"dns {domain} SPF", _spf(domain, relay, ask), spf),
    ]
    looks += [
        _look(f"dns {record.name} DKIM", _dkim(record, ask), record)
        for record in map(dkim_record_of, keys)
    ]
    if not smtp.dkim:
        looks.append(_look(f"dns {domain} DKIM", _unsigned()))
    looks.append(_look(f"dns {domain} DMARC", _dmarc(domain, ask), dmarc))
    if is_local:
        looks.append(_look(f"dns {name} PTR", _host_name(name, ask)))
    return list(await asyncio.gather(*looks))


def dkim_record_of(key: SigningKey) -> TxtRecord:
    """Return what to publish of a key."""
    signer = key.signer
    return dkim_record(signer.domain, signer.selector, signer.algorithm, key.public)


async def _look(
    check: str, verdict: Awaitable[_Verdict], record: TxtRecord | None = None
) -> Finding:
    try:
        state, detail, publish = await verdict
    except DnsSilentError as silence:
        state, detail, publish = State.UNKNOWN, str(silence), True
    return Finding(check, state, detail, str(record) if record and publish else "")


async def _mx(domain: str, ask: Ask) -> _Verdict:
    found = await ask(domain, "MX")
    if not found:
        mend = f"no MX: bounces and replies get lost; publish one with {domain}'s mail host"
        return _Verdict(State.FAILED, mend)
    if all(record.split()[-1:] == ["."] for record in found):  # RFC 7505
        return _Verdict(State.FAILED, "takes no mail: bounces and replies get lost; name a host")
    return _Verdict(State.OK, ", ".join(map(_shown, sorted(found))))


async def _spf(domain: str, relay: str, ask: Ask) -> _Verdict:
    found = await ask(domain, "TXT")
    policies = [text for text in found if text.lower().split(" ")[0] == "v=spf1"]
    if not policies:
        mend = (
            f"no SPF record says who sends for {domain}; the one below is right if {relay} hands "
            "mails to receivers, else ask its operator what to include"
        )
        return _Verdict(State.FAILED, mend, publish=True)
    if len(policies) > 1:  # RFC 7208, 4.5
        return _Verdict(State.FAILED, "more than one SPF record: none counts; make them one")
    terms, shown = set(policies[0].lower().split()), _shown(policies[0])
    if terms & {"all", "+all"}:
        return _Verdict(State.FAILED, f"lets everybody send; end it with ~all: {shown}")
    include = known_include(relay)
    if include and f"include:{include}" not in terms:
        mend = f"does not include {include}, where {relay} sends from: {shown}"
        return _Verdict(State.WARNING, mend)
    return _Verdict(State.OK, shown)


async def _dkim(record: TxtRecord, ask: Ask) -> _Verdict:
    found = await ask(record.name, "TXT")
    if wrong := _wrong_with(found, record):
        return _Verdict(State.FAILED, wrong, publish=True)
    if "y" in tags_of(found[0]).get("t", "").split(":"):
        mend = "is the key that signs here, but as a test, which counts little; take t=y out"
        return _Verdict(State.WARNING, mend)
    return _Verdict(State.OK, "is the key that signs here")


def _wrong_with(found: Sequence[str], record: TxtRecord) -> str:
    """Return what keeps receivers from verifying with what is published, or ""."""
    if not found:
        return "not published, so signatures made here fail; publish the record below"
    if len(found) > 1:
        return "more than one record; leave the one below and take the others out"
    there, ours = tags_of(found[0]), tags_of(record.value)
    hashes = there.get("h", "sha256").split(":")
    if there.get("v", "DKIM1") != "DKIM1" or "p" not in there or "sha256" not in hashes:
        return f"is no DKIM record for sha256; publish the one below: {_shown(found[0])}"
    if not there["p"]:
        return "the key is revoked (p= is empty); publish the record below, better a new key's"
    if there["p"] != ours["p"] or there.get("k", "rsa") != ours["k"]:
        return (
            "is another key than the one that signs here, so signatures fail; publish the record "
            "below, or set key_file to the key that belongs to it"
        )
    return ""


async def _unsigned() -> _Verdict:
    mend = "mails are not signed here; let the relay sign for this domain, or set [smtp.dkim]"
    return _Verdict(State.UNKNOWN, mend)


async def _dmarc(domain: str, ask: Ask) -> _Verdict:
    for name in climb(domain):
        found = await ask(f"_dmarc.{name}", "TXT")
        policies = [text for text in found if tags_of(text).get("v") == "DMARC1"]
        if len(policies) > 1:
            mend = f"more than one record at _dmarc.{name}: none counts; leave one"
            return _Verdict(State.FAILED, mend)
        if policies and "p" not in tags_of(policies[0]):
            return _Verdict(State.FAILED, f"has no policy (p=): {_shown(policies[0])}")
        if policies:
            return _Verdict(State.OK, f"_dmarc.{name}: {_shown(policies[0])}")
    mend = "no DMARC record, which Gmail, Yahoo and Outlook want; publish the one below"
    return _Verdict(State.FAILED, mend, publish=True)


async def _host_name(name: str, ask: Ask) -> _Verdict:
    """Look at a relay on this machine as receivers do: its name, its addresses, and back."""
    if "." not in name.strip("."):
        mend = "no full host name; let the mail server here greet (HELO) with one that DNS knows"
        return _Verdict(State.WARNING, mend)
    known = [*await ask(name, "A"), *await ask(name, "AAAA")]
    if not known:
        mend = "DNS has no address for it; let the mail server here greet (HELO) with its real name"
        return _Verdict(State.WARNING, mend)
    for address in known:
        back = {other.rstrip(".").lower() for other in await ask(address, "PTR")}
        if name.lower() not in back:
            mend = f"{address} does not lead back to it; ask whose network it is for a PTR"
            return _Verdict(State.WARNING, mend)
    return _Verdict(State.OK, f"{', '.join(known)}, and back")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shown(text: str) -> str:
    return clip(text, _SHOWN)
