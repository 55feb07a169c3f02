"""How many sign-ups are taken, which mails they cause, and to whom."""

from datetime import timedelta

import pytest

from digest.core.bounces import SuppressedBy
from digest.core.sign_up import (
    Answer,
    Asked,
    Limits,
    Notice,
    answer,
    mailbox_key,
    may_be_mailed,
    notice_for,
    retry_at,
)
from digest.core.subscriber import Status
from tests.builders import NOW, a_subscriber

LIMITS = Limits(per_client=5, per_hour=60)


def asked(**fields):
    return Asked(**({"by_client": 0, "by_all": 0, "last_mail": None, "mails": 0} | fields))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (asked(), Answer.TAKEN),
        (asked(by_client=4, by_all=59), Answer.TAKEN),
        (asked(by_client=5), Answer.CLIENT_LIMIT),
        (asked(by_all=60), Answer.HOUR_LIMIT),
        (asked(last_mail=NOW, mails=3), Answer.TAKEN),
    ],
)
def test_limits_count_clients_and_never_the_address(before, expected):
    assert answer(before, LIMITS) is expected


@pytest.mark.parametrize(
    ("before", "may"),
    [
        (asked(), True),
        (asked(last_mail=NOW - timedelta(hours=23, minutes=59), mails=1), False),
        (asked(last_mail=NOW - timedelta(hours=24), mails=1), True),
        (asked(last_mail=NOW - timedelta(days=9), mails=3), False),
    ],
)
def test_an_address_rests_after_a_mail(before, may):
    assert may_be_mailed(before, now=NOW) is may


@pytest.mark.parametrize(
    ("status", "suppressed", "notice"),
    [
        (None, None, Notice.CONFIRM),
        (Status.PENDING, None, Notice.CONFIRM),
        (Status.UNSUBSCRIBED, None, Notice.CONFIRM),
        (Status.ACTIVE, None, Notice.ALREADY),
        (Status.PAUSED, None, Notice.ALREADY),
        (Status.ACTIVE, SuppressedBy.BOUNCES, Notice.CONFIRM),
        (Status.PENDING, SuppressedBy.ERASED, Notice.CONFIRM),
        (Status.ACTIVE, SuppressedBy.COMPLAINT, None),
        (Status.PENDING, SuppressedBy.OPERATOR, None),
    ],
)
def test_what_is_known_of_an_address_chooses_the_mail(status, suppressed, notice):
    reader = status and a_subscriber(status=status)
    assert notice_for(reader, suppressed) is notice


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("Ada@Example.org", "ada@example.org"),
        ("ada+papers@example.org", "ada@example.org"),
        ("a.d.a+x+y@googlemail.com", "ada@gmail.com"),
        ("a.d.a@example.org", "a.d.a@example.org"),
        ("+x@example.org", "+x@example.org"),
    ],
)
def test_addresses_of_one_mailbox_share_a_limit(address, key):
    assert mailbox_key(address) == key


def test_a_mail_is_tried_again_later_each_time_and_at_least_hourly():
    pauses = [(retry_at(attempts, now=NOW) - NOW) / timedelta(minutes=1) for attempts in range(9)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == (retry_at(10_000, now=NOW) - NOW) / timedelta(minutes=1) == 60
