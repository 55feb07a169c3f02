"""What bounces count, and when an address is given up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.bounces import (
    STALE_AFTER,
    THRESHOLD,
    BounceEvent,
    BounceKind,
    SuppressedBy,
    judge,
    score,
    weight,
)
from digest.core.schedule import Frequency
from tests.builders import NOW

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def an_event(days=0.0, kind=BounceKind.HARD, status="5.2.2", **fields):
    defaults = {
        "key": f"{days} {kind}",
        "address": "ada@example.com",
        "subscriber_id": 1,
        "source": "mailbox",
        "diagnostic": "no room",
    }
    return BounceEvent(kind=kind, status=status, seen_at=NOW + days * DAY, **defaults | fields)


def after(events, *, stale_after=WEEK):
    """Return the events as they are stored, and the judgement on the last one."""
    past, judgement = [], None
    for event in events:
        judgement = judge(event, past, stale_after=stale_after)
        past.append(replace(event, points=judgement.points))
    return past, judgement


@pytest.mark.parametrize(
    ("kind", "status", "points"),
    [
        (BounceKind.HARD, "5.1.1", 2),
        (BounceKind.REFUSED, "5.1.10", 2),
        (BounceKind.SOFT, "4.4.1", 1),
        (BounceKind.HARD, "5.2.2", 1),
        (BounceKind.HARD, "5.4.1", 1),
        (BounceKind.HARD, "", 1),
        (BounceKind.HARD, "5.1.8", 0),
        (BounceKind.HARD, "5.3.4", 0),
        (BounceKind.HARD, "5.6.0", 0),
        (BounceKind.HARD, "5.7.26", 0),
        (BounceKind.COMPLAINT, "", 0),
        (BounceKind.UNSUBSCRIBE, "", 0),
        (BounceKind.LIFTED, "", 0),
    ],
)
def test_no_such_mailbox_counts_two_other_bounces_one_and_our_own_faults_nothing(
    kind, status, points
):
    assert weight(kind, status) == points


def test_two_days_without_a_mailbox_or_four_days_of_other_trouble_suppress():
    _, judgement = after(an_event(day, status="5.1.1") for day in range(2))
    assert judgement.suppression.kind is SuppressedBy.BOUNCES
    assert judgement.suppression.reason == "mails bounced (4 points): 5.1.1 no room"
    _, third = after(an_event(day) for day in range(3))
    assert (third.total, third.suppression) == (3, None)
    _, fourth = after(an_event(day) for day in range(4))
    assert fourth.suppression.since == NOW + 3 * DAY


def test_a_storm_in_one_day_counts_once():
    past, judgement = after(an_event(n / 100, status="5.1.1") for n in range(60))
    assert (judgement.total, judgement.suppression) == (2, None)
    assert sum(event.points for event in past) == 2


def test_a_score_starts_anew_when_the_last_bounce_is_older_than_a_week():
    past, _ = after([an_event(0), an_event(1), an_event(2)])
    assert score(past, now=NOW + 9 * DAY, stale_after=WEEK) == 3
    assert score(past, now=NOW + 9.1 * DAY, stale_after=WEEK) == 0
    assert judge(an_event(9.1), past, stale_after=WEEK).total == 1


def test_only_bounces_that_counted_keep_a_score_alive():
    past, _ = after([an_event(0), an_event(0.6), an_event(7.1)])
    assert [event.points for event in past] == [1, 0, 1]
    assert score(past, now=NOW + 7.1 * DAY, stale_after=WEEK) == 1


def test_a_refusal_for_our_own_fault_neither_counts_nor_keeps_a_score_alive():
    past, judgement = after([an_event(0), an_event(5, status="5.7.1"), an_event(8)])
    assert [event.points for event in past] == [1, 0, 1]
    assert judgement.total == 1


def test_a_weekly_or_monthly_reader_s_bounces_add_up_too():
    weeks = [an_event(7.001 * week, status="5.1.1") for week in range(2)]
    assert after(weeks)[1].suppression is None
    assert after(weeks, stale_after=STALE_AFTER[Frequency.WEEKLY])[1].suppression
    months = [an_event(31 * month, status="5.1.1") for month in range(2)]
    assert after(months, stale_after=STALE_AFTER[Frequency.MONTHLY])[1].suppression


def test_a_complaint_suppresses_at_once():
    _, judgement = after([an_event(kind=BounceKind.COMPLAINT, status="", diagnostic="abuse")])
    assert judgement.suppression.kind is SuppressedBy.COMPLAINT
    assert judgement.suppression.reason == "the reader complained: abuse"


@pytest.mark.parametrize("kind", [BounceKind.HARD, BounceKind.COMPLAINT])
def test_what_is_nobody_s_suppresses_nobody(kind):
    events = [an_event(day, kind=kind, status="5.1.1", subscriber_id=None) for day in range(9)]
    past, judgement = after(events)
    assert (judgement.points, judgement.suppression) == (0, None)
    assert not any(event.points for event in past)


def test_a_score_starts_anew_when_the_suppression_was_lifted():
    bounces = [an_event(day, status="5.1.1") for day in range(2)]
    lifted = an_event(1.1, kind=BounceKind.LIFTED, status="")
    _, judgement = after([*bounces, lifted, an_event(1.2, status="5.1.1")])
    assert (judgement.points, judgement.total, judgement.suppression) == (2, 2, None)


events_of_a_year = st.lists(
    st.tuples(
        st.floats(0, 365, allow_nan=False),
        st.sampled_from([BounceKind.HARD, BounceKind.SOFT, BounceKind.REFUSED]),
        st.sampled_from(["5.1.1", "5.2.2", "4.4.1", "5.7.1", ""]),
    ),
    max_size=60,
).map(sorted)


@given(events_of_a_year)
def test_no_day_counts_more_than_the_worst_bounce(events):
    past, _ = after(an_event(days, kind, status) for days, kind, status in events)
    by_day = {}
    for event in past:
        by_day[event.seen_at.date()] = by_day.get(event.seen_at.date(), 0) + event.points
    assert all(points <= 2 for points in by_day.values())


@given(events_of_a_year)
def test_an_address_is_suppressed_exactly_when_its_score_reaches_the_threshold(events):
    past = []
    for days, kind, status in events:
        event = an_event(days, kind, status)
        judgement = judge(event, past, stale_after=WEEK)
        past.append(replace(event, points=judgement.points))
        assert judgement.total == score(past, now=event.seen_at, stale_after=WEEK)
        reached = judgement.points > 0 and judgement.total >= THRESHOLD
        assert (judgement.suppression is not None) == reached


@given(events_of_a_year, st.integers(1, 5))
def test_hearing_of_each_bounce_again_the_same_day_changes_no_score(events, times):
    once = [an_event(int(days) + 0.1, kind, "5.1.1") for days, kind, _ in events]
    again = [event for event in once for _ in range(times)]
    now = NOW + 400 * DAY
    forever = timedelta(days=500)
    assert score(after(once)[0], now=now, stale_after=forever) == score(
        after(again)[0], now=now, stale_after=forever
    )
