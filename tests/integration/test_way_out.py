"""The ways out of a configuration, over real servers."""

from datetime import UTC, datetime

import pytest

from digest.config import load
from digest.core.outcome import Accepted, Cause, Fault
from digest.pipeline.relays import remember
from digest.ports import Halt
from digest.wiring.way_out import names_of, open_transports, troubled_ways
from tests.outboxes import ListOutbox
from tests.smtp_server import Running

URL = "sqlite:///digest.db"


@pytest.fixture
def ways_out(tmp_path, store):
    def open_them(text):
        (tmp_path / "config.toml").write_text(text)
        config = load(tmp_path / "config.toml", {})
        return open_transports(config, store.relays, lambda: datetime.now(UTC))

    return open_them


def smtp(port, *, more=""):
    return f'host = "127.0.0.1"\nport = {port}\nsecurity = "none"\n{more}\n'


@pytest.mark.parametrize(
    "text",
    [
        f'[smtp]\nsender = "d@example.org"\n{smtp(1)}[[smtp.fallback]]\n{smtp(2)}',
        '[maildir]\npath = "outbox"\nsender = "d@example.org"\n',
    ],
)
def test_ways_out_are_known_by_the_names_under_which_they_are_kept(ways_out, tmp_path, text):
    opened = [transport.name for transport in ways_out(text)]
    assert names_of(load(tmp_path / "config.toml", {})) == opened


async def test_the_second_relay_takes_over_from_one_that_is_down(ways_out):
    async with Running() as server:
        first, second = ways_out(
            f'[smtp]\nsender = "d@example.org"\n{smtp(1)}[[smtp.fallback]]\n{smtp(server.port)}'
        )
        outbox = ListOutbox("ada@example.org", "bob@example.org")
        halt = await first.carry(outbox)
        assert (halt.relay, halt.cause) == ("127.0.0.1:1", Cause.RELAY_UNREACHABLE)
        assert await second.carry(outbox) is None
        assert server.inbox.recipients() == ["ada@example.org", "bob@example.org"]


def test_mails_wait_for_relays_only_when_none_works(ways_out, store, tmp_path):
    text = f'[smtp]\nsender = "d@example.org"\n{smtp(1)}[[smtp.fallback]]\n{smtp(2)}'
    names = [transport.name for transport in ways_out(text)]
    config, now = load(tmp_path / "config.toml", {}), datetime.now(UTC)
    seen = []
    for name in names:
        halt = Halt(relay=name, reply="down", cause=Cause.RELAY_UNREACHABLE, fault=Fault.RELAY)
        remember(store.relays, name, halt, now=now)
        seen.append([of.name for of in troubled_ways(config, store.relays, now=now)])
    assert seen == [[], names]


async def test_a_days_quota_stops_the_run_and_holds_for_every_process(ways_out, store):
    async with Running() as server:
        text = f'[smtp]\nsender = "d@example.org"\n{smtp(server.port, more="rate_per_day = 3")}'
        names = [f"r{n}@example.org" for n in range(5)]
        outbox = ListOutbox(*names)
        (transport,) = ways_out(text)
        halt = await transport.carry(outbox)
        assert (halt.cause, halt.until.hour, halt.until.minute) == (Cause.QUOTA, 0, 0)
        assert [type(outcome) for _, outcome in outbox.told] == [Accepted] * 3
        (again,) = ways_out(text)
        assert (await again.carry(outbox)).cause is Cause.QUOTA
        assert len(server.inbox.messages) == 3
        assert len(outbox.waiting) == 2
    (record,) = store.relays.relay_records(now=datetime.now(UTC))
    assert (record.name, record.sent_today) == (f"127.0.0.1:{server.port}", 3)


async def test_a_rate_spaces_mails_evenly(ways_out):
    async with Running() as server:
        (transport,) = ways_out(
            f'[smtp]\nsender = "d@example.org"\n{smtp(server.port, more="rate_per_minute = 1200")}'
        )
        await transport.carry(ListOutbox(*(f"r{n}@example.org" for n in range(9))))
        times = server.inbox.times
    assert times[-1] - times[0] >= 8 * 0.05 - 0.02  # sooner would be too soon, later is no fault
