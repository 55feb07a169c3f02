"""What an SMTP server's reply means for a mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.outcome import Accepted, Deferred, Fault, Refused
from digest.core.smtp_reply import Phase, Reply, ReplyReader, is_about_size, judge
from tests.replies import read

MAIL, RCPT, DATA, CONTENT = Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.CONTENT


@given(st.binary(max_size=300), st.sampled_from(Phase))
def test_any_bytes_give_a_verdict_in_printable_words(noise, phase):
    for reply in ReplyReader().feed(noise + b"\r\n"):
        assert 0 <= reply.code <= 999
        outcome = judge(reply, phase)
        assert reply.text.isprintable()
        assert outcome is None or outcome.reply.isprintable()


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        (MAIL, b"250 2.1.0 Ok\r\n"),
        (RCPT, b"250 2.1.5 Ok\r\n"),
        (RCPT, b"251 user not local; will forward\r\n"),
        (RCPT, b"252 2.0.0 cannot VRFY user\r\n"),
        (DATA, b"354 End data with <CR><LF>.<CR><LF>\r\n"),
        (DATA, b"354-ready\r\n354 go\r\n"),
    ],
)
def test_the_transaction_goes_on(phase, said):
    assert judge(read(said), phase) is None


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"250 2.0.0 Ok: queued as 4XyZ\r\n", "2.0.0"),  # Postfix
        (b"250 OK id=1uAbCd-0000-00\r\n", ""),  # Exim
        (b"250 2.6.0 <m@x> [InternalId=1] Queued mail for delivery\r\n", "2.6.0"),  # Exchange
        (b"250 2.0.0 OK  1700000000 a1b2c3 - gsmtp\r\n", "2.0.0"),  # Gmail
        (b"250 Ok 0100018d-abcd-000000\r\n", ""),  # SES
        (b"251 2.0.0 accepted elsewhere\r\n", "2.0.0"),
    ],
)
def test_only_the_reply_to_the_content_accepts(said, status):
    reply = read(said)
    assert judge(reply, CONTENT) == Accepted(str(reply), reply.code, status)
    assert judge(reply, MAIL) is judge(reply, RCPT) is None


def rows(table):
    """Read rows of phase, cause, fault and what the server said, its lines parted by " / "."""
    made = []
    for row in table.strip().splitlines():
        if not row.startswith("#"):
            phase, cause, fault, said = row.split(maxsplit=3)
            wire = said.replace(" / ", "\r\n").encode() + b"\r\n"
            made.append(pytest.param(Phase[phase], wire, cause, fault, id=f"{phase}: {said[:40]}"))
    return made


REFUSED = """
# Postfix
RCPT    address-unknown  recipient 550 5.1.1 <x@y>: User unknown in virtual mailbox table
RCPT    address-unknown  recipient 550 5.1.2 <x@y>: Recipient address rejected: Domain not found
RCPT    address-invalid  recipient 501 5.1.3 Bad recipient address syntax
RCPT    address-unknown  recipient 550 5.1.6 <x@y>: User has moved to <z@y>
RCPT    policy           policy    554 5.7.1 <x@y>: Relay access denied
RCPT    policy           policy    554 5.7.1 Client host [192.0.2.1] blocked using a list
RCPT    policy           policy    553 5.7.1 <a@b>: Sender address rejected: not owned by user ada
RCPT    sender-refused   ours      550 5.1.8 <a@b>: Sender address rejected: Domain not found
MAIL    too-large        recipient 552 5.3.4 Message size exceeds fixed limit
CONTENT too-large        recipient 552 5.3.4 Error: message file too big
MAIL    sender-refused   ours      501 5.1.7 Bad sender address syntax
MAIL    login-refused    ours      530 5.7.0 Authentication required
RCPT    login-refused    ours      530 5.7.1 Client was not authenticated
RCPT    no-smtputf8      recipient 553 5.6.7 Must declare SMTPUTF8 to send unicode address
# Exim
RCPT    refused          policy    550 Unrouteable address
RCPT    address-invalid  recipient 501 <x>: malformed address
RCPT    refused          policy    550-Callback setup failed / 550 Sender verify failed
MAIL    too-large        recipient 552 Message size exceeds maximum permitted
CONTENT content          policy    554 Transaction failed: blocked by a content filter
# Exchange
RCPT    address-unknown  recipient 550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found
RCPT    refused          recipient 550 5.4.1 Recipient address rejected: Access denied. [X.outlook]
CONTENT mailbox-full     recipient 554 5.2.2 mailbox full; STOREDRV.Deliver: QuotaExceeded
CONTENT policy           policy    550 5.7.60 SMTP; Client does not have permissions to send as
CONTENT content          policy    554 5.2.252 SendAsDenied; a@b not allowed to send as c@b
CONTENT sender-refused   ours      550 5.1.8 Access denied, bad outbound sender AS(42004)
RCPT    policy           policy    550 5.7.708 Access denied, traffic not accepted from this IP
# Gmail
RCPT    address-unknown  recipient 550-5.1.1 The account does not exist. / 550 5.1.1 see x - gsmtp
RCPT    mailbox-disabled recipient 550 5.2.1 The email account that you tried to reach is inactive.
RCPT    mailbox-full     recipient 552-5.2.2 The inbox is out of storage / 552 5.2.2 space - gsmtp
CONTENT too-large        recipient 552-5.2.3 exceeded our message size limits / 552 5.2.3 - gsmtp
CONTENT policy           policy    552-5.7.0 blocked because its content / 552 5.7.0 presents a risk
CONTENT policy           policy    550-5.7.26 blocked: unauthenticated / 550 5.7.26 - gsmtp
CONTENT policy           policy    550-5.7.1 This message is likely unsolicited / 550 5.7.1 - gsmtp
RCPT    quota            ours      550-5.4.5 Daily user sending limit exceeded. / 550 5.4.5 - gsmtp
CONTENT quota            ours      550 5.4.5 Daily SMTP relay sending limit exceeded for user.
# Amazon SES
CONTENT content          policy    554 Message rejected: Email address is not verified.
MAIL    login-refused    ours      530 Authentication required
# Others
RCPT    refused          recipient 550 #5.1.0 Address rejected.
RCPT    refused          recipient 550 no such user here
RCPT    refused          policy    550 relay not permitted
RCPT    too-large        recipient 552 Mailbox or message limit exceeded
DATA    refused          recipient 554 5.5.1 Error: no valid recipients
"""
DEFERRED = """
# Postfix
RCPT    temporary        recipient 450 4.2.0 <x@y>: Recipient address rejected: Greylisted
RCPT    address-unknown  recipient 450 4.1.1 <x@y>: unverified address: unknown user
RCPT    mailbox-full     recipient 452 4.2.2 <x@y>: mailbox is over quota
MAIL    relay-busy       relay     452 4.3.1 Insufficient system storage
MAIL    relay-busy       relay     450 4.7.1 Error: too much mail from 192.0.2.1
CONTENT temporary        recipient 451 4.3.0 Error: queue file write error
DATA    temporary        recipient 451 4.7.1 Service unavailable - try again later
RCPT    relay-busy       relay     421 4.7.0 mx.example.org Error: too many errors
RCPT    relay-busy       relay     503 5.5.1 Error: need MAIL command
MAIL    relay-busy       relay     503 nested MAIL command
DATA    relay-busy       relay     500 5.5.2 Error: bad syntax
CONTENT relay-busy       relay     502 5.5.1 Error: command not recognized
# Exim
RCPT    temporary        recipient 451 Temporary local problem - please try later
CONTENT relay-busy       relay     421 SMTP incoming data timeout - closing connection.
# Exchange
MAIL    relay-busy       relay     452 4.3.1 Insufficient system resources (UsedDiskSpace)
RCPT    temporary        recipient 451 4.7.500 Server busy. Please try again later
MAIL    relay-busy       relay     421 4.3.2 Service not available
# Gmail
RCPT    mailbox-disabled recipient 450-4.2.1 The user is receiving / 450 4.2.1 mail at a rate
CONTENT relay-busy       relay     421-4.7.28 unusual rate of mail / 421 4.7.28 - gsmtp
# Amazon SES
MAIL    relay-busy       relay     454 Throttling failure: Daily message quota exceeded.
CONTENT relay-busy       relay     454 Throttling failure: Maximum sending rate exceeded.
# No SMTP at all, or not in its place
MAIL    relay-busy       relay     HTTP/1.1 400 Bad Request
RCPT    relay-busy       relay     354 go ahead
DATA    relay-busy       relay     250 ok
CONTENT relay-busy       relay     354 go ahead
CONTENT relay-busy       relay     650 5.1.1 no such class
"""


@pytest.mark.parametrize(("phase", "said", "cause", "fault"), rows(REFUSED))
def test_a_refusal_is_put_down_to_whom_it_concerns(phase, said, cause, fault):
    reply = read(said)
    outcome = judge(reply, phase)
    assert isinstance(outcome, Refused)
    assert (outcome.cause, outcome.fault) == (cause, fault)
    assert (outcome.code, outcome.status) == (reply.code, reply.status)
    assert str(reply) in outcome.reply


@pytest.mark.parametrize(("phase", "said", "cause", "fault"), rows(DEFERRED))
def test_what_may_change_is_tried_again(phase, said, cause, fault):
    reply = read(said)
    outcome = judge(reply, phase)
    assert isinstance(outcome, Deferred)
    assert (outcome.cause, outcome.fault) == (cause, fault)
    assert (outcome.code, outcome.status) == (reply.code or None, reply.status)
    assert outcome.reply == str(reply)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (b"530 5.7.0 Authentication required\r\n", "smtp.username"),
        (b"550 5.1.8 bad sender\r\n", "smtp.sender"),
    ],
)
def test_what_is_ours_names_the_key_to_mend(said, key):
    assert key in judge(read(said), MAIL).reply


def test_a_full_mailbox_is_not_about_the_size_of_the_mail():
    assert is_about_size(Reply(552, "too big"))
    assert is_about_size(Reply(552, "5.3.4 too big"))
    assert is_about_size(Reply(550, "5.2.3 too big"))
    assert not is_about_size(Reply(552, "5.2.2 mailbox full"))
    assert not is_about_size(Reply(452, "4.2.2 mailbox full"))


@given(st.integers(0, 999), st.sampled_from(["", "2", "4", "5"]), st.sampled_from(Phase), st.data())
def test_every_code_in_every_phase_keeps_the_rules(code, status_class, phase, data):
    detail = data.draw(st.tuples(st.integers(0, 9), st.integers(0, 30)))
    status = f"{status_class}.{detail[0]}.{detail[1]}" if status_class else ""
    outcome = judge(Reply(code, f"{status} said".strip()), phase)
    is_accepted = phase is CONTENT and 200 <= code < 300
    assert isinstance(outcome, Accepted) == is_accepted
    if outcome is None:
        assert code in phase.wants
    if isinstance(outcome, Refused):
        assert 500 <= code < 600  # temporary unless proven permanent
    if isinstance(outcome, Deferred) and not 400 <= code < 600:
        assert outcome.fault is Fault.RELAY
    if phase is MAIL and outcome:
        assert outcome.fault is not Fault.POLICY  # nobody was named yet
