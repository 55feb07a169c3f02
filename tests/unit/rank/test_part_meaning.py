"""What the meaning of a wish earns a paper, asked for one by one."""

import numpy as np
import pytest
from scipy import sparse

from digest.core.rank.meanings import Space
from digest.core.rank.part_meaning import MeaningPart
from digest.core.rank.view import FLOOR


@pytest.fixture
def part():
    """Two wishes of two readers, and three papers; the second reader has the second wish."""
    dice = np.random.default_rng(7)
    papers = dice.normal(size=(3, 8)).astype(np.float32)
    view = Space(papers / np.linalg.norm(papers, axis=1, keepdims=True)).whole
    asked = sparse.csr_array(np.array([[1.0, 0.5], [0.0, 2.0]], np.float32))
    return MeaningPart(
        view, view.papers[:2], least=FLOOR, asked=asked, told=lambda _reader, wish: str(wish)
    )


def test_what_each_wish_earns_adds_up_to_the_points(part):
    points = part.points(range(2)).toarray()
    earned = part.product.earned(range(2))
    sums = np.zeros((2, 3), np.float32)
    np.add.at(sums, earned.rows, earned.brought.toarray())
    assert sums == pytest.approx(points)
    assert points[0, 0] > 0


def test_only_what_a_reader_wishes_for_is_among_what_is_earned(part):
    earned = part.product.earned(range(1, 2))
    assert (earned.rows.tolist(), earned.wishes.tolist()) == ([0], [1])
