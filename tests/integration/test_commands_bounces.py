"""From a mail that was sent to its bounce and back: the commands that tell and mend."""

import io
import re
import sys
from email import message_from_bytes

import pytest

from tests.bounce_lab import MESSAGE_ID, report

MONDAY, TUESDAY, WEDNESDAY = "2026-11-23T09:00", "2026-11-24T09:00", "2026-11-25T09:00"
MAILBOX = '[bounces]\n[bounces.maildir]\npath = "box"\n'
ADA = "ada@example.org"


@pytest.fixture
def desk(desk):
    desk.configure(ADA, extra=MAILBOX)
    (desk.folder / "box" / "new").mkdir(parents=True)
    return desk


def last_mail(desk):
    return message_from_bytes(
        max(desk.outbox(), key=lambda file: file.stat().st_mtime_ns).read_bytes()
    )


def bounce(desk, name, *, of):
    """Put a report about a sent mail into the mailbox."""
    content = report(name, (MESSAGE_ID, of["Message-ID"]))
    (desk.folder / "box" / "new" / f"{name}.{of['Message-ID'][1:30]}").write_bytes(content)


def publish(desk, at):
    """Publish papers of which some are new each day."""
    desk.publish(*(f"Dense retrieval, part {part}" for part in range(int(at[8:10]))))


def send(desk, at):
    """Send what is due at a time, and return the mail."""
    publish(desk, at)
    assert desk.run("send", "--json", "--now", at).json["sent"] == 1
    return last_mail(desk)


def two_bounces(desk):
    for day in (MONDAY, TUESDAY):
        bounce(desk, "postfix", of=send(desk, day))
        assert desk.run("bounces", "--now", day).code == 0


def test_the_mailbox_is_read_and_each_message_is_told(desk):
    bounce(desk, "postfix", of=send(desk, MONDAY))
    (desk.folder / "box" / "new" / "vacation").write_bytes(report("vacation"))
    ran = desk.run("bounces", "--json", "--now", MONDAY)
    assert ran.code == 0
    first, second = ran.json["messages"]
    assert (first["taken_for"], first["result"], first["points"]) == ("bounce", "recorded", 2)
    assert (first["address"], first["status"]) == (ADA, "5.1.1")
    assert (second["taken_for"], second["result"]) == ("auto-reply", "ignored")
    assert second["why"] == "Auto-Submitted: auto-replied"
    assert desk.run("bounces", "--json").json == {"messages": [], "suppressed": 0}


def test_after_two_days_without_a_mailbox_no_more_is_sent_and_everything_says_why(desk):
    two_bounces(desk)
    publish(desk, WEDNESDAY)
    ran = desk.run("send", "--json", "--now", WEDNESDAY)
    assert (ran.json["sent"], ran.json["suppressed"]) == (0, 1)
    why = desk.run("why", ADA, "--now", WEDNESDAY).out
    assert "suppressed: not sent: the address is suppressed since 2026-11-24 09:00 UTC" in why
    assert "mails bounced (4 points): 5.1.1" in why
    shown = desk.run("subscribers", "show", ADA)
    assert "suppressed: since 2026-11-24 09:00 UTC: mails bounced (4 points)" in shown.out
    assert "seen at\tkind\tpoints\tstatus\tdiagnostic\tsource\ttraced\n" in shown.out
    facts = desk.run("subscribers", "show", ADA, "--json").json
    assert facts["suppression"]["kind"] == "bounces"
    assert [event["points"] for event in facts["bounces"]] == [2, 2]
    status = desk.run("status", "--json", "--now", WEDNESDAY).json
    assert status["bounces"] == {"suppressed": {"bounces": 1}, "last_7_days": {"hard": 2}}
    told = desk.run("status", "--now", WEDNESDAY).out
    assert "Suppressed addresses: bounces 1.\nCame back in the last 7 days: hard 2.\n" in told
    assert "Readers who get mail: 0 of 1.\n" in told
    assert f"{ADA}\t\tactive, suppressed\t" in desk.run("subscribers", "list").out
    (listed,) = desk.run("subscribers", "list", "--json").json
    assert (listed["status"], listed["suppressed"]) == ("active", True)


def test_the_score_on_the_way_to_a_suppression_is_shown(desk):
    assert "points" not in desk.run("subscribers", "show", ADA).out
    bounce(desk, "postfix", of=send(desk, MONDAY))
    desk.run("bounces", "--now", MONDAY)
    assert "\nscore: 2 of 4 points\n" in desk.run("subscribers", "show", ADA, "--now", MONDAY).out
    facts = desk.run("subscribers", "show", ADA, "--json", "--now", "2026-12-08T09:00").json
    assert facts["score"] == 0, "the last bounce is stale"


def test_an_operator_allows_mail_again(desk):
    two_bounces(desk)
    ran = desk.run("subscribers", "set", ADA, "--unsuppress", "--now", TUESDAY)
    assert ran.out.startswith(f"{ADA}: allowed again (was: mails bounced (4 points)")
    assert desk.run("subscribers", "show", ADA, "--json").json["suppression"] is None
    status = desk.run("status", "--now", TUESDAY).out
    assert "Came back in the last 7 days: hard 2.\nReaders who get mail: 1 of 1.\n" in status
    send(desk, WEDNESDAY)
    again = desk.run("subscribers", "set", ADA, "--unsuppress")
    assert (again.code, again.out) == (0, f"{ADA}: was not suppressed\n")
    assert desk.run("subscribers", "set", "eve@example.org", "--unsuppress").code == 2


