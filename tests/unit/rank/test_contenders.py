"""Contenders: what is left of a sheet still holds the best of every reader."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.rank.contenders import contenders
from digest.core.rank.selection import best_first, first
from digest.core.rank.sheet import Sheet

MOST = 3
POINTS = st.lists(st.sampled_from([0.1, 0.5, 0.5000001, 1.0, 2.0, 7.0]), max_size=60)


def sheet(points: list[list[float]], *, followed: tuple[int, ...] = ()) -> Sheet:
    papers = max(map(len, points), default=0)
    table = np.array([[*own, *[0.0] * (papers - len(own))] for own in points], np.float32)
    table = table.reshape(len(points), papers)
    is_followed = np.isin(np.arange(table.size), followed).reshape(table.shape)
    return Sheet(range(len(points)), table, is_followed)


def contending(everything, wanted, *, floor=1.0):
    above = np.count_nonzero(everything.points >= floor, axis=1)
    return contenders(everything, np.array(wanted, int), floor=floor, above=above)


@given(
    st.lists(st.tuples(POINTS, st.integers(0, MOST)), max_size=5),
    st.sampled_from([0.05, 0.5, 1.0, 9.0]),
)
def test_the_first_places_are_the_same_as_among_all_entries(readers, floor):
    everything = sheet([points for points, _ in readers])
    wanted = np.array([limit for _, limit in readers], int)
    expected = first(best_first(everything.entries(everything.points > 0)), wanted)
    got = first(best_first(contending(everything, wanted, floor=floor)), wanted)
    assert got.rows.tolist() == expected.rows.tolist()
    assert got.papers.tolist() == expected.papers.tolist()
    assert got.points.tolist() == expected.points.tolist()


@pytest.mark.parametrize("floor", [0.98, 0.5, 9.0])
def test_few_are_left_of_many(floor):
    dice = np.random.default_rng(1)
    everything = sheet([dice.random(1000).tolist() for _ in range(20)])
    assert len(contending(everything, [10] * 20, floor=floor).rows) < 20 * 40


def test_a_reader_with_less_than_is_wanted_keeps_all():
    both = sheet([[1.0] * 500, [0.5, 0.1]])
    assert np.count_nonzero(contending(both, [MOST] * 2).rows == 1) == 2


def test_a_followed_author_s_paper_stays_whatever_it_earned_but_nothing():
    points = [[1.0] * 50 + [0.01, 0.0]]
    assert 50 not in contending(sheet(points), [MOST], floor=0.5).papers
    stayed = contending(sheet(points, followed=(50, 51)), [MOST], floor=0.5).papers
    assert 50 in stayed
    assert 51 not in stayed
