import pytest

from digest.core.memo import Memo


def test_what_was_made_is_not_made_again():
    made = []
    memo = Memo(lambda key: made.append(key) or key.upper(), 2)
    assert [memo[key] for key in "aba"] == ["A", "B", "A"]
    assert made == ["a", "b"]


def test_with_one_more_than_there_is_room_for_all_others_are_forgotten():
    memo = Memo(str.upper, 2)
    assert [memo[key] for key in "abc"] == ["A", "B", "C"]
    assert dict(memo) == {"c": "C"}


def test_what_cannot_be_made_is_not_kept():
    memo = Memo(int, 2)
    with pytest.raises(ValueError, match="invalid literal"):
        memo["x"]
    assert not memo
