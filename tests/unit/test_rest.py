from datetime import timedelta

import pytest

from digest.core.rest import rest_after, rest_for_us


def test_a_rest_doubles_from_ten_seconds_up_to_five_minutes():
    rests = [rest_after(failures) // timedelta(seconds=1) for failures in range(1, 9)]
    assert rests == [10, 20, 40, 80, 160, 300, 300, 300]


@pytest.mark.parametrize("failures", [100, 10**9])
def test_a_rest_ends_however_long_the_trouble_lasts(failures):
    assert rest_after(failures) == timedelta(minutes=5)


def test_no_failure_counts_as_the_first():
    assert rest_after(0) == timedelta(seconds=10)


def test_trouble_that_only_the_operator_can_end_rests_longest():
    assert rest_for_us() == timedelta(minutes=15)
    assert rest_for_us() > rest_after(10**9)
