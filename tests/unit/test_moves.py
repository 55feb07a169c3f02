"""What a change of address asks of whom, and for how long."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.bounces import SuppressedBy
from digest.core.links import LinkMaker
from digest.core.moves import LIFETIME, Move, notice_at_new_end
from digest.core.sign_up import Notice, SignUp, SignUpKind
from digest.core.subscriber import Origin, Status
from digest.core.tokens import LIFETIMES, KeyRing, Purpose
from tests.builders import NOW, a_subscriber

OLD = SignUp(
    id=1, kind=SignUpKind.OLD_END, subscriber_id=7, email="a@old.example", client="", asked_at=NOW
)
MOVE = Move(old=OLD, new=replace(OLD, id=2, kind=SignUpKind.NEW_END, email="a@new.example"))
STRANGER = a_subscriber(status=Status.PENDING, origin=Origin.WEB)


@pytest.mark.parametrize(
    ("holder", "suppressed", "notice"),
    [
        (None, None, Notice.NEW_END),
        (STRANGER, None, Notice.NEW_END),
        (a_subscriber(), None, Notice.TAKEN),
        (a_subscriber(status=Status.UNSUBSCRIBED, origin=Origin.WEB), None, Notice.TAKEN),
        (a_subscriber(status=Status.PENDING, origin=Origin.COMMAND), None, Notice.TAKEN),
        (None, SuppressedBy.BOUNCES, Notice.NEW_END),
        (None, SuppressedBy.ERASED, Notice.NEW_END),
        (None, SuppressedBy.COMPLAINT, None),
        (a_subscriber(), SuppressedBy.OPERATOR, None),
    ],
)
def test_the_mail_to_a_new_address_goes_by_whose_it_is(holder, suppressed, notice):
    assert notice_at_new_end(holder, suppressed) is notice


def test_both_ends_have_as_long_as_the_links_in_their_mails():
    assert LIFETIMES[Purpose.CONFIRM] == LIFETIME
    assert MOVE.is_open(NOW + LIFETIME - timedelta(seconds=1))
    assert not MOVE.is_open(NOW + LIFETIME)


def test_it_is_agreed_when_both_ends_are():
    half = replace(MOVE, old=replace(MOVE.old, confirmed_at=NOW))
    assert [MOVE.is_agreed, half.is_agreed] == [False, False]
    assert replace(half, new=replace(half.new, confirmed_at=NOW)).is_agreed
    assert [MOVE.has_end(number) for number in (1, 2, 3)] == [True, True, False]


def test_a_stranger_at_the_new_end_gets_no_link_but_the_one_to_agree_or_refuse():
    maker = LinkMaker(
        base_url="https://digest.example.org",
        sender_address="digest@example.org",
        keys=KeyRing((b"k" * 32,)),
    )
    links = maker.of_new_end(7, 2, NOW)
    assert links.confirm.startswith("https://digest.example.org/confirm/")
    assert links.unsubscribe_url == links.confirm
    assert (links.preferences, links.unsubscribe_mailto) == ("", "")
