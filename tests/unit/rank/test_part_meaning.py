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
    readers, papers = np.repeat(np.arange(2), 3), np.tile(np.arange(3), 2)
    earned = sum(
        part.product.of_one(np.arange(2), np.full(2, wish), readers, papers) for wish in range(2)
    )
    assert earned.reshape(2, 3) == pytest.approx(points)
    assert points[0, 0] > 0


def test_a_wish_that_a_reader_has_not_earns_nothing(part):
    one = np.array([0])
    assert part.product.of_one(np.array([1]), one, one, one).tolist() == [0.0]
