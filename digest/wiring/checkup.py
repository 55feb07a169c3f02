"""Check everything a send depends on, one finding each, with how to mend what fails."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

from digest.config import Config, load, subscribers_of
from digest.core.dkim import Algorithm
from digest.core.harvest import Cursor, HarvestState
from digest.errors import ConfigError, DigestError
from digest.store import open_store, store_exists
from digest.themes import load_theme
from digest.transports.relay import Relay, open_connection, tls_context
from digest.wiring.bounces import check_mailboxes, has_mailbox
from digest.wiring.clock import Clock, clock_from
from digest.wiring.dns_check import check_dns
from digest.wiring.dns_lookup import Ask, ask
from digest.wiring.finding import Finding, State
from digest.wiring.libraries import open_libraries
from digest.wiring.secret_files import exposed_passwords, key_ring, report_password
from digest.wiring.semantic import check_semantic
from digest.wiring.signing import SigningKey, signing_keys
from digest.wiring.sources import open_sources
from digest.wiring.store_check import check_store
from digest.wiring.themes import theme_folders, theme_names
from digest.wiring.way_out import check_way_out, maildir_of, relays_of

_GOOD_BITS = 2048  # RFC 8301, 3.2
_MOST_BROKEN = 5  # entries of a library that one line names
_JUDGED = {HarvestState.STALE: State.WARNING}
_MEND = {
    HarvestState.STALE: "it passes by itself, unless it lasts for days",
    HarvestState.UNREACHABLE: "check the network, and the source's url if it has one",
    HarvestState.RATE_LIMITED: "wait, and ask less often (every)",
    HarvestState.REFUSED: "correct what the source asks for",
    HarvestState.BLOCKED: "correct its url; allow_private = true if the host is yours",
}


async def check_all(
    path: Path, *, now: datetime | None, offline: bool, ask: Ask = ask
) -> list[Finding]:
    """Run every check; without the network when ``offline``.

    Args:
        path: the configuration.
        now: the present, or None for the real one.
        offline: leaves sources, relay and DNS alone.
        ask: asks DNS.
    """
    try:
        config = load(path)
    except ConfigError as error:
        return [Finding("config", State.FAILED, problem) for problem in error.problems]
    findings = [
        Finding("config", State.OK, _summary(path, config)),
        _try("secret key", lambda: _key(config)),
        *check_store(config),
        *_themes(config),
        *_semantic(config),
        _try("way out", lambda: _way_out(config)),
        *_interests(config, clock_from(now)),
        *_libraries(config),
    ]
    findings.extend(
        Finding("password file", State.WARNING, each) for each in exposed_passwords(config)
    )
    keys = _keys(config)
    findings.extend(_signing(keys))
    if config.web.report:
        findings.append(_try("operator's pages", lambda: _report(config)))
    if has_mailbox(config):
        look = partial(check_mailboxes, config, offline=offline)
        findings.append(await asyncio.to_thread(_try, "bounces", look))
    if not offline:
        findings.extend([finding async for finding in _sources(config, clock_from(now))])
        if config.smtp:
            findings.extend([finding async for finding in _relays(config)])
            findings.extend(await check_dns(config.smtp, keys, ask))
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


def _report(config: Config) -> str:
    report_password(config)
    return "/report and /metrics want a password"


def _interests(config: Config, clock: Clock) -> Iterator[Finding]:
    """Say which keywords of the file's readers do not work, judged by the recent papers."""
    from digest.pipeline.keywords import examine_keywords

    if not config.subscribers or not store_exists(config.store.url, base=config.folder):
        return
    try:
        with closing(open_store(config.store.url, base=config.folder)) as store:
            examined = examine_keywords(
                subscribers_of(config),
                papers=store.papers,
                max_age=config.digest.max_age,
                now=clock(),
            )
    except DigestError:
        return  # the finding about the database says why
    for reader, remarks in examined:
        for remark in remarks:
            yield Finding(f"interests of {reader.email}", State.WARNING, remark.line)


def _libraries(config: Config) -> Iterator[Finding]:
    """Say how much of each bibliography counts, what in it is broken, and which is missing."""
    libraries = open_libraries(config)
    for reader in subscribers_of(config) if libraries else ():
        if libraries and (holdings := libraries.holdings(reader)):
            counted = f"{holdings.counted} of {holdings.total} entries count"
            if holdings.trouble:
                yield Finding(f"library of {reader.email}", State.FAILED, holdings.remark)
                continue
            state = State.WARNING if holdings.broken or holdings.remark else State.OK
            told = "; ".join(
                filter(None, (counted, holdings.remark, *holdings.broken[:_MOST_BROKEN]))
            )
            more = len(holdings.broken) - _MOST_BROKEN
            detail = f"{told}; and {more} more" if more > 0 else told
            yield Finding(f"library of {reader.email}", state, detail)


def _themes(config: Config) -> Iterator[Finding]:
    for name in theme_names(config):
        yield _try(f"theme {name}", partial(_theme, name, theme_folders(config)))


def _semantic(config: Config) -> Iterator[Finding]:
    if config.semantic.enabled:
        yield _try("semantic", partial(check_semantic, config))


def _theme(name: str, folders: list[Path]) -> str:
    load_theme(name, folders=folders)
    return "loads, its styles can be inlined"


def _way_out(config: Config) -> str:
    """Look at what can be looked at without the network."""
    check_way_out(config)
    if config.maildir:
        maildir_of(config.maildir, config)
        return f"mails go into the Maildir {config.path(config.maildir.path)}"
    relays = relays_of(config)
    for relay in relays:
        tls_context(relay)
    ways = (f"{relay}, security {relay.security.value}" for relay in relays)
    return f"mails go to {'; in trouble to '.join(ways)}"


def _keys(config: Config) -> list[SigningKey]:
    """Return the keys that sign; trouble with them is the way out's, which needs them."""
    try:
        return signing_keys(config)
    except ConfigError:
        return []


def _signing(keys: Sequence[SigningKey]) -> Iterator[Finding]:
    """Say what each key is, and what receivers think little of."""
    has_rsa = any(key.signer.algorithm is Algorithm.RSA for key in keys)
    for key in keys:
        signer = key.signer
        what = f"{signer.algorithm}, {key.bits} bits, signs for {signer.domain}"
        state, mend = State.OK, ""
        if not has_rsa:
            state, mend = State.WARNING, "; several receivers know only RSA: add such a key"
        elif signer.algorithm is Algorithm.RSA and key.bits < _GOOD_BITS:
            state, mend = State.WARNING, f"; too short to last: make one of {_GOOD_BITS} bits"
        yield Finding(f"signing key {signer.selector}", state, what + mend)


async def _sources(config: Config, clock: Clock) -> AsyncIterator[Finding]:
    async with open_sources(config, clock) as sources:
        answers = await asyncio.gather(
            *(source.fetch(Cursor(since=clock()), now=clock()) for source in sources)
        )
    for source, answer in zip(sources, answers, strict=True):
        state = _JUDGED.get(answer.state, State.OK if answer.state.is_good else State.FAILED)
        detail = f"{answer.state.value}, papers: {len(answer.papers)}"
        parts = (detail, answer.detail, _MEND.get(answer.state, ""))
        yield Finding(f"source {source.name}", state, "; ".join(filter(None, parts)))


async def _relays(config: Config) -> AsyncIterator[Finding]:
    try:
        relays = relays_of(config)
    except DigestError as error:
        yield Finding("smtp", State.FAILED, str(error))
        return
    for relay in relays:
        yield await _relay(relay)


async def _relay(relay: Relay) -> Finding:
    try:
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
