"""Reports from a mailbox to the store: what counts, what is kept, and what nobody can forge."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.bounces.maildir import MaildirBounces
from digest.bounces.reading import understand
from digest.core.bounces import SuppressedBy
from digest.core.subscriber import Status
from digest.core.tokens import KeyRing
from digest.errors import MailboxError
from digest.pipeline.bounces import Result, handle, read_mailbox
from tests.bounce_lab import (
    ADA,
    MESSAGE_ID,
    RETURN_PATH,
    Clock,
    a_desk,
    a_mail_sent,
    anonymous,
    report,
    unsubscribe_token,
)

DAY = timedelta(days=1)


@pytest.fixture
def ada(store):
    return a_mail_sent(store)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(store, ada, clock):  # noqa: ARG001 - the mail must have been sent
    return a_desk(store, clock)


@pytest.fixture
def box(tmp_path):
    """A Maildir that mails can be put into."""

    class Box:
        path = tmp_path / "box"

        def put(self, content, name="1"):
            (self.path / "new").mkdir(parents=True, exist_ok=True)
            (self.path / "new" / name).write_bytes(content)

        def files(self):
            return sorted(
                str(file.relative_to(self.path)) for file in self.path.rglob("*") if file.is_file()
            )

        def read(self, desk, **fields):
            return read_mailbox(MaildirBounces(self.path), understand, desk, **fields)

    return Box()


def take_in(content, desk, **fields):
    (handled,) = handle(understand(content), desk, source="mailbox", **fields).handled
    return handled


def points(store):
    return sum(event.points for event in store.bounces.history(ADA))


# Tracing


@pytest.mark.parametrize("name", ["postfix", "exim", "exchange", "qmail", "international"])
def test_a_bounce_is_traced_by_the_message_id_of_the_mail_it_gives_back(store, desk, name):
    handled = take_in(report(name), desk)
    assert (handled.result, handled.address, points(store)) == (Result.RECORDED, ADA, 2)


def test_a_bounce_that_gives_back_nothing_is_traced_by_its_signed_return_path(store, desk):
    handled = take_in(anonymous("postfix", to=RETURN_PATH(MESSAGE_ID).upper()), desk)
    assert (handled.result, points(store)) == (Result.RECORDED, 2)


def test_a_forged_return_path_suppresses_nobody(store, desk, clock):
    stranger = a_desk(store, clock, return_path=None)
    forger = replace(RETURN_PATH, keys=KeyRing((b"z" * 32,)))
    for day in range(9):
        clock.now += day * DAY
        for to in (forger(MESSAGE_ID), "bounces+ada=example.com@example.org"):
            handled = take_in(anonymous("postfix", to=to), desk)
            assert (handled.result, handled.recorded) == (Result.UNTRACED, None)
        assert take_in(anonymous("postfix", to=forger(MESSAGE_ID)), stranger)
    assert points(store) == 0
    assert store.suppressions.find(ADA) is None


def test_a_complaint_with_nothing_but_an_address_is_not_believed(store, desk):
    assert take_in(anonymous("arf_yahoo"), desk).result is Result.UNTRACED
    assert store.suppressions.find(ADA) is None


def test_a_complaint_suppresses_at_once(store, desk):
    assert take_in(report("arf_yahoo"), desk).recorded.suppression
    assert store.suppressions.find(ADA).kind is SuppressedBy.COMPLAINT


def test_a_complaint_is_traced_by_the_unsubscribe_token_in_the_mail(store, ada, desk):
    token = unsubscribe_token(ada)
    content = anonymous("arf_yahoo").replace(b"A" * 40, token.encode())
    assert take_in(content, desk).recorded.suppression
    assert store.suppressions.find(ADA).kind is SuppressedBy.COMPLAINT


def test_a_bounce_counts_for_the_address_that_the_mail_went_to(store, ada, desk):
    store.subscribers.update(replace(ada, email="ada@new.example.com"))
    take_in(report("arf_yahoo"), desk)
    assert store.suppressions.find(ADA)
    assert store.suppressions.find("ada@new.example.com") is None


# Requests and replies


def test_a_request_with_our_token_unsubscribes(store, ada, desk):
    subject = f"Subject: unsubscribe {unsubscribe_token(ada)}\r\n\r\n".encode()
    assert take_in(subject, desk).result is Result.RECORDED
    assert store.subscribers.find(ADA).status is Status.UNSUBSCRIBED


def test_a_request_with_a_token_that_is_not_ours_does_nothing(store, ada, desk):
    for token in (unsubscribe_token(ada, KeyRing((b"z" * 32,))), "A" * 54):
        subject = f"Subject: unsubscribe {token}\r\n\r\n".encode()
        assert take_in(subject, desk).result is Result.UNTRACED
    assert store.subscribers.find(ADA).status is Status.ACTIVE


@pytest.mark.parametrize(
    "name",
    ["delayed", "delivered", "not_spam", "vacation", "vacation_unmarked", "challenge", "person"],
)
def test_what_is_no_bounce_counts_nothing_and_is_not_stored(store, desk, name):
    handled = take_in(report(name), desk)
    assert handled.result is (Result.KEPT if name == "person" else Result.IGNORED)
    assert store.bounces.history(ADA) == []


# Storms and replays


def test_the_same_report_a_hundred_times_counts_once(store, desk):
    for _ in range(100):
        take_in(report("exim_plain"), desk)
    assert points(store) == 1


def test_reports_of_the_same_mail_by_different_ways_count_once(store, desk, clock):
    for name in ("postfix", "exim", "exchange", "qmail"):
        take_in(report(name), desk)
        clock.now += DAY
    assert points(store) == 2
    assert store.suppressions.find(ADA) is None


def test_readers_of_one_domain_do_not_pay_for_each_other(store, desk, clock):
    a_mail_sent(store, address="bob@example.com", message_id=MESSAGE_ID.replace("0123", "4567"))
    for day in range(4):
        clock.now += DAY
        take_in(report("arf_yahoo"), desk)
        assert store.suppressions.find("bob@example.com") is None, day


def test_a_listing_of_our_relay_suppresses_nobody(store, desk, clock):
    for number in range(9):
        own = MESSAGE_ID.replace("0123", f"{number:04}")
        a_mail_sent(store, address=f"r{number}@example.com", message_id=own)
        assert take_in(report("gmail", (MESSAGE_ID, own)), desk).recorded.points == 0
        clock.now += DAY
    assert store.suppressions.counts() == {}


# The Maildir


def test_a_maildir_is_emptied_into_cur_and_what_is_not_understood_is_laid_aside(store, desk, box):
    box.put(report("postfix"), "1700000001.M1.host")
    box.put(report("vacation"), "1700000002.M2.host:2,")
    box.put(report("person"), "1700000003.M3.host")
    told = []
    result = box.read(desk, told=lambda name, one: told.append((name, *one.results)))
    assert box.files() == [
        ".not-understood/new/1700000003.M3.host",
        "cur/1700000001.M1.host:2,S",
        "cur/1700000002.M2.host:2,S",
    ]
    assert [name for name, *_ in told] == [
        "1700000001.M1.host",
        "1700000002.M2.host:2,",
        "1700000003.M3.host",
    ]
    assert result.results == {Result.RECORDED: 1, Result.IGNORED: 1, Result.KEPT: 1}
    assert points(store) == 2
    assert box.read(desk).handled == []


def test_a_crash_between_storing_and_putting_away_loses_nothing(store, desk, box):
    class Killed(MaildirBounces):
        def settle(self, *_mail, **_how):
            raise KeyboardInterrupt

    box.put(report("postfix"))
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            read_mailbox(Killed(box.path), understand, desk)
        assert box.files() == ["new/1"]
    box.read(desk)
    assert box.files() == ["cur/1:2,S"]
    assert points(store) == 2


def test_a_report_whose_events_cannot_be_stored_stays(store, desk, box, monkeypatch):
    def broken(_event):
        raise OSError("disk")

    box.put(report("postfix"))
    monkeypatch.setattr(store.bounces.__class__, "record", lambda _self, event: broken(event))
    with pytest.raises(OSError, match="disk"):
        box.read(desk)
    assert box.files() == ["new/1"]


def test_two_readers_of_one_maildir_do_not_get_into_each_others_way(desk, box):
    mailbox = MaildirBounces(box.path)
    for name in "abc":
        box.put(report("postfix"), name)
    reading = mailbox.mails()
    first = next(reading)
    box.read(desk)
    assert [*reading] == []
    mailbox.settle(first, understood=True)
    assert box.files() == ["cur/a:2,S", "cur/b:2,S", "cur/c:2,S"]


def test_a_maildir_that_is_not_there_is_temporary_trouble(desk, box):
    with pytest.raises(MailboxError, match="No such file") as caught:
        box.read(desk)
    assert caught.value.exit_code == 75


def test_a_mail_that_cannot_be_read_is_named(desk, box):
    (box.path / "new" / "mine").mkdir(parents=True)
    with pytest.raises(MailboxError, match="mine: Is a directory"):
        box.read(desk)
