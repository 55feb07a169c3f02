"""Entries of sparse matrices."""

import numpy as np
import pytest
from scipy import sparse

from digest.core.rank.matrices import Entries, product_table, row_counts


def entries(*each: tuple[int, int, float]) -> Entries:
    rows, columns, values = np.array(each, float).T
    return Entries(rows.astype(int), columns.astype(int), values.astype(np.float32))


def told(found: Entries) -> list[tuple[int, int, float]]:
    return [*zip(found.rows.tolist(), found.columns.tolist(), found.values.tolist(), strict=True)]


def test_of_a_place_taken_twice_the_greatest_size_stays_where_the_first_was():
    found = entries(
        (0, 2, 1), (0, 1, 0.5), (0, 2, -3), (1, 2, 2), (1, 0, 1), (1, 0, -1)
    ).strongest()
    assert told(found) == [(0, 2, -3), (0, 1, 0.5), (1, 2, 2), (1, 0, 1)]


def test_places_taken_once_stay_as_they_are():
    found = entries((0, 2, 1), (0, 1, 0.5), (3, 2, 1))
    assert told(found.strongest()) == told(found)


def test_what_stands_in_one_place_is_added_up_where_the_first_was():
    found = entries((0, 2, 1), (0, 1, 0.5), (1, 2, 2), (0, 2, 3)).summed()
    assert told(found) == [(0, 2, 4), (0, 1, 0.5), (1, 2, 2)]


def test_a_product_as_a_table_is_the_product():
    dice = np.random.default_rng(3)
    left, right = (
        sparse.csr_array(np.where(dice.random(shape) < 0.4, dice.random(shape), 0), shape)
        for shape in ((5, 7), (7, 4))
    )
    assert product_table(left, right) == pytest.approx((left @ right).toarray())
    assert product_table(left[:0], right).shape == (0, 4)


def test_chosen_places_are_counted_in_each_row():
    chosen = np.arange(3 * 21).reshape(3, 21) % 4 == 0
    assert row_counts(chosen).tolist() == chosen.sum(axis=1).tolist()
    assert row_counts(np.zeros((2, 0), np.bool_)).tolist() == [0, 0]


def test_others_come_after_in_each_row():
    found = entries((0, 2, 1), (1, 1, 1)).then(entries((0, 0, 5), (2, 0, 6)))
    assert told(found) == [(0, 2, 1), (0, 0, 5), (1, 1, 1), (2, 0, 6)]
    assert found.matrix(4, 3).toarray().tolist() == [[5, 0, 1], [0, 1, 0], [6, 0, 0], [0, 0, 0]]
