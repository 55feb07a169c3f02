"""Old editions go a few at a time, until none is left or somebody says stop."""

from digest.pipeline.retention import forget_old
from tests.builders import NOW


class Old:
    """Editions, all of them old."""

    def __init__(self, number):
        self.number = number

    def forget(self, *, before, limit):
        assert before == NOW
        gone = min(limit, self.number)
        self.number -= gone
        return gone


def test_all_that_are_old_go_however_many():
    old = Old(1_234)
    assert forget_old(old, before=NOW) == 1_234
    assert old.number == 0


def test_whoever_stops_leaves_the_rest_for_another_day():
    answers = iter([True, False])
    old = Old(1_234)
    forgotten = forget_old(old, before=NOW, may_go_on=lambda: next(answers))
    assert 0 < forgotten == 1_234 - old.number < 1_234
