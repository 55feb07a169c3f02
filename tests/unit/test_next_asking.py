"""When a source that some process asked is to be asked again."""

from datetime import timedelta

import pytest

from digest.daemon.harvests import next_asking
from digest.ports import SourceRecord
from tests.builders import MINUTE, NOW

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, HOUR), (1, 5 * MINUTE), (2, 10 * MINUTE), (9, HOUR)]
)
def test_trouble_is_asked_again_sooner_but_never_oftener_than_need_be(failures, wait):
    record = SourceRecord(name="a", checked_at=NOW, failures=failures)
    assert next_asking(record, HOUR) == NOW + wait


def test_a_source_that_nobody_asked_is_due():
    assert next_asking(SourceRecord(name="a"), HOUR) < NOW
