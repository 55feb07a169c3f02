"""The installed command on a server: several processes, one store."""

import asyncio
from collections import Counter

import pytest

from digest.store import migrate
from tests.lab import until
from tests.postgres import PASSWORD
from tests.smtp_server import Behaviour, Running

NAMES = [f"r{number}" for number in range(40)]
AT_EIGHT = ("--now", "2026-11-23T08:00")


@pytest.fixture
def shared(lab, postgres):
    """A lab on a database of its own."""
    url = postgres.new_database()
    migrate(url, base=lab.folder)
    lab.use_store(url)
    lab.publish(1, 2)
    return lab


async def test_workers_share_the_mails_and_one_that_is_killed_costs_nobody_theirs(shared):
    async with Running(Behaviour(slow_data=0.05)) as server:
        shared.configure(server.port, NAMES)
        assert (await shared.run("harvest", *AT_EIGHT))[0] == 0
        first, second = [await shared.start("worker", *AT_EIGHT) for _ in range(2)]
        await until(lambda: len(server.inbox.messages) >= 8)
        first.kill()
        await first.communicate()
        third = await shared.start("worker", "--now", "2026-11-23T08:01")
        assert b"event=started" in await third.stderr.readline()
        await until(lambda: set(server.inbox.recipients()) == {f"{n}@example.org" for n in NAMES})
        await asyncio.sleep(0.5)  # for what would come twice
        for worker in (second, third):
            worker.terminate()
        logs = [(await worker.communicate())[1].decode() for worker in (second, third)]
        assert [second.returncode, third.returncode] == [0, 0]
    copies = Counter(server.inbox.recipients())
    assert sum(copies.values()) - len(NAMES) <= 2, "at most one in doubt for each connection"
    assert not any("Traceback" in log or PASSWORD in log for log in logs)
    assert not any("harvested" in log for log in logs)


async def test_two_daemons_ask_a_source_once_and_send_each_mail_once(shared):
    async with Running() as server:
        shared.configure(server.port, NAMES[:4])
        daemons = [await shared.start("run", *AT_EIGHT) for _ in range(2)]
        await until(lambda: len(server.inbox.messages) >= 4)
        await asyncio.sleep(1)
        for daemon in daemons:
            daemon.terminate()
        logs = "".join([(await daemon.communicate())[1].decode() for daemon in daemons])
        assert sorted(server.inbox.recipients()) == [f"{n}@example.org" for n in NAMES[:4]]
        assert logs.count("event=harvested") == 1
        assert "Traceback" not in logs


async def test_a_server_that_breaks_off_is_waited_for(shared, postgres):
    async with Running(Behaviour(slow_data=0.05)) as server:
        shared.configure(server.port, NAMES)
        await shared.run("harvest", *AT_EIGHT)
        worker = await shared.start("worker", *AT_EIGHT)
        await until(lambda: len(server.inbox.messages) >= 5)
        postgres.break_off()
        code, _, err = await shared.run("status")
        assert (code, err.count("\n")) == (75, 1)
        assert PASSWORD not in err
        postgres.start()
        await until(lambda: len(set(server.inbox.recipients())) == len(NAMES))
        worker.terminate()
        _, log = await worker.communicate()
        assert worker.returncode == 0
    assert b"job_failed" in log
    assert b"Traceback" not in log
    assert len(server.inbox.messages) == len(NAMES), "what was accepted is not sent again"
