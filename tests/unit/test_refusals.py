"""Which SMTP refusals say something of the recipient, and what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.blame import blames_recipient, is_no_mailbox, is_our_fault, status_in
from digest.core.bounces import BounceKind
from digest.pipeline.bounces import refusal_event
from tests.builders import NOW, a_delivery, a_subscriber

DELIVERY = a_delivery(a_subscriber(id=7))


@pytest.mark.parametrize(
    ("code", "status", "reply"),
    [
        (550, "5.1.1", "User unknown"),
        (550, "5.1.10", "Null MX"),
        (550, "5.2.1", "mailbox disabled"),
        (552, "5.2.2", "over quota"),
        (550, "5.4.1", "Recipient address rejected: Access denied"),
        (550, "", "550 5.1.1 no such user"),
        (550, "", "No such user here"),
        (550, "", "Requested action not taken: mailbox unavailable"),
        (553, "", "sorry, unknown recipient"),
        (550, "", "Address rejected: user unknown in virtual mailbox table"),
    ],
)
def test_a_refusal_that_blames_the_recipient_is_a_bounce(code, status, reply):
    event = refusal_event(DELIVERY, code, status, reply, now=NOW)
    assert (event.kind, event.address, event.subscriber_id) == (
        BounceKind.REFUSED,
        DELIVERY.recipient,
        7,
    )
    assert event.key == f"bounce:{DELIVERY.message_id}"


@pytest.mark.parametrize(
    ("code", "status", "reply"),
    [
        (None, "", "the message could not be made"),
        (450, "4.1.1", "User unknown for now"),
        (550, "5.7.1", "Blocked: your address is on a list"),
        (550, "5.7.26", "unauthenticated; user unknown"),
        (550, "5.1.8", "bad sender"),
        (552, "5.3.4", "too big"),
        (554, "5.6.0", "we do not like the content"),
        (503, "5.5.1", "bad sequence"),
        (554, "", "spam"),
        (550, "", "refused"),
    ],
)
def test_a_refusal_for_another_reason_is_none(code, status, reply):
    assert refusal_event(DELIVERY, code, status, reply, now=NOW) is None


def test_the_code_is_taken_from_the_reply_when_it_is_only_there():
    event = refusal_event(DELIVERY, 550, "", "550 5.1.1 no such\r\nuser", now=NOW)
    assert (event.status, event.diagnostic) == ("5.1.1", "550 5.1.1 no such user")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("550 5.1.1 <x>: unknown", "5.1.1"),
        ("550-5.7.26 This", "5.7.26"),
        ("450 4.2.0 then 550 5.1.1", "5.1.1"),
        ("(#5.1.1)", "5.1.1"),
        ("4.4.1", "4.4.1"),
        ("from 192.5.1.1 port 25", ""),
        ("from 5.1.1.20", ""),
        ("version 15.1.1", ""),
        ("", ""),
    ],
)
def test_an_enhanced_status_code_is_told_from_other_numbers(text, status):
    assert status_in(text) == status


@given(st.integers(), st.text(max_size=20), st.text(max_size=300))
def test_no_reply_is_too_odd(code, status, reply):
    blames_recipient(code, status, reply)
    assert not (is_no_mailbox(status) and is_our_fault(status))
