"""Dates in bibliographies: ``2020``, ``2020-05-22``, ``2020/05/22/``, ``May 2020``."""

import re

Day = tuple[int, int, int]
"""Year, month and day; zeros where they are not known."""

UNKNOWN: Day = (0, 0, 0)

_LONGEST = 100
_DATE = re.compile(
    r"(?<!\d)(1[5-9]\d\d|2[01]\d\d)(?!\d)(?:[-/](\d\d?)(?!\d)(?:[-/](\d\d?)(?!\d))?)?", re.ASCII
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    rf"(?<![a-z])({'|'.join(MONTHS)})|(?<!\d)(0?[1-9]|1[0-2])(?!\d)", re.IGNORECASE | re.ASCII
)


def day_of(text: str, month: str = "") -> Day:
    """Return the first date in a text, ``UNKNOWN`` when there is none.

    Args:
        text: with a year, perhaps with month and day.
        month: a month given elsewhere, as number or name.
    """
    found = _DATE.search(text[:_LONGEST])
    if found is None:
        return UNKNOWN
    year, numbered, day = found.groups()
    if numbered:
        return int(year), int(numbered), int(day or 0)
    return int(year), _month_of(month or text.replace(year, "")), 0


def _month_of(text: str) -> int:
    found = _MONTH.search(text[:_LONGEST])
    if found is None:
        return 0
    name, number = found.groups()
    return MONTHS.index(name.lower()) + 1 if name else int(number)
