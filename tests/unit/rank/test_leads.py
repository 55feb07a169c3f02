"""Which of a reader's wishes earned a paper most of its points."""

import numpy as np
import pytest
from scipy import sparse

from digest.core.rank.leads import leads
from digest.core.rank.product import Product
from digest.core.rank.sheet import Sheet

NOTHING = [0.0, 0.0, 0.0]


def lead(*parts, others=0.0):
    """Return the wish that leads a paper, from what each part gives for each wish, as asked."""
    order = [2, 0, 1]  # how the reader asked, which no number of a wish tells
    ones = np.ones(3, np.float32)
    asked = sparse.csr_array((ones, np.array(order), np.array([0, 3])), shape=(1, 3))
    earned = tuple(
        Product(asked, sparse.csr_array(np.array([brought], np.float32).T)).earned(range(1))
        for brought in parts
    )
    points = np.array([[np.sum(parts) + others]], np.float32)
    sheet = Sheet(range(1), points, np.zeros((1, 1), np.bool_), earned)
    [wish] = leads(sheet, sheet.entries(points > 0))
    return wish


def test_the_wish_that_brings_half_of_the_points_leads():
    assert lead([0.2, 0.5, 0.3]) == 1


def test_no_wish_leads_where_none_brings_half():
    assert lead([0.3, 0.4, 0.3]) == -1
    assert lead([0.2, 0.5, 0.3], others=0.1) == -1


def test_of_two_that_bring_half_the_one_asked_for_first_leads():
    assert lead([0.5, 0.0, 0.5]) == 2


def test_where_a_wish_pushes_down_the_strongest_of_the_others_leads():
    assert lead([0.8, 0.9, -0.7]) == 1


def test_what_a_wish_brings_through_two_parts_counts_together():
    assert lead([0.3, 0.0, 0.4], [0.3, 0.0, 0.1]) == 0
    assert lead([0.25, 0.0, 0.25], [0.25, 0.0, 0.25]) == 2


@pytest.mark.parametrize("parts", [(), (NOTHING,), (NOTHING, NOTHING)])
def test_nothing_leads_where_wishes_bring_nothing(parts):
    assert lead(*parts, others=1.0) == -1
