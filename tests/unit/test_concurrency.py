import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.concurrency import Concurrency


def after(most, *events):
    """Return the state after accepted mails (True) and connections that failed (False)."""
    concurrency = Concurrency(most)
    for worked in events:
        if worked:
            concurrency.succeeded()
        else:
            concurrency.failed()
    return concurrency


def test_it_begins_with_one_line_the_probe():
    assert (Concurrency(50).lines, Concurrency(50).is_dead) == (1, False)


@pytest.mark.parametrize(("most", "lines"), [(50, 5), (5, 5), (3, 3), (1, 1)])
def test_the_first_accepted_mail_opens_the_rest(most, lines):
    assert after(most, True).lines == lines


def test_each_line_that_works_brings_one_more_until_the_most():
    assert after(50, *[True] * 6).lines == 6  # five mails over five lines after the first
    assert after(50, *[True] * 12).lines == 7
    assert after(50, *[True] * 5_000).limit == 50.0


def test_trouble_on_every_line_takes_one_away():
    assert after(50, True, *[False] * 5).lines == 3
    assert after(50, True, False).lines == 4


def test_success_makes_up_for_trouble():
    mixed = after(50, True, *[True, False] * 500)
    assert mixed.lines >= 4
    assert not mixed.is_dead


def test_a_relay_is_dead_after_three_troubles_in_a_row():
    assert not after(50, False, False).is_dead
    assert after(50, False, False, False).is_dead


def test_a_relay_that_bore_many_lines_needs_as_many_troubles():
    working = [True] * 300
    lines = after(100, *working).lines
    assert lines > 20
    troubles = next(n for n in range(1, 200) if after(100, *working, *[False] * n).is_dead)
    assert lines / 2 < troubles <= lines


def test_success_revives():
    revived = after(50, True, *[False] * 5, True)
    assert not revived.is_dead
    assert not after(50, True, *[False] * 5, True, False, False).is_dead


@given(st.integers(1, 100), st.lists(st.booleans(), max_size=300))
def test_the_limit_stays_between_one_and_the_most(most, events):
    concurrency = Concurrency(most)
    in_a_row = 0
    for worked in events:
        before = concurrency.limit
        if worked:
            in_a_row = 0
            concurrency.succeeded()
            assert concurrency.limit >= before
        else:
            in_a_row += 1
            lines = concurrency.lines
            concurrency.failed()
            assert concurrency.limit <= before
            assert concurrency.is_dead == (in_a_row >= max(3, lines))
        assert 1.0 <= concurrency.limit <= most
        assert 1 <= concurrency.lines <= most
        if in_a_row < 3:
            assert not concurrency.is_dead
