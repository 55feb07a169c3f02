"""``digest send``, from the contract's counts to signals and full disks."""

import os
import signal
import time
from contextlib import closing
from datetime import datetime

from digest.core.outcome import Cause, Deferred, Fault
from digest.errors import StoreError
from digest.ports import Halt
from digest.store import open_store
from digest.store.deliveries import SqlLedger
from digest.transports.maildir import MaildirTransport
from tests.builders import LEASE, NOW, accepted

MONDAY, TUESDAY = "2026-11-23T09:00", "2026-11-24T09:00"


def test_json_has_the_keys_of_the_contract(desk):
    counts = desk.run("send", "--json", "--now", MONDAY).json
    seconds = counts.pop("seconds")
    assert counts == {
        "papers_new": 2, "readers_due": 1, "composed": 1, "empty": 0, "sent": 1, "deferred": 0,
        "failed": 0, "in_doubt": 0, "suppressed": 0,
    }  # fmt: skip
    assert list(seconds) == ["harvest", "compose", "deliver", "total"]
    assert sum(seconds.values()) - seconds["total"] <= seconds["total"] + 0.01


def test_the_first_send_makes_the_database_and_people_are_told_in_a_line(desk):
    desk.drop_database()
    told = desk.run("send", "--now", MONDAY)
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("2 new papers, 1 reader due, 1 sent in ")
    assert desk.run("send", "--now", TUESDAY).out.startswith(
        "0 new papers, 1 reader due, 0 sent, 1 empty in "
    )


def test_quiet_says_nothing_when_all_is_well_and_everything_when_not(desk):
    assert desk.run("send", "-q", "--now", MONDAY).out == ""
    (desk.folder / "papers.jsonl").unlink()
    troubled = desk.run("send", "-q", "--now", TUESDAY)
    assert troubled.code == 1
    assert "source file: refused: " in troubled.err
    assert "1 empty" in troubled.out


def test_a_folder_made_by_hand_becomes_a_maildir(desk):
    (desk.folder / "outbox").mkdir()
    assert desk.run("send", "--json").json["sent"] == 1
    assert len(desk.outbox()) == 1


def test_only_those_named_get_mail(desk):
    desk.configure("ada@example.org", "bob@example.org", "cy@example.org")
    counts = desk.run("send", "--json", "--to", "BOB@example.org", "--to", "cy@example.org").json
    assert (counts["readers_due"], counts["sent"]) == (2, 2)
    assert desk.run("send", "--json").json["sent"] == 1


def test_of_those_named_who_get_no_mail_it_says_why(desk):
    names = ("ada", "bob", "cy", "di", "ed")
    desk.configure(*(f"{name}@example.org" for name in names))
    desk.run("subscribers", "remove", "bob@example.org")
    desk.run("subscribers", "pause", "cy@example.org")
    desk.leave("di@example.org")
    with closing(open_store("sqlite:///digest.db", base=desk.folder)) as store:
        store.ledger.suppress("ed@example.org", "bounced\nthrice", now=NOW)
    named = [word for name in names for word in ("--to", f"{name}@example.org")]
    for more in (["--dry-run"], []):
        ran = desk.run("send", "--json", *named, *more, "--now", MONDAY)
        assert ran.code == 0
        lines = [line.split(": ") for line in ran.err.splitlines()[:4]]
        assert [line[:3] for line in lines] == [
            ["bob@example.org", "unsubscribed", lines[0][2]],
            ["cy@example.org", "paused", "paused until further notice"],
            ["di@example.org", "unsubscribed", "the reader unsubscribed"],
            ["ed@example.org", "suppressed", lines[3][2]],
        ]
        assert lines[0][2].startswith("the reader was removed with")
        assert lines[3][3] == "bounced thrice"
    assert ran.json["sent"] == 1
    assert desk.run("send", "--json", "--now", TUESDAY).err == ""


def test_a_slot_is_acted_for_once_and_only_by_readers_of_its_kind(desk):
    weekly = 'email = "wim@example.org"\ncadence = "weekly"'
    monthly = 'email = "moe@example.org"\ncadence = "monthly"'
    desk.configure("ada@example.org", weekly, monthly)
    for slot, reader in (("2026-11-20", "ada"), ("2026-W46", "wim"), ("2026-10", "moe")):
        assert desk.run("send", "--json", "--slot", slot).json["sent"] == 1
        assert desk.run("send", "--json", "--slot", slot).json["readers_due"] == 0
        why = desk.run("why", f"{reader}@example.org", "--slot", slot).out
        assert why.startswith(f"{reader}@example.org  {slot}  sent: accepted by the next hop")


