"""Dates as bibliographies write them."""

import pytest

from digest.core.library.dates import day_of


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [
        ("2020", "", (2020, 0, 0)),
        ("2020-05-22T10:00:00Z", "", (2020, 5, 22)),
        ("2020/05//", "", (2020, 5, 0)),
        ("2020//", "", (2020, 0, 0)),
        ("May 2020", "", (2020, 5, 0)),
        ("2020", "October~3", (2020, 10, 0)),
        ("2020", "12", (2020, 12, 0)),
        ("2020", "spring", (2020, 0, 0)),
        ("c. 1967?", "", (1967, 0, 0)),
        ("in press", "may", (0, 0, 0)),
        ("12020", "", (0, 0, 0)),
    ],
)
def test_date_is_read(text, month, day):
    assert day_of(text, month) == day
