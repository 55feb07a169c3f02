"""How long to wait: what upstreams ask for, in every form they use, and the back-off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.retry import asked_wait, backoff

NOW = datetime(2026, 3, 12, 6, 0, tzinfo=UTC)


def seconds_asked(**headers: str) -> float | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    at = asked_wait(named, now=NOW)
    return None if at is None else (at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 2 ", 2),
        ("0", 0),
        ("1.5", 1.5),
        ("Thu, 12 Mar 2026 06:01:30 GMT", 90),
        ("Thursday, 12-Mar-26 06:01:30 GMT", 90),
        ("Thu, 12 Mar 2026 07:01:30 +0100", 90),
        ("Thu, 12 Mar 2026 06:01:30", 90),
        ("Wed, 11 Mar 2026 06:00:00 GMT", 0),
        ("99999999999999999999", 7 * 86400),
        ("Thu, 12 Mar 2099 06:00:00 GMT", 7 * 86400),
    ],
)
def test_retry_after_is_read_in_both_forms(value, seconds):
    assert seconds_asked(retry_after=value) == seconds


@pytest.mark.parametrize("value", ["", "soon", "-5", "12 Mar", "1e3", "nan"])
def test_unreadable_retry_after_asks_for_nothing(value):
    assert seconds_asked(retry_after=value) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ('"api";r=0;t=55', 55),
        ('"api"; r=0; t=55', 55),
        ('"pages";r=7;t=99, "api";t=55;r=0', 55),
        ('"a";r=0;t=5, "b";r=0;t=9', 9),
        ('"api";r=0;t=55;pk=:YWJj:', 55),
        ('"api";r=3;t=55', None),
        ('"api";t=55', None),
        ('"api";r=0', None),
        ("55", None),
    ],
)
def test_rate_limit_asks_when_nothing_remains(value, seconds):
    assert seconds_asked(ratelimit=value) == seconds


def test_longer_of_two_wishes_counts():
    assert seconds_asked(retry_after="10", ratelimit='"api";r=0;t=55') == 55
    assert seconds_asked(retry_after="90", ratelimit='"api";r=0;t=55') == 90


@given(value=st.text(), limit=st.text())
def test_no_header_breaks_the_reading(value, limit):
    at = asked_wait({"retry-after": value, "ratelimit": limit}, now=NOW)
    assert at is None or NOW <= at <= NOW + timedelta(days=7)


def test_backoff_doubles_up_to_the_cap():
    waits = [backoff(n, first=2.0, cap=60.0, jitter=0.5) for n in range(1, 8)]
    assert waits == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


@given(attempt=st.integers(1, 10_000), jitter=st.floats(0, 1, exclude_max=True))
def test_backoff_stays_between_its_bounds(attempt, jitter):
    wait = backoff(attempt, first=2.0, cap=60.0, jitter=jitter)
    assert 1.6 <= wait <= 60.0