def test_a_slot_may_lie_in_the_past_or_begin_somewhere_or_be_rehearsed(desk):
    weekly = 'email = "wim@example.org"\ncadence = "weekly:fri"'
    desk.configure("ada@example.org", weekly, 'email = "di@example.org"\ncadence = "weekdays"')
    for slot, now, due in (
        ("1999-01-01", MONDAY, 2),
        ("2026-11-28", "2026-11-27T10:00", 1),
        ("2026-W49", "2026-11-29T10:00", 1),
        ("2127-09-25", "2127-09-25", 2),
    ):
        ran = desk.run("send", "--json", "--slot", slot, "--now", now)
        assert (ran.code, ran.json["readers_due"]) == (0, due)


def test_without_harvest_only_known_papers_are_used(desk):
    counts = desk.run("send", "--json", "--no-harvest", "--now", MONDAY).json
    assert (counts["papers_new"], counts["empty"]) == (0, 1)
    assert desk.run("send", "--json", "--now", MONDAY).json["sent"] == 1


def test_a_dry_run_shows_the_plan_and_keeps_nothing(desk):
    desk.configure("ada@example.org", 'email = "bob@example.org"\ninterests = ["sparse"]')
    (ada, bob) = desk.run("send", "--dry-run", "--json", "--now", MONDAY).json
    assert (ada["email"], len(ada["papers"])) == ("ada@example.org", 2)
    assert bob["papers"] == ["Sparse retrieval in the small"]
    assert (
        "bob@example.org\t2026-11-23\tSparse" in desk.run("send", "--dry-run", "--now", MONDAY).out
    )
    assert desk.outbox() == []
    assert desk.run("send", "--json", "--now", MONDAY).json["sent"] == 2


def test_without_a_way_out_nothing_is_begun(desk):
    desk.configure("ada@example.org", way_out="[delivery]")
    for command in ("send", "run"):
        ran = desk.run(command)
        assert ran.code == 2
        assert ran.err.startswith(
            "config.toml: smtp: is missing; sending needs a [smtp] or a [maildir]"
        )
    assert desk.run("send", "--dry-run").code == 0
    assert desk.run("preview", "ada@example.org").code == 0


def test_a_missing_password_stops_a_send_before_it_begins(desk):
    way_out = '[smtp]\nhost = "h.invalid"\nsender = "d@example.org"\nusername = "u"\n'
    desk.configure("ada@example.org", way_out=f'{way_out}password_env = "NO_SUCH_THING"')
    ran = desk.run("send")
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "the variable NO_SUCH_THING is not set or empty" in ran.err
    assert desk.run("status", "--json").json["slots"] == []


def test_what_waits_says_why_whose_and_until_when(desk):
    way_out = '[smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nsender = "d@example.org"'
    desk.configure("ada@example.org", "bob@example.org", "cy@example.org", way_out=way_out)
    ran = desk.run("send", "-v", "--now", MONDAY)
    assert ran.code == 75
    *tries, last = ran.err.splitlines()
    assert last == "smtp 127.0.0.1:1: connection refused; check smtp.host and smtp.port"
    assert len(tries) == 3
    assert all("event=connection_failed" in line and last in line for line in tries)
    assert "3 deferred in " in ran.out
    assert "; next attempt at 2026-11-23 09:0" in ran.out
    status = desk.run("status", "--now", MONDAY).out
    assert "2026-11-23\t0\t3\t0\t0\t0\t0\t0\t0\n" in status
    assert "127.0.0.1:1\trelay-unreachable\t1\t" in status
    (relay,) = [line for line in status.splitlines() if line.startswith("127.0.0.1:1\t")]
    again = relay.split("\t")[4]
    assert again.startswith("2026-11-23 09:00:1")
    assert f"Next attempt: {again}.\n" in status
    assert "Next attempt: now.\n" in desk.run("status", "--now", "2026-11-23T09:30").out
    assert "Deferred until a relay works again: 3 mails (127.0.0.1:1).\n" in status
    why = desk.run("why", "ada@example.org", "--now", MONDAY, "--json").json
    assert (why["code"], why["cause"]) == ("queued", "relay-unreachable")
    assert "127.0.0.1:1 is in trouble since 2026-11-23 09:00 UTC: smtp 127.0." in why["why"]


def test_a_mail_that_waits_is_told_with_its_reason(desk, monkeypatch):
    async def full(_transport, outbox):
        while mail := await outbox.next():
            outbox.tell(mail, Deferred("452 4.2.2 full", 452, "4.2.2", Cause.MAILBOX_FULL))

    monkeypatch.setattr(MaildirTransport, "carry", full)
    desk.configure("ada@example.org", "bob@example.org", "cy@example.org")
    ran = desk.run("send", "-v", "--now", MONDAY)
    assert ran.code == 75
    assert "deferred: ada@example.org and 2 others: 452 4.2.2 full" in ran.err
    assert "level=info event=deferred to=ada@example.org cause=mailbox-full" in ran.err
    assert desk.run("why", "ada@example.org", "--now", MONDAY, "--json").json["cause"] == (
        "mailbox-full"
    )


