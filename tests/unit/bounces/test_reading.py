"""What a message to the bounce mailbox is taken for, and what it says."""

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.bounces.reading import LARGEST, understand
from digest.core.findings import Taken

FOLDER = Path(__file__).parents[2] / "data" / "bounces"
OURS = "<2026-11-23.0123456789abcdef01234567@example.org>"
ADA = "ada@example.com"
TOKEN = "A" * 40


def content(name):
    return (FOLDER / f"{name}.eml").read_bytes()


def only(name):
    (finding,) = understand(content(name))
    return finding


@pytest.mark.parametrize(
    ("name", "status", "is_final", "says"),
    [
        ("postfix", "5.1.1", True, "Recipient address rejected: User unknown"),
        ("exim", "5.1.1", True, "550 5.1.1 no such user here"),
        ("exim_plain", "5.2.2", True, "mailbox is full: retry timeout exceeded"),
        ("exchange", "5.1.10", True, "RESOLVER.ADR.RecipientNotFound"),
        ("gmail", "5.7.26", True, "blocked because the sender is unauthenticated"),
        ("qmail", "5.1.1", True, "sorry, no mailbox here by that name"),
        ("expired", "4.4.1", False, "Connection timed out"),
        ("international", "5.1.1", True, ""),
    ],
)
def test_a_bounce_names_recipient_reason_and_mail(name, status, is_final, says):
    finding = only(name)
    assert finding.taken_for is Taken.BOUNCE
    assert (finding.recipient, finding.status, finding.is_final) == (ADA, status, is_final)
    assert says in finding.diagnostic
    assert finding.message_ids[0] == OURS


@pytest.mark.parametrize("name", ["arf_yahoo", "outlook_complaint"])
def test_a_complaint_names_recipient_and_mail(name):
    finding = only(name)
    assert (finding.taken_for, finding.recipient) == (Taken.COMPLAINT, ADA)
    assert OURS in finding.message_ids


def test_a_complaint_carries_the_token_of_the_mail_that_it_gives_back():
    assert only("arf_yahoo").token == TOKEN


@pytest.mark.parametrize(
    ("name", "taken_for"),
    [
        ("delayed", Taken.DELAY),
        ("delivered", Taken.NOTICE),
        ("not_spam", Taken.NOTICE),
        ("vacation", Taken.AUTO_REPLY),
        ("vacation_unmarked", Taken.AUTO_REPLY),
        ("challenge", Taken.AUTO_REPLY),
        ("person", Taken.NOT_UNDERSTOOD),
    ],
)
def test_what_is_no_bounce_is_not_taken_for_one(name, taken_for):
    finding = only(name)
    assert finding.taken_for is taken_for
    assert not finding.taken_for.counts
    assert finding.why


def test_every_sample_is_looked_at_by_a_test_above():
    assert len(list(FOLDER.glob("*.eml"))) == 8 + 2 + 7


@pytest.mark.parametrize(
    "subject",
    [
        f"unsubscribe {TOKEN}",
        f"Re: Unsubscribe  {TOKEN}",
        f"=?utf-8?q?unsubscribe_{TOKEN}?=",
        f"unsubscribe\r\n {TOKEN}",
    ],
)
def test_a_request_to_unsubscribe_is_read_from_its_subject(subject):
    mail = f"From: ada@example.com\r\nSubject: {subject}\r\n\r\n".encode()
    (finding,) = understand(mail)
    assert (finding.taken_for, finding.token) == (Taken.UNSUBSCRIBE, TOKEN)


def test_a_request_without_a_token_is_for_a_person_to_read():
    (finding,) = understand(b"From: ada@example.com\r\nSubject: unsubscribe me\r\n\r\nplease")
    assert finding.taken_for is Taken.NOT_UNDERSTOOD


def test_the_addresses_that_a_report_was_sent_to_may_hold_a_signed_one():
    mail = content("postfix").replace(b"Delivered-To: bounces@", b"Delivered-To: bounces+t@")
    (finding,) = understand(mail)
    assert finding.return_paths == ("bounces+t@example.org", "bounces@example.org")


def test_a_report_of_several_recipients_is_a_finding_for_each():
    more = b"\r\n\r\nFinal-Recipient: rfc822; bob@example.com\r\nAction: delayed\r\nStatus: 4.2.0"
    mail = content("exchange").replace(b"\n", b"\r\n")
    mail = mail.replace(b" not found by SMTP address lookup", b" not found" + more)
    ada, bob = understand(mail)
    assert (ada.taken_for, bob.taken_for) == (Taken.BOUNCE, Taken.DELAY)
    assert bob.recipient == "bob@example.com"
    assert ada.report_id != bob.report_id


def test_the_same_message_has_the_same_report_id():
    assert only("postfix").report_id == only("postfix").report_id != only("exim").report_id


def test_an_endless_message_is_looked_at_in_part():
    (finding,) = understand(content("postfix") + b"x" * (2 * LARGEST))
    assert finding.status == "5.1.1"


def test_a_tower_of_parts_is_not_understood_and_takes_no_time():
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(2_000)
    )
    (finding,) = understand(b"From: a@example.com\r\n" + parts)
    assert finding.taken_for is Taken.NOT_UNDERSTOOD


@given(st.binary(max_size=2_000))
def test_no_message_is_too_odd(raw):
    assert understand(raw)


@given(
    st.sampled_from(sorted(path.stem for path in FOLDER.glob("*.eml"))),
    st.lists(st.tuples(st.integers(0, 4_000), st.binary(max_size=40)), max_size=8),
)
def test_no_damage_to_a_report_is_too_odd(name, wounds):
    raw = bytearray(content(name))
    for place, wound in wounds:
        raw[place : place + len(wound)] = wound
    for finding in understand(bytes(raw)):
        assert len(finding.diagnostic) <= 200
        assert "\n" not in finding.diagnostic + finding.recipient + finding.why


@pytest.mark.parametrize(
    "start",
    ["Your message to:\n", "The address to which the message has not yet been delivered is\n"],
)
@pytest.mark.parametrize("filling", ["\n", " ", "a", "a@", ">"])
def test_no_filling_takes_a_report_s_reader_long(start, filling):
    head = "From: MAILER-DAEMON@example.com\nSubject: failure\n\n" + start
    begun = process_time()
    assert understand((head + filling * (LARGEST // 4 // len(filling))).encode())
    assert process_time() - begun < 5  # seconds; what grows with the square takes minutes
