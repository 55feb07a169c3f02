"""The installed command from outside: what a lab sees morning after morning."""

import json
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime

from tests.lab import until
from tests.smtp_server import Behaviour, Running

MONDAY, TUESDAY = "2026-11-23T08:00", "2026-11-24T08:00"


async def test_each_morning_brings_only_what_is_new_and_nothing_twice(lab):
    async with Running() as server:
        lab.configure(server.port, ["ada", "bob"])
        lab.publish(1, 2)
        first = await lab.send("--now", MONDAY)
        again = await lab.send("--now", MONDAY)
        lab.publish(1, 2, 3)
        tuesday = await lab.send("--now", TUESDAY)
        assert [result[0] for result in (first, again, tuesday)] == [0, 0, 0]
        assert [result[1]["sent"] for result in (first, again, tuesday)] == [2, 0, 2]
        assert tuesday[1]["papers_new"] == 1
        bodies = [body for to, body in server.inbox.messages if to == "ada@example.org"]
        assert b"2611.00001" in bodies[0]
        assert b"2611.00003" in bodies[1]
        assert b"2611.00001" not in bodies[1]


async def test_kill_in_the_middle_of_a_send_loses_nobody(lab):
    names = [f"r{number}" for number in range(12)]
    async with Running(Behaviour(slow_data=0.1)) as server:
        lab.configure(server.port, names)
        lab.publish(1)
        process = await lab.start("send", "--now", MONDAY)
        await until(lambda: len(server.inbox.messages) >= 4)
        process.kill()
        await process.communicate()
        code, counts, _ = await lab.send("--now", "2026-11-23T08:10")
        copies = Counter(server.inbox.recipients())
    assert (code, counts["deferred"]) == (0, 0)
    assert set(copies) == {f"{name}@example.org" for name in names}
    assert sum(copies.values()) - len(names) <= 2, "at most one in doubt for each connection"


async def test_daemon_catches_up_once_and_ends_on_sigterm(lab):
    every_hour_has_come = '[digest]\nsend_at = "00:00"\n'
    async with Running() as server:
        lab.configure(server.port, ["ada", "bob"], every_hour_has_come)
        lab.publish(1)
        await lab.run("harvest")
        daemon = await lab.start("run", "--now", MONDAY)
        await until(lambda: len(server.inbox.messages) == 2)
        code, _, err = await lab.run("run")
        assert code == 75
        assert f"pid {daemon.pid}" in err
        daemon.send_signal(signal.SIGTERM)
        _, log = await daemon.communicate()
        assert daemon.returncode == 0
        assert b"event=stopped" in log
        _, counts, _ = await lab.send("--now", MONDAY)
        assert counts["readers_due"] == 0
        assert len(server.inbox.messages) == 2


async def test_daemon_forgets_what_was_kept_for_long_enough(lab):
    long_ago = f"{datetime.now(UTC) - timedelta(days=200):%Y-%m-%dT%H:%M}"
    async with Running() as server:
        lab.configure(server.port, ["ada", "bob"])
        lab.publish(1)
        _, counts, _ = await lab.send("--now", long_ago)
        assert counts["sent"] == 2
        daemon = await lab.start("run")
        line = await anext(line async for line in daemon.stderr if b"event=forgotten" in line)
        daemon.terminate()
        await daemon.communicate()
    assert b"editions=2" in line
    _, told, _ = await lab.run("subscribers", "show", "ada@example.org", "--json")
    assert json.loads(told)["editions"] == []


async def test_daemon_waits_for_the_readers_hour(lab):
    async with Running() as server:
        lab.configure(server.port, ["ada"], '[digest]\nsend_at = "07:30"\n')
        lab.publish(1)
        daemon = await lab.start("run", "--now", "2026-11-23T07:29:55")
        await until(lambda: server.inbox.messages)
        daemon.terminate()
        await daemon.communicate()
        ((_, content),) = server.inbox.messages
    sent_at = parsedate_to_datetime(message_from_bytes(content)["Date"])
    assert f"{sent_at:%Y-%m-%d %H:%M}" == "2026-11-23 07:30"


async def test_daemon_on_an_empty_store_sends_once_its_first_harvest_is_in(lab):
    async with Running() as server:
        lab.configure(server.port, ["ada"], '[digest]\nsend_at = "07:30"\n')
        lab.publish(1)
        daemon = await lab.start("run", "--now", "2026-11-23T07:31:01")
        await until(lambda: server.inbox.messages)
        daemon.terminate()
        _, err = await daemon.communicate()
    assert b"event=composed editions=1 empty=0" in err


async def daemon_amid_ten_mails(lab, server):
    """Start a daemon; return it when three of its ten mails have left."""
    names = [f"r{number}" for number in range(10)]
    lab.configure(server.port, names, '[digest]\nsend_at = "00:00"\n')
    lab.publish(1)
    await lab.run("harvest")
    daemon = await lab.start("run", "--now", MONDAY)
    await until(lambda: len(server.inbox.messages) >= 3)
    return daemon


async def test_daemon_killed_in_the_middle_goes_on_where_it_was(lab):
    async with Running(Behaviour(slow_data=0.1)) as server:
        first = await daemon_amid_ten_mails(lab, server)
        first.kill()
        await first.communicate()
        second = await lab.start("run", "--now", "2026-11-23T08:10")
        await until(lambda: len(set(server.inbox.recipients())) == 10)
        second.terminate()
        await second.communicate()
        copies = Counter(server.inbox.recipients())
    assert second.returncode == 0
    assert sum(copies.values()) - 10 <= 2


async def test_mistakes_give_clear_lines_and_exit_code_2(lab):
    lab.publish(1)
    lab.configure(25, ["ada"], "[digest]\nmax_paper = 3\nsend_at = 7\n")
    code, _, err = await lab.run("send")
    assert code == 2
    unknown, wrong = err.splitlines()
    assert "config.toml: digest.send_at: 7: not a time of day" in unknown
    assert "config.toml: digest.max_paper: unknown key, did you mean 'max_papers'?" in wrong
    code, _, err = await lab.run("frobnicate")
    assert (code, err) == (2, "digest: No such command 'frobnicate'; see `digest --help`\n")


async def test_init_doctor_and_send_work_in_an_empty_folder(lab):
    code, _, _ = await lab.run("init", ".", "--email", "ada@example.org", "--interest", "retrieval")
    assert code == 0
    assert oct((lab.folder / "secret.key").stat().st_mode)[-3:] == "600"
    code, out, _ = await lab.run("doctor", "--offline")
    assert (code, "FAILED" in out) == (0, False)
    lab.publish(1)
    config = lab.folder / "config.toml"
    head, _, tail = config.read_text().partition("[[sources]]")
    readers = tail[tail.index("[[subscribers]]") :]
    config.write_text(head + '[[sources]]\ntype = "file"\npath = "papers.jsonl"\n' + readers)
    code, counts, _ = await lab.send()
    assert (code, counts["sent"]) == (0, 1)
    assert len([*(lab.folder / "outbox" / "new").iterdir()]) == 1


async def test_daemon_whose_terminal_closes_finishes_the_mails_in_flight(lab):
    async with Running(Behaviour(slow_data=0.1)) as server:
        daemon = await daemon_amid_ten_mails(lab, server)
        daemon.send_signal(signal.SIGHUP)
        _, log = await daemon.communicate()
        assert (daemon.returncode, b"event=stopped" in log) == (0, True)
        code, _, _ = await lab.send("--now", "2026-11-23T08:10")
        copies = Counter(server.inbox.recipients())
    assert code == 0
    assert [*copies.values()] == [1] * 10
