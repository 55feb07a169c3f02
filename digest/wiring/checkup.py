"""Check everything a send depends on, one finding each, with how to mend what fails."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

import dns.asyncresolver
import dns.exception
import dns.resolver

from digest.config import Config, load
from digest.core.harvest import Cursor, HarvestState
from digest.errors import ConfigError, DigestError
from digest.store import open_store, store_exists
from digest.themes import load_theme
from digest.transports.relay import open_connection, tls_context
from digest.wiring.bounces import check_mailboxes, has_mailbox
from digest.wiring.clock import Clock, clock_from
from digest.wiring.secret_files import key_ring
from digest.wiring.sources import open_sources
from digest.wiring.way_out import check_way_out, open_transport, relay_of

_DNS_SECONDS = 3.0
_MEND = {
    HarvestState.UNREACHABLE: "check the network, and the source's url if it has one",
    HarvestState.RATE_LIMITED: "wait, and ask less often (every)",
    HarvestState.REFUSED: "correct what the source asks for",
    HarvestState.BLOCKED: "correct its url; allow_private = true if the host is yours",
}


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    FAILED = "FAILED"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what, how it ended, and what to know or to mend."""

    check: str
    state: State
    detail: str

    @property
    def failed(self) -> bool:
        """True when something must be mended."""
        return self.state is State.FAILED


async def check_all(path: Path, *, now: datetime | None, offline: bool) -> list[Finding]:
    """Run every check; without the network when ``offline``."""
    try:
        config = load(path)
    except ConfigError as error:
        return [Finding("config", State.FAILED, problem) for problem in error.problems]
    findings = [
        Finding("config", State.OK, _summary(path, config)),
        _try("secret key", lambda: _key(config)),
        _try("database", lambda: _database(config)),
        *_themes(config),
        _try("way out", lambda: _way_out(config)),
    ]
    if has_mailbox(config):
        look = partial(check_mailboxes, config, offline=offline)
        findings.append(await asyncio.to_thread(_try, "bounces", look))
    if not offline:
        findings.extend([finding async for finding in _sources(config, clock_from(now))])
        findings.extend([finding async for finding in _smtp(config)])
    return findings


def _summary(path: Path, config: Config) -> str:
    return (
        f"{path}: is valid; sources in it: {len(config.sources)}, "
        f"readers in it: {len(config.subscribers)}"
    )


def _try(check: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(check, State.OK, look())
    except DigestError as error:
        return Finding(check, State.FAILED, str(error))


def _key(config: Config) -> str:
    key_ring(config)
    return str(config.path(config.digest.secret_key_file))


def _database(config: Config) -> str:
    if not store_exists(config.store.url, base=config.folder):
        return f"{config.store.url}: not there yet; the first command makes it"
    store = open_store(config.store.url, base=config.folder)
    store.close()
    return f"{config.store.url}: schema is current"


def _themes(config: Config) -> Iterator[Finding]:
    names = {config.digest.theme} | {reader.theme for reader in config.subscribers if reader.theme}
    folders = [config.path(config.digest.themes_folder)] if config.digest.themes_folder else []
    for name in sorted(names):
        yield _try(f"theme {name}", partial(_theme, name, folders))


def _theme(name: str, folders: list[Path]) -> str:
    load_theme(name, folders=folders)
    return "loads, its styles can be inlined"


def _way_out(config: Config) -> str:
    """Look at what can be looked at without the network."""
    check_way_out(config)
    if config.maildir:
        open_transport(config)
        return f"mails go into the Maildir {config.path(config.maildir.path)}"
    relay = relay_of(config)
    tls_context(relay)
    return f"mails go to {relay}, security {relay.security.value}"


async def _sources(config: Config, clock: Clock) -> AsyncIterator[Finding]:
    async with open_sources(config, clock) as sources:
        answers = await asyncio.gather(
            *(source.fetch(Cursor(since=clock()), now=clock()) for source in sources)
        )
    for source, answer in zip(sources, answers, strict=True):
        state = State.OK if answer.state.is_good else State.FAILED
        detail = f"{answer.state.value}, papers: {len(answer.papers)}"
        parts = (detail, answer.detail, _MEND.get(answer.state, ""))
        yield Finding(f"source {source.name}", state, "; ".join(filter(None, parts)))


async def _smtp(config: Config) -> AsyncIterator[Finding]:
    if config.smtp:
        yield await _relay(config)
        async for finding in _sender_dns(config.smtp.sender[1].rpartition("@")[2]):
            yield finding


async def _relay(config: Config) -> Finding:
    try:
        relay = relay_of(config)
        connection = await open_connection(relay, tls_context(relay))
    except DigestError as error:
        return Finding("smtp", State.FAILED, str(error).removeprefix("smtp "))
    size = connection.esmtp_extensions.get("size", "")
    offers = ", ".join(sorted(connection.esmtp_extensions)) or "nothing"
    connection.close()
    limit = f"; mails up to {int(size) // 1024} KiB" if size.isdigit() and int(size) else ""
    login = f", logged in as {relay.username}" if relay.username else ""
    return Finding(
        "smtp", State.OK, f"{relay}: security {relay.security.value}{login}{limit}; offers {offers}"
    )


async def _sender_dns(domain: str) -> AsyncIterator[Finding]:
    """Look at what receivers look at: MX, SPF and DMARC of the sender's domain."""
    yield await _record(
        f"dns {domain} MX", domain, "MX", "", "no MX: replies and unsubscribe mails get lost"
    )
    yield await _record(
        f"dns {domain} SPF", domain, "TXT", "v=spf1", "no SPF record names your relay: add one"
    )
    yield await _record(
        f"dns {domain} DMARC",
        f"_dmarc.{domain}",
        "TXT",
        "v=DMARC1",
        'no DMARC record: add TXT "v=DMARC1; p=none"',
    )


async def _record(check: str, name: str, kind: str, prefix: str, mend: str) -> Finding:
    resolver = _resolver()
    if resolver is None:
        return Finding(check, State.UNKNOWN, "no DNS server is configured here")
    try:
        answer = await resolver.resolve(name, kind, lifetime=_DNS_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return Finding(check, State.FAILED, mend)
    except dns.exception.DNSException as error:
        return Finding(check, State.UNKNOWN, f"DNS does not answer here ({type(error).__name__})")
    found = [text for record in answer if (text := record.to_text().strip('"')).startswith(prefix)]
    return Finding(check, State.OK, found[0]) if found else Finding(check, State.FAILED, mend)


def _resolver() -> dns.asyncresolver.Resolver | None:
    try:
        return dns.asyncresolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        return None