def test_send_reads_the_mailbox_before_it_sends(desk):
    for day in (MONDAY, TUESDAY):
        bounce(desk, "postfix", of=send(desk, day))
    publish(desk, WEDNESDAY)
    ran = desk.run("send", "--json", "--now", WEDNESDAY)
    assert (ran.json["sent"], ran.json["suppressed"]) == (0, 1)
    assert len([*(desk.folder / "box" / "cur").iterdir()]) == 2


def test_a_mailbox_in_trouble_stops_no_mail(desk):
    (desk.folder / "box" / "new").rmdir()
    ran = desk.run("send", "--json", "--now", MONDAY)
    assert (ran.code, ran.json["sent"]) == (0, 1)
    assert re.search(r"^bounces: Maildir .*box: cannot be read: No such file", ran.err)
    assert desk.run("bounces").code == 75


def test_the_unsubscribe_link_of_a_mail_leads_to_an_end(desk, monkeypatch):
    link = send(desk, MONDAY)["List-Unsubscribe"]
    token = re.search(r"subject=unsubscribe%20([\w-]+)", link)[1]
    request = f"From: {ADA}\nSubject: unsubscribe {token}\n\n".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(request)))
    ran = desk.run("bounces", "-", "--json")
    assert (ran.code, ran.json["messages"][0]["result"]) == (0, "recorded")
    assert desk.run("subscribers", "show", ADA, "--json").json["status"] == "unsubscribed"


def test_messages_may_be_files_and_what_is_not_understood_is_told(desk):
    for name in ("person", "postfix"):
        (desk.folder / f"{name}.eml").write_bytes(report(name))
    ran = desk.run("bounces", "person.eml", "postfix.eml", "--json")
    assert ran.code == 1
    told = [(row["message"], row["result"]) for row in ran.json["messages"]]
    assert told == [("person.eml", "kept"), ("postfix.eml", "untraced")]
    assert "not-understood" in desk.run("bounces", "person.eml").out
    assert desk.run("bounces", "postfix.eml").code == 0


def test_a_file_that_is_not_there_is_named(desk):
    ran = desk.run("bounces", "none.eml")
    assert (ran.code, ran.err) == (
        2,
        "digest: none.eml: cannot be read: No such file or directory\n",
    )


def test_without_a_mailbox_there_is_nothing_to_read(desk):
    desk.configure(ADA)
    ran = desk.run("bounces")
    assert (ran.code, "[bounces.maildir], [bounces.imap], or FILE" in ran.err) == (2, True)


def test_the_webhooks_addresses_are_told_on_demand(desk):
    desk.configure(ADA, extra='[digest]\nbase_url = "https://digest.example.org"')
    urls = desk.run("bounces", "--webhooks", "--json").json
    assert list(urls) == ["generic", "ses", "sendgrid"]
    assert urls["ses"].startswith("https://digest.example.org/bounces/ses/")
    assert f"ses\t{urls['ses']}\n" in desk.run("bounces", "--webhooks").out
    desk.configure(ADA)
    ran = desk.run("bounces", "--webhooks")
    assert "\nses\t/bounces/ses/" in ran.out
    assert ran.err == "put the address of your web server before each\n"


def test_with_a_bounce_address_unsubscribes_go_to_the_mailbox_that_is_read(desk):
    desk.configure(ADA, extra=MAILBOX.replace("]\n[", ']\naddress = "bounces@example.org"\n[', 1))
    assert "<mailto:bounces@example.org?subject=" in send(desk, MONDAY)["List-Unsubscribe"]


def test_an_erased_reader_who_is_added_again_is_told_to_be_suppressed(desk):
    desk.run("subscribers", "add", "cy@example.org")
    desk.run("subscribers", "erase", "cy@example.org", "--yes")
    ran = desk.run("subscribers", "add", "cy@example.org")
    assert ran.code == 0
    assert "cy@example.org: suppressed: erased at the reader's wish" in ran.err
    why = desk.run("why", "cy@example.org", "--now", MONDAY).out
    assert "suppressed: the address is suppressed since" in why
    desk.run("subscribers", "set", "cy@example.org", "--unsuppress", "name=Cy")
    facts = desk.run("subscribers", "show", "cy@example.org", "--json").json
    assert (facts["suppression"], facts["name"]) == (None, "Cy")


def test_the_doctor_looks_into_the_mailbox(desk):
    def finding(*words):
        told = desk.run("doctor", "--json", *words).json
        return next((one["state"], one["detail"]) for one in told if one["check"] == "bounces")

    box = f"Maildir {desk.folder / 'box'}"
    assert finding() == ("ok", box)
    (desk.folder / "box" / "new").rmdir()
    assert finding() == ("FAILED", f"{box}: cannot be read: No such file or directory")
    assert finding("--offline") == ("ok", box)
    imap = '[bounces.imap]\nhost = "localhost"\nusername = "b"\npassword_file = "pw"\n'
    desk.configure(ADA, extra=imap)
    state, detail = finding("--offline")
    assert (state, detail.endswith("no such file; put the password in it, mode 600")) == (
        "FAILED",
        True,
    )
    desk.write("pw", "secret")
    assert finding("--offline") == ("ok", "imap localhost:993 INBOX")
