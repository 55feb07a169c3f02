"""send, harvest, rank, why and status in one process, delivering into a Maildir."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from digest.core.harvest import HarvestState
from digest.core.outcome import Cause, Deferred, Fault, Unknown
from digest.errors import StoreError
from digest.ports import Halt
from digest.store.deliveries import SqlLedger
from digest.transports.maildir import MaildirTransport

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


def test_people_are_told_in_a_line(desk):
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


def test_a_slot_is_acted_for_once_and_only_by_readers_of_its_kind(desk):
    weekly = 'email = "wim@example.org"\ncadence = "weekly"'
    monthly = 'email = "moe@example.org"\ncadence = "monthly"'
    desk.configure("ada@example.org", weekly, monthly)
    for slot, reader in (("2026-11-20", "ada"), ("2026-W46", "wim"), ("2026-10", "moe")):
        assert desk.run("send", "--json", "--slot", slot).json["sent"] == 1
        assert desk.run("send", "--json", "--slot", slot).json["readers_due"] == 0
        why = desk.run("why", f"{reader}@example.org", "--slot", slot).out
        assert why.startswith(f"{reader}@example.org  {slot}  sent: accepted by the next hop")


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
        assert ran.err.startswith("smtp: is missing; sending needs a [smtp] or a [maildir]")
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
    assert ran.err == "smtp 127.0.0.1:1: connection refused; check smtp.host and smtp.port\n"
    assert "3 deferred in " in ran.out
    assert "; next attempt at 2026-11-23 09:0" in ran.out
    status = desk.run("status", "--now", MONDAY).out
    assert "2026-11-23\t0\t3\t0\t0\t0\t0\t0\n" in status
    assert "127.0.0.1:1\trelay-unreachable\t1\t" in status


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


def test_a_store_that_fails_in_the_middle_is_one_line(desk, monkeypatch):
    def full(*_anything, **_named):
        raise StoreError("digest.db: the disk is full")

    monkeypatch.setattr(SqlLedger, "commit", full)
    desk.configure("ada@example.org", "bob@example.org")
    ran = desk.run("send", "--now", MONDAY)
    assert (ran.code, ran.err) == (1, "digest: digest.db: the disk is full\n")


@pytest.fixture
def held(desk, monkeypatch):
    """A desk on which two mails are held in doubt."""

    async def cut(_transport, outbox):
        while mail := await outbox.next():
            await outbox.begin(mail)
            outbox.tell(mail, Unknown("the line broke"))

    desk.configure("ada@example.org", "bob@example.org", extra='[delivery]\non_doubt = "hold"')
    with monkeypatch.context() as patched:
        patched.setattr(MaildirTransport, "carry", cut)
        assert desk.run("send", "--json", "--now", MONDAY).json["in_doubt"] == 2
    return desk


def test_what_is_held_is_listed_and_not_sent_by_itself(held):
    assert held.run("send", "--json", "--now", MONDAY).json["sent"] == 0
    mails = held.run("held", "--json").json
    assert [mail["recipient"] for mail in mails] == ["ada@example.org", "bob@example.org"]
    assert held.run("status", "--json").json["in_doubt"] == mails
    assert "ada@example.org\t<2026-11-23." in held.run("held").out


def test_what_is_held_is_sent_again_or_let_go_as_the_operator_says(held):
    assert (
        "1 mail queued again"
        in held.run("held", "ADA@example.org", "--send-again", "--now", MONDAY).out
    )
    assert "1 mail taken for sent" in held.run("held", "--let-go").out
    assert held.run("held").out == "No mail is held.\n"
    counts = held.run("send", "--no-harvest", "--json", "--now", MONDAY).json
    assert (counts["sent"], len(held.outbox())) == (1, 1)


def test_held_mails_cannot_be_sent_and_let_go_at_once(held):
    ran = held.run("held", "--let-go", "--send-again")
    assert (ran.code, ran.err) == (
        2, "digest: --send-again and --let-go together; allowed: one of them\n",
    )  # fmt: skip


def test_on_a_terminal_there_are_tables_and_progress(desk, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    sent = desk.run("send")
    assert "1 sent" in sent.out
    table = desk.run("subscribers", "list").out
    assert "───" in table
    assert "\t" not in table


# Harvest


def test_harvest_tells_what_each_source_gave(desk):
    desk.write("papers.jsonl", '{"id": "1", "title": "One"}\nnot json\n')
    assert desk.run("harvest").out.splitlines()[1] == "file\tok\t1\t1\t1\t"
    (source,) = desk.run("harvest", "--json").json["sources"]
    assert (source["state"], source["new"], source["skipped"]) == ("unchanged", 0, [])


def test_harvesting_dry_keeps_nothing(desk):
    ran = desk.run("harvest", "--dry-run", "--json")
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == [
        "arxiv:2611.00001",
        "arxiv:2611.00002",
    ]
    assert ran.err == "file: ok, 2 papers\n"
    assert not (desk.folder / "digest.db").exists()


def test_a_saved_answer_is_parsed_without_a_configuration(desk):
    (desk.folder / "config.toml").unlink()
    desk.write("saved", '{"id": "1", "title": "One\\u001b[31m"}\n[]\n')
    ran = desk.run("harvest", "--file", "saved", "--type", "file")
    assert ran.code == 0
    assert ran.out.startswith("file:1\tOne")
    assert "\x1b" not in ran.out
    assert "saved: skipped: line 2" in ran.err
    desk.write("saved", "<html>Rate exceeded.</html>")
    wrong = desk.run("harvest", "--file", "saved", "--type", "arxiv", "--json")
    assert (wrong.code, wrong.out) == (75, "")
    assert HarvestState.RATE_LIMITED.value in wrong.err or HarvestState.MALFORMED in wrong.err


# Rank, why and status


def test_rank_shows_scores_reasons_and_what_was_left_out(desk):
    block = 'email = "ada@example.org"\ninterests = ["retrieval"]\nexclude = ["small"]'
    desk.configure(block)
    desk.run("harvest")
    ranked = desk.run("rank", "ada@example.org", "--explain")
    lines = ranked.out.splitlines()
    assert lines[0] == "#\tscore\tpaper\twhy"
    assert lines[1].startswith("1\t0.")
    assert lines[1].endswith("\tDense retrieval at scale\tretrieval (title)")
    assert lines[2] == "1 of 2 new papers matched."
    assert lines[3] == "left out\twhy"
    assert lines[4].startswith("Sparse retrieval in the small\t")
    assert desk.run("rank", "ada@example.org", "--top", "1", "--json").json["matched"] == 1
    desk.run("send")
    assert desk.run("rank", "ada@example.org").out == (
        "No paper is new to this reader; `digest harvest` asks the sources.\n"
    )


def test_why_follows_a_reader_through_a_morning(desk):
    desk.configure('email = "ada@example.org"\ninterests = ["dense retrieval"]\nname = "Ada"')
    before = desk.run("why", "ada@example.org", "--now", MONDAY)
    assert "2026-11-23  not-composed: " in before.out
    desk.run("send", "--now", MONDAY)
    after = desk.run("why", "ada@example.org", "--json", "--now", MONDAY).json
    assert (after["code"], after["papers"]) == ("sent", ["Dense retrieval at scale"])


def test_status_tells_sources_slots_and_what_comes_next(desk):
    early = desk.run("status", "--now", MONDAY).out
    assert "file\tnever asked\t0\t-\t-\t\n" in early
    assert "No deliveries yet.\nReaders who get mail: 1 of 1.\n" in early
    desk.run("send", "--now", "2026-11-23T05:00")
    facts = desk.run("status", "--json", "--now", "2026-11-23T05:01").json
    assert facts["slots"] == [{"slot": "2026-11-23", "sent": 1}]
    assert facts["next"] == {
        "retry_at": None,
        "slot": "2026-11-23",
        "slot_at": datetime(2026, 11, 23, 7, 30, tzinfo=UTC).isoformat(),
        "composed": 1,
    }
    late = desk.run("status", "--now", "2026-11-23T05:01").out
    assert "2026-11-23 at 2026-11-23 07:30 UTC, composed already for 1 reader." in late


@pytest.mark.parametrize("words", [["send"], ["send", "--no-harvest"], ["status"], ["--help"]])
def test_a_start_with_nothing_to_do_waits_for_no_library_of_those_who_work(desk, words):
    desk.run("send")
    code = (
        "import sys; from digest.cli.app import run_command; run_command(sys.argv[1:]);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    ran = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    slow = {"numpy", "scipy", "jinja2", "premailer", "lxml", "httpx2", "feedparser", "alembic"}
    unwanted = slow | {"aiosmtplib", "apscheduler", "structlog", "rich", "dns"}
    assert not unwanted & set(ran.stderr.split())
