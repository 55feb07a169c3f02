import numpy as np

from digest.core.rank.lists import Lists, numbered


def test_lists_are_found_again_in_the_order_asked_for():
    lists = Lists.joined([[7, 8], [], [9]])
    asked = lists.of(np.array([2, 0, 1, 0]))
    assert asked.values.tolist() == [9, 7, 8, 7, 8]
    assert asked.rows.tolist() == [0, 1, 1, 3, 3]


def test_distinct_items_are_numbered_as_they_come():
    items, numbers = numbered("abacb")
    assert (items, numbers.tolist()) == (("a", "b", "c"), [0, 1, 0, 2, 1])


def test_no_lists_hold_nothing():
    assert Lists.joined([]).of(np.zeros(0, np.int64)).values.tolist() == []


def test_the_least_of_each_list_is_told():
    lists = Lists.joined([[0, 0, 0], [0]])
    assert lists.least(np.array([5, 3, 4, 9])).tolist() == [3, 9]
