"""Contenders: what is left of a block still holds the best of every reader."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.rank.block import Block
from digest.core.rank.contenders import contenders
from digest.core.rank.selection import best_first, first

MOST = 3
POINTS = st.lists(st.sampled_from([0.1, 0.5, 0.5000001, 1.0, 2.0, 7.0]), max_size=60)


def block(points: list[list[float]]) -> Block:
    rows = [row for row, own in enumerate(points) for _ in own]
    papers = [paper for own in points for paper in range(len(own))]
    earned = np.array([each for own in points for each in own], np.float32)
    return Block(range(len(points)), np.array(rows, int), np.array(papers, int), earned)


def contending(everything, wanted, *, floor=1.0, always=()):
    kept = np.isin(np.arange(len(everything.rows)), always)
    return contenders(everything, np.array(wanted, int), floor=floor, always=kept)


@given(
    st.lists(st.tuples(POINTS, st.integers(0, MOST)), max_size=5),
    st.sampled_from([0.05, 0.5, 1.0, 9.0]),
)
def test_the_first_places_are_the_same_as_among_all_entries(readers, floor):
    everything = block([points for points, _ in readers])
    wanted = np.array([limit for _, limit in readers], int)
    expected = first(best_first(everything), wanted)
    got = first(best_first(contending(everything, wanted, floor=floor)), wanted)
    assert got.rows.tolist() == expected.rows.tolist()
    assert got.papers.tolist() == expected.papers.tolist()
    assert got.points.tolist() == expected.points.tolist()


@pytest.mark.parametrize("floor", [0.98, 0.5, 9.0])
def test_few_are_left_of_many(floor):
    dice = np.random.default_rng(1)
    everything = block([dice.random(1000).tolist() for _ in range(20)])
    assert len(contending(everything, [10] * 20, floor=floor).rows) < 20 * 40


def test_a_reader_with_less_than_is_wanted_keeps_all():
    both = block([[1.0] * 500, [0.5, 0.1]])
    assert np.count_nonzero(contending(both, [MOST] * 2).rows == 1) == 2


def test_what_is_to_stay_stays_whatever_it_earned():
    everything = block([[1.0] * 50 + [0.01]])
    assert 50 in contending(everything, [MOST], floor=0.5, always=[50]).papers
    assert 50 not in contending(everything, [MOST], floor=0.5).papers