def test_wait_stays_until_nothing_is_deferred(desk, monkeypatch):
    delivered = MaildirTransport.carry
    attempts = []

    async def full_at_first(self, outbox):
        if len(attempts) == 2:
            return await delivered(self, outbox)
        while mail := await outbox.next():
            attempts.append(mail)
            outbox.tell(mail, Deferred("452 4.3.1 full", 452))
        return None

    monkeypatch.setattr(MaildirTransport, "carry", full_at_first)
    desk.configure("ada@example.org", extra='[delivery]\nretry_first = "1s"\nretry_cap = "1s"')
    counts = desk.run("send", "--wait", "--json").json
    assert (counts["sent"], counts["deferred"], len(attempts)) == (1, 0, 2)


def test_wait_does_not_wait_for_the_operator(desk, monkeypatch):
    halt = Halt(relay="m", reply="login was refused", cause=Cause.LOGIN_REFUSED, fault=Fault.OURS)

    async def refused(*_anything):
        return halt

    monkeypatch.setattr(MaildirTransport, "carry", refused)
    ran = desk.run("send", "--wait")
    assert (ran.code, ran.err) == (75, "login was refused\n")


def test_a_signal_finishes_what_is_in_flight_and_leaves_the_rest_for_later(desk, monkeypatch):
    delivered = MaildirTransport._add

    def interrupted(self, mail):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.05)
        return delivered(self, mail)

    monkeypatch.setattr(MaildirTransport, "_add", interrupted)
    desk.configure("ada@example.org", "bob@example.org")
    ran = desk.run("send", "--json", "--now", MONDAY)
    assert (ran.code, ran.json["sent"], ran.json["deferred"]) == (75, 1, 1)
    monkeypatch.undo()
    os.chdir(desk.folder)
    assert desk.run("send", "--json", "--now", "2026-11-23T09:10").json["sent"] == 1


def test_what_another_process_sends_at_the_same_time_is_its_own_to_report(desk, monkeypatch):
    delivered = MaildirTransport.carry

    async def beside_another(self, outbox):
        with closing(open_store("sqlite:///digest.db", base=desk.folder)) as theirs:
            soon = datetime.fromisoformat(f"{TUESDAY}:59Z")
            lease = {"now": soon, "lease_until": soon + LEASE}
            first, _ = theirs.ledger.claim(owner="vm:other:1:1", limit=2, **lease)
            theirs.ledger.record(accepted(first), now=NOW)
        return await delivered(self, outbox)

    monkeypatch.setattr(MaildirTransport, "carry", beside_another)
    desk.configure(*(f"{name}@example.org" for name in ("ada", "bob", "cy", "di")))
    ran = desk.run("send", "--json", "--now", TUESDAY)
    assert (ran.json["composed"], ran.json["sent"], ran.json["deferred"]) == (4, 2, 0)
    assert ran.code == 0


def test_a_store_that_fails_in_the_middle_is_one_line(desk, monkeypatch):
    def full(*_anything, **_named):
        raise StoreError("digest.db: the disk is full")

    monkeypatch.setattr(SqlLedger, "commit", full)
    desk.configure("ada@example.org", "bob@example.org")
    ran = desk.run("send", "--now", MONDAY)
    assert (ran.code, ran.err) == (1, "digest: digest.db: the disk is full\n")


def test_on_a_terminal_there_are_tables_and_progress(desk, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    sent = desk.run("send")
    assert "1 sent" in sent.out
    table = desk.run("subscribers", "list").out
    assert "───" in table
    assert "\t" not in table


def test_who_changes_to_a_weekly_mail_gets_the_next_one_when_a_week_begins(desk):
    assert desk.run("send", "--now", MONDAY, "--json").json["sent"] == 1
    desk.configure('email = "ada@example.org"\ncadence = "weekly"')
    desk.write("papers.jsonl", '{"id": "9", "title": "Dense retrieval, again"}\n')
    same_week = desk.run("send", "--now", "2026-11-24T09:00", "--json").json
    assert (same_week["papers_new"], same_week["readers_due"]) == (1, 0)
    why = desk.run("why", "ada@example.org", "--now", "2026-11-24T09:00", "--json").json
    assert (why["slot"], why["code"]) == ("2026-W48", "sent")
    assert why["why"].startswith("the mail of 2026-11-23 stands for this slot")
    assert why["papers"]
    assert desk.run("send", "--now", "2026-11-30T09:00", "--json").json["sent"] == 1
    desk.configure("ada@example.org")
    desk.write("papers.jsonl", '{"id": "10", "title": "Dense retrieval, anew"}\n')
    assert desk.run("send", "--now", "2026-11-30T10:00", "--json").json["readers_due"] == 0
    assert desk.run("send", "--now", "2026-12-01T09:00", "--json").json["sent"] == 1
