"""The installed command from outside: what a lab sees morning after morning."""

import base64
import json
import signal
from collections import Counter
from email import message_from_bytes
from email.utils import parsedate_to_datetime

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

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


async def test_what_is_deferred_waits_and_what_is_refused_fails_and_why_tells_both(lab):
    behaviour = Behaviour(
        at_rcpt={"full@example.org": "451 4.2.2 full", "gone@example.org": "550 5.1.1 gone"}
    )
    async with Running(behaviour) as server:
        lab.configure(server.port, ["ada", "full", "gone"])
        lab.publish(1)
        code, counts, err = await lab.send("--now", MONDAY)
        assert (code, counts["sent"], counts["deferred"], counts["failed"]) == (1, 1, 1, 1)
        assert "451 4.2.2 full" in err
        _, gone, _ = await lab.run("why", "gone@example.org", "--now", MONDAY)
        assert "failed: failed for good: 550 5.1.1 gone" in gone
        behaviour.at_rcpt.clear()
        code, counts, _ = await lab.send("--now", "2026-11-23T08:30")
        assert (code, counts["sent"], counts["deferred"]) == (0, 1, 0)
        assert server.inbox.recipients() == ["ada@example.org", "full@example.org"]


async def test_mail_arrives_with_a_signature_that_its_published_key_verifies(lab):
    key = Ed25519PrivateKey.generate()
    file = lab.folder / "dkim.pem"
    file.touch(mode=0o600)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    signing = '[smtp.dkim]\ndomain = "example.org"\nselector = "s1"\nkey_file = "dkim.pem"\n'
    async with Running() as server:
        lab.configure(server.port, ["ada"], login=signing)
        lab.publish(1)
        code, counts, err = await lab.send("--now", MONDAY)
        assert (code, counts["sent"], err) == (0, 1, "")
        ((_, mail),) = server.inbox.messages
    public = base64.b64encode(key.public_key().public_bytes_raw())
    records = {b"s1._domainkey.example.org.": b"v=DKIM1; k=ed25519; p=" + public}
    assert dkim.verify(mail, dnsfunc=lambda name, **_: records[name])


async def test_a_wrong_password_is_told_but_never_shown_and_costs_nobody_their_mail(lab):
    async with Running(password="open-sesame") as server:
        login = 'username = "lab"\npassword_file = "pw"'
        lab.configure(server.port, ["ada"], login=login)
        lab.publish(1)
        (lab.folder / "pw").write_text("canary-hunter2")
        code, counts, err = await lab.send("-vv", "--now", MONDAY)
        assert (code, counts["deferred"]) == (75, 1)
        assert "login as 'lab' was refused (535" in err
        assert "canary-hunter2" not in err
        (lab.folder / "pw").write_text("open-sesame\n")
        code, counts, _ = await lab.send("--now", "2026-11-23T08:10")
        assert (code, counts["sent"], counts["deferred"]) == (0, 1, 0)


async def test_a_relay_that_cannot_be_reached_costs_nobody_their_mail(lab):
    lab.configure(1, ["ada", "bob"])
    lab.publish(1)
    code, counts, err = await lab.send("--now", MONDAY)
    assert (code, counts["sent"], counts["deferred"]) == (75, 0, 2)
    assert "smtp 127.0.0.1:1: connection refused; check smtp.host and smtp.port" in err
    async with Running() as server:
        lab.configure(server.port, ["ada", "bob"])
        code, counts, _ = await lab.send("--now", "2026-11-23T08:10")
        assert (code, counts["sent"], counts["deferred"]) == (0, 2, 0)


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


async def test_a_removed_reader_gets_no_mail_and_an_unsubscribe_outlives_the_file(lab):
    async with Running() as server:
        lab.configure(server.port, ["ada", "bob", "eve"])
        lab.publish(1)
        await lab.run("subscribers", "remove", "eve@example.org")
        lab.configure(server.port, ["ada", "eve"])
        _, counts, _ = await lab.send("--now", MONDAY)
        assert counts["sent"] == 1
        lab.configure(server.port, ["ada", "bob", "eve"])
        lab.publish(1, 2)
        await lab.send("--now", TUESDAY)
        assert Counter(server.inbox.recipients()) == {"ada@example.org": 2, "bob@example.org": 1}


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


async def test_daemon_killed_in_the_middle_goes_on_where_it_was(lab):
    names = [f"r{number}" for number in range(10)]
    async with Running(Behaviour(slow_data=0.1)) as server:
        lab.configure(server.port, names, '[digest]\nsend_at = "00:00"\n')
        lab.publish(1)
        await lab.run("harvest")
        first = await lab.start("run", "--now", MONDAY)
        await until(lambda: len(server.inbox.messages) >= 3)
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


async def test_ranking_files_needs_no_configuration(lab):
    lab.publish(1, 2)
    profile = {"id": "p", "keywords": ["dense retrieval"]}
    (lab.folder / "profiles.jsonl").write_text(json.dumps(profile))
    code, _, _ = await lab.run(
        "rank", "--papers", "papers.jsonl", "--profiles", "profiles.jsonl", "--output", "run.tsv"
    )
    rows = [line.split("\t") for line in (lab.folder / "run.tsv").read_text().splitlines()]
    assert code == 0
    assert {row[1] for row in rows} == {"2611.00001", "2611.00002"}
    assert all(row[0] == "p" and 0 <= float(row[2]) <= 1 for row in rows)


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
