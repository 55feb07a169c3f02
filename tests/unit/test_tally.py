"""Counting names: exact while there is room, never too high, and never without bounds."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from digest.core.tally import Tally

names = st.lists(st.text("abc", min_size=1, max_size=2), max_size=4)


def test_a_person_counts_once_for_a_name_however_it_is_spelt():
    tally = Tally()
    tally.add(["Dense  retrieval", "dense Retrieval", "", " "])
    tally.add(["dense retrieval", "fog"])
    assert tally.top(5) == [("Dense retrieval", 2), ("fog", 1)]


def test_names_that_are_given_as_often_come_by_the_alphabet():
    tally = Tally()
    tally.add(["b", "c", "a"])
    assert tally.top(2) == [("a", 1), ("b", 1)]


@given(st.lists(names, max_size=40), st.integers(1, 9))
def test_counts_are_never_too_high_and_too_low_by_what_was_missed_at_most(people, most):
    tally, exact = Tally(most), Counter(name for given in people for name in set(given))
    for given_names in people:
        tally.add(given_names)
    told = dict(tally.top(99))
    assert len(told) <= most + 4
    for name, number in exact.items():
        assert number - tally.missed <= told.get(name, 0) <= number
    if len(exact) <= most:
        assert told == exact
        assert tally.missed == 0


def test_what_many_say_is_found_among_what_nobody_else_says():
    tally = Tally(100)
    for number in range(5_000):
        tally.add([f"own {number}", "agents" if number % 3 else "fog"])
    assert [name for name, _ in tally.top(2)] == ["agents", "fog"]
