"""Check the database: that it can be used, and that it keeps what it is told."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

from digest.config import Config
from digest.errors import DigestError
from digest.store import ServerFacts, check_place, open_store, server_facts, shown, store_exists
from digest.wiring.finding import Finding, State
from digest.wiring.open_store import naming_store_url

_OLDEST = 130_000
_SAME_TIME = timedelta(seconds=10)


def check_store(config: Config) -> Iterator[Finding]:
    """Yield what there is to say of the database, and of its server when it has one."""
    name = shown(config.store.url)
    try:
        with naming_store_url(config):
            check_place(config.store.url, base=config.folder)
        if not store_exists(config.store.url, base=config.folder):
            detail = f"{name}: not there yet; the first command makes it"
            yield Finding("database", State.OK, detail)
            return
        with naming_store_url(config):
            opened = open_store(config.store.url, base=config.folder)
        with closing(opened) as store:
            facts = server_facts(store.database)
    except DigestError as error:
        yield Finding("database", State.FAILED, str(error))
        return
    yield Finding("database", State.OK, f"{name}: schema is current")
    if facts:
        yield _server(facts, datetime.now(UTC))


def _server(facts: ServerFacts, now: datetime) -> Finding:
    """Judge a server; what is worst is said first."""
    skew = abs(facts.now - now)
    if facts.version < _OLDEST:
        mend = f"PostgreSQL {facts.version_name} is too old; 13 or newer is needed"
        return Finding("database server", State.FAILED, mend)
    if facts.off:
        mend = f"{', '.join(facts.off)} off: a power cut may lose what was sent; turn it on"
        return Finding("database server", State.WARNING, mend)
    if skew > _SAME_TIME:
        mend = (
            f"its clock and this one are {skew.total_seconds():.0f} s apart; leases need one time"
        )
        return Finding("database server", State.WARNING, mend)
    detail = (
        f"PostgreSQL {facts.version_name}, synchronous_commit {facts.synchronous_commit}, "
        f"room for {facts.max_connections} connections"
    )
    return Finding("database server", State.OK, detail)
