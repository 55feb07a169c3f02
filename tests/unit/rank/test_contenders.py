"""Contenders: what is left of a block still holds the best of every reader."""

import numpy as np
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


@given(st.lists(POINTS, max_size=5))
def test_the_first_places_are_the_same_as_among_all_entries(points):
    everything = block(points)
    limits = np.full(len(points), MOST)
    wanted = first(best_first(everything), limits)
    got = first(best_first(contenders(everything, MOST)), limits)
    assert got.rows.tolist() == wanted.rows.tolist()
    assert got.papers.tolist() == wanted.papers.tolist()
    assert got.points.tolist() == wanted.points.tolist()


def test_few_are_left_of_many():
    dice = np.random.default_rng(1)
    left = contenders(block([dice.random(1000).tolist() for _ in range(20)]), 10)
    assert len(left.rows) < 20 * 20


def test_a_reader_with_less_than_is_wanted_keeps_all():
    both = block([[1.0] * 500, [0.5, 0.1]])
    assert np.count_nonzero(contenders(both, MOST).rows == 1) == 2
