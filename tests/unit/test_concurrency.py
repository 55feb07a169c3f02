from hypothesis import given
from hypothesis import strategies as st

from digest.core.concurrency import Concurrency


def test_the_first_connection_is_a_probe_and_each_mail_brings_three_more_up_to_the_most():
    lines = Concurrency(9)
    seen = [lines.lines]
    for _ in range(4):
        lines.succeeded()
        seen.append(lines.lines)
    assert seen == [1, 4, 7, 9, 9]


def test_after_a_trouble_all_lines_have_to_work_for_one_more():
    lines = Concurrency(5)
    for _ in range(4):
        lines.succeeded()
    lines.failed()
    lines.most = 10
    seen = [lines.lines]
    for _ in range(6):
        lines.succeeded()
        seen.append(lines.lines)
    assert seen == [4, 5, 5, 5, 5, 5, 6]


def test_a_probe_that_fails_three_times_is_dead():
    lines = Concurrency(10)
    deaths = []
    for _ in range(3):
        lines.failed()
        deaths.append(lines.is_dead)
    assert deaths == [False, False, True]
    assert lines.lines == 1


def test_many_lines_are_dead_when_as_many_in_a_row_failed():
    lines = Concurrency(10)
    for _ in range(9):
        lines.succeeded()
    for _ in range(7):
        lines.failed()
    assert not lines.is_dead
    for _ in range(3):
        lines.failed()
    assert lines.is_dead


def test_a_relay_that_carries_mails_is_not_dead_because_it_takes_no_more_connections():
    lines = Concurrency(4)
    lines.succeeded()
    for _ in range(20):
        lines.was_one_too_many()
    assert not lines.is_dead
    assert lines.lines == 1


def test_success_revives():
    lines = Concurrency(10)
    for _ in range(3):
        lines.failed()
    lines.succeeded()
    assert not lines.is_dead
    lines.failed()
    assert not lines.is_dead


@given(st.integers(1, 100), st.lists(st.booleans(), max_size=300))
def test_the_limit_stays_between_one_and_the_most(most, story):
    lines = Concurrency(most)
    for worked in story:
        before = lines.limit
        if worked:
            lines.succeeded()
            assert lines.limit >= before
        else:
            lines.failed()
            assert lines.limit <= before
        assert 1 <= lines.lines <= lines.limit <= most
        assert not (worked and lines.is_dead)
