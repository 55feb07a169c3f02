from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.schedule import Schedule
from digest.core.subscriber import Interests, Keyword, Origin, Status
from digest.errors import InvalidTransitionError
from tests.builders import NOW, a_subscriber, interests


@pytest.mark.parametrize(
    "wanted",
    [
        interests("retrieval"),
        Interests(categories=("cs.IR",)),
        Interests(authors=("Ada Lovelace",)),
        Interests(text="I care about maps"),
        Interests(liked=("arxiv:2005.11401",)),
    ],
)
def test_anything_that_draws_papers_is_an_interest(wanted):
    assert not wanted.is_empty


def test_only_pushing_down_and_excluding_draws_nothing():
    assert Interests(keywords=(Keyword(term="x", weight=-1),), exclude=("survey",)).is_empty


@pytest.mark.parametrize("status", list(Status))
def test_only_active_readers_get_mail(status):
    assert a_subscriber(status=status).wants_mail(NOW) == (status is Status.ACTIVE)


def test_a_pause_with_an_end_ends_by_itself():
    paused = a_subscriber().pause(NOW + timedelta(days=1))
    assert not paused.wants_mail(NOW)
    assert paused.wants_mail(NOW + timedelta(days=1))


def test_confirming_makes_active_and_ends_a_pause():
    assert a_subscriber(status=Status.PENDING).confirm().status is Status.ACTIVE
    assert a_subscriber().pause(NOW).confirm().paused_until is None


def test_nobody_but_the_reader_undoes_an_unsubscribe():
    gone = a_subscriber().unsubscribe()
    assert gone.unsubscribe() == gone
    with pytest.raises(InvalidTransitionError, match="has unsubscribed"):
        gone.confirm()


def test_what_a_command_ended_a_command_undoes_and_what_the_reader_ended_stays_theirs():
    removed = a_subscriber().remove()
    assert (removed.status, removed.ended_by) == (Status.UNSUBSCRIBED, Origin.COMMAND)
    assert removed.confirm() == removed.come_back() == a_subscriber()
    gone = a_subscriber().unsubscribe()
    assert removed.unsubscribe() == gone == gone.remove()


def test_only_active_readers_can_be_paused():
    with pytest.raises(InvalidTransitionError, match="only active readers can"):
        a_subscriber(status=Status.PENDING).pause(None)


def test_a_reader_comes_back_at_their_own_wish_unless_never_confirmed():
    gone = a_subscriber(status=Status.UNSUBSCRIBED)
    held = a_subscriber(status=Status.PAUSED, paused_until=NOW)
    assert gone.come_back() == held.come_back() == a_subscriber()
    with pytest.raises(InvalidTransitionError, match="not been confirmed"):
        a_subscriber(status=Status.PENDING).come_back()


def test_what_a_reader_changes_no_longer_follows_the_list():
    before = a_subscriber(follows=frozenset({"timezone", "max_papers", "theme"}))
    changed = replace(before, max_papers=3, schedule=Schedule(timezone="Asia/Tokyo"))
    assert changed.has_decided(before).follows == {"theme"}
