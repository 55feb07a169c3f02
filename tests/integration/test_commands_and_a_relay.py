"""Commands and a relay, morning after morning: the commands run here, the relay is a real one."""

import base64
import json
from collections import Counter

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.smtp_server import Behaviour, serving

MONDAY, TUESDAY = "2026-11-23T08:00", "2026-11-24T08:00"


@pytest.fixture
def lab(desk):
    """A desk whose mails go to a relay: ``lab(port, names, login="")`` configures it."""

    def configure(port, names, login=""):
        relay = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
        sender = 'sender = "Lab papers <digest@example.org>"\nconnections = 2\n'
        readers = [
            f'email = "{name}@example.org"\ninterests = ["dense retrieval"]' for name in names
        ]
        desk.configure(*readers, way_out=relay + sender + login)

    desk.publish("Dense retrieval, part 1")
    return configure


def send(desk, *words):
    """Return exit code, counts and what was complained of."""
    ran = desk.run("send", "--json", *words)
    return ran.code, ran.json, ran.err


def test_what_is_deferred_waits_and_what_is_refused_fails_and_why_tells_both(desk, lab):
    behaviour = Behaviour(
        at_rcpt={"full@example.org": "451 4.2.2 full", "gone@example.org": "550 5.1.1 gone"}
    )
    with serving(behaviour) as server:
        lab(server.port, ["ada", "full", "gone"])
        code, counts, err = send(desk, "--now", MONDAY)
        assert (code, counts["sent"], counts["deferred"], counts["failed"]) == (1, 1, 1, 1)
        assert "451 4.2.2 full" in err
        gone = desk.run("why", "gone@example.org", "--now", MONDAY).out
        assert "failed: failed for good: 550 5.1.1 gone" in gone
        behaviour.at_rcpt.clear()
        code, counts, _ = send(desk, "--now", "2026-11-23T08:30")
        assert (code, counts["sent"], counts["deferred"]) == (0, 1, 0)
        assert server.inbox.recipients() == ["ada@example.org", "full@example.org"]


def test_mail_arrives_with_a_signature_that_its_published_key_verifies(desk, lab):
    key = Ed25519PrivateKey.generate()
    file = desk.folder / "dkim.pem"
    file.touch(mode=0o600)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    signing = '[smtp.dkim]\ndomain = "example.org"\nselector = "s1"\nkey_file = "dkim.pem"\n'
    with serving() as server:
        lab(server.port, ["ada"], signing)
        code, counts, err = send(desk, "--now", MONDAY)
        assert (code, counts["sent"], err) == (0, 1, "")
        ((_, mail),) = server.inbox.messages
    public = base64.b64encode(key.public_key().public_bytes_raw())
    records = {b"s1._domainkey.example.org.": b"v=DKIM1; k=ed25519; p=" + public}
    assert dkim.verify(mail, dnsfunc=lambda name, **_: records[name])


def test_a_wrong_password_is_told_but_never_shown_and_costs_nobody_their_mail(desk, lab):
    with serving(password="open-sesame") as server:
        lab(server.port, ["ada"], 'username = "lab"\npassword_file = "pw"')
        desk.write("pw", "canary-hunter2")
        code, counts, err = send(desk, "-vv", "--now", MONDAY)
        assert (code, counts["deferred"]) == (75, 1)
        assert "login as 'lab' was refused (535" in err
        assert "canary-hunter2" not in err
        desk.write("pw", "open-sesame\n")
        code, counts, _ = send(desk, "--now", "2026-11-23T08:10")
        assert (code, counts["sent"], counts["deferred"]) == (0, 1, 0)


def test_a_relay_that_cannot_be_reached_costs_nobody_their_mail(desk, lab):
    lab(1, ["ada", "bob"])
    code, counts, err = send(desk, "--now", MONDAY)
    assert (code, counts["sent"], counts["deferred"]) == (75, 0, 2)
    assert "smtp 127.0.0.1:1: connection refused; check smtp.host and smtp.port" in err
    with serving() as server:
        lab(server.port, ["ada", "bob"])
        code, counts, _ = send(desk, "--now", "2026-11-23T08:10")
        assert (code, counts["sent"], counts["deferred"]) == (0, 2, 0)


def test_a_removed_reader_gets_no_mail_and_an_unsubscribe_outlives_the_file(desk, lab):
    with serving() as server:
        lab(server.port, ["ada", "bob", "eve"])
        desk.run("subscribers", "remove", "eve@example.org")
        lab(server.port, ["ada", "eve"])
        _, counts, _ = send(desk, "--now", MONDAY)
        assert counts["sent"] == 1
        lab(server.port, ["ada", "bob", "eve"])
        desk.publish("Dense retrieval, part 1", "Dense retrieval, part 2")
        send(desk, "--now", TUESDAY)
        assert Counter(server.inbox.recipients()) == {"ada@example.org": 2, "bob@example.org": 1}


def test_ranking_files_needs_no_configuration(desk):
    (desk.folder / "config.toml").unlink()
    profile = {"id": "p", "keywords": ["dense retrieval"]}
    desk.write("profiles.jsonl", json.dumps(profile))
    desk.publish("Dense retrieval, part 1", "Dense retrieval, part 2")
    ran = desk.run(
        "rank", "--papers", "papers.jsonl", "--profiles", "profiles.jsonl", "--output", "run.tsv"
    )
    rows = [line.split("\t") for line in (desk.folder / "run.tsv").read_text().splitlines()]
    assert ran.code == 0
    assert {row[1] for row in rows} == {"2611.00001", "2611.00002"}
    assert all(row[0] == "p" and 0 <= float(row[2]) <= 1 for row in rows)


def test_mails_beyond_the_days_quota_wait_for_the_next_day_and_all_commands_say_so(desk, lab):
    with serving() as server:
        lab(server.port, ["ada", "bob", "cy"], "rate_per_day = 2\n")
        code, counts, err = send(desk, "--now", MONDAY)
        assert (code, counts["sent"], counts["deferred"]) == (75, 2, 1)
        assert "the day's 2 mails are sent" in err
        status = desk.run("status", "--now", MONDAY).out
        assert "Next attempt: 2026-11-24 00:00:00 UTC." in status
        assert "Deferred until a relay works again: 1 mail" in status
        late = desk.run("why", "cy@example.org", "--now", MONDAY, "--json").json
        assert (late["code"], late["cause"]) == ("queued", "quota")
        assert "the day's 2 mails are sent" in late["why"]
        after_midnight = "2026-11-24T00:00:05"
        assert "Deferred until" not in desk.run("status", "--now", after_midnight).out
        code, counts, _ = send(desk, "--now", after_midnight)
        assert (code, counts["sent"], counts["deferred"]) == (0, 1, 0)
