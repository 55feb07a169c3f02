import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.pace import Places, block_of, interval_of, take

START = 1_800_000_000.0
LATE = 0.01


def times(places):
    """Return the time of each place."""
    found = []
    while places.count:
        found.append(places.first)
        places = places.after_first()
    return found


def most_within(moments, seconds):
    """Return how many moments the fullest window of so many seconds holds."""
    ordered = sorted(moments)
    return max(sum(start <= at < start + seconds for at in ordered) for start in ordered)


@pytest.mark.parametrize(
    ("per_minute", "interval", "block"),
    [(1, 60.0, 1), (60, 1.0, 1), (600, 0.1, 1), (1_200, 0.05, 1), (6_000, 0.01, 5)],
)
def test_a_rate_is_a_wait_and_slow_rates_take_one_place_at_a_time(per_minute, interval, block):
    assert interval_of(per_minute) == pytest.approx(interval)
    assert block_of(interval) == block


def test_a_block_is_short_however_fast_the_rate():
    for per_minute in (1_300, 60_000, 10**6):
        interval = interval_of(per_minute)
        assert block_of(interval) * interval <= 0.05 + 1e-9


def test_places_begin_now_and_follow_one_another():
    assert times(take(0.0, now=START, interval=0.5, count=3)) == [START, START + 0.5, START + 1.0]


def test_no_place_is_given_twice():
    first = take(0.0, now=START, interval=0.5, count=2)
    second = take(first.end, now=START, interval=0.5, count=1)
    assert times(second) == [START + 1.0]


def test_after_a_pause_nothing_is_made_up_for():
    before = take(0.0, now=START, interval=1.0, count=1)
    after = take(before.end, now=START + 3_600, interval=1.0, count=3)
    assert times(after) == [START + 3_600, START + 3_601, START + 3_602]


def test_places_gone_by_are_dropped():
    places = Places(START, 1.0, 5)
    assert places.fresh(START - 100) == places
    assert places.fresh(START + LATE / 2) == places  # a timer is never quite on time
    assert times(places.fresh(START + 1.5)) == [START + 2, START + 3, START + 4]
    assert times(places.fresh(START + 3.005)) == [START + 3, START + 4]
    assert places.fresh(START + 100).count == 0
    assert places.fresh(START + 100).fresh(START + 200).count == 0


@given(st.integers(1, 100_000), st.floats(-5, 60), st.integers(0, 50))
def test_what_is_fresh_is_not_late_and_nothing_in_time_is_dropped(per_minute, later, count):
    places = Places(START, interval_of(per_minute), count)
    now = START + later
    fresh = times(places.fresh(now))
    tiny = 1e-6
    assert all(at >= now - LATE - tiny for at in fresh)
    in_time = [at for at in times(places) if at >= now - LATE + tiny]
    assert len(fresh) >= len(in_time)


@given(
    st.integers(60, 3_000),
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.001, 0.02, 0.3, 2.0]), st.integers(1, 8)), max_size=30
    ),
)
def test_no_second_holds_more_than_the_rate(per_minute, wishes):
    interval, now, next_free, given_out = interval_of(per_minute), START, 0.0, []
    for pause, count in wishes:
        now += pause
        places = take(next_free, now=now, interval=interval, count=count)
        assert places.first >= now
        next_free = places.end
        given_out += times(places)
    assert given_out == sorted(given_out)
    if given_out:
        assert most_within(given_out, 1.0) <= per_minute / 60 + 1
