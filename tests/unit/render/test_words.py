from datetime import date, time

import pytest

from digest.core.render.words import (
    compact,
    counted,
    day_and_month,
    long_date,
    short_date,
    span,
    thousands,
    when,
)
from digest.core.schedule import Cadence, Schedule, Slot


@pytest.mark.parametrize(
    ("key", "in_full", "in_short", "seen_from_inside"),
    [
        ("2026-11-22", "Sunday 22 November", "22 Nov", "today"),
        ("2026-W47", "Week 47, 2026", "week 47", "this week"),
        ("2026-W03", "Week 3, 2026", "week 3", "this week"),
        ("2026-11", "November 2026", "November", "this month"),
    ],
)
def test_slots_are_named_as_people_say_them(key, in_full, in_short, seen_from_inside):
    slot = Slot.parse(key)
    assert (long_date(slot), short_date(slot), span(slot)) == (in_full, in_short, seen_from_inside)


def test_the_year_is_said_only_when_it_is_another_one():
    assert day_and_month(date(2026, 11, 20), this_year=2026) == "20 Nov"
    assert day_and_month(date(2019, 5, 1), this_year=2026) == "1 May 2019"


@pytest.mark.parametrize(
    ("cadence", "words"),
    [
        ("daily", "every day at 08:00 (Europe/Paris)"),
        ("weekdays", "each weekday at 08:00 (Europe/Paris)"),
        ("weekly:fri", "each Friday at 08:00 (Europe/Paris)"),
        ("monthly", "on the first of each month at 08:00 (Europe/Paris)"),
    ],
)
def test_schedules_are_said_in_a_phrase(cadence, words):
    schedule = Schedule(cadence=Cadence.parse(cadence), send_at=time(8, 0), timezone="Europe/Paris")
    assert when(schedule) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1k"),
        (1_234, "1.2k"),
        (9_999, "9.9k"),
        (12_345, "12k"),
        (1_000_000, "1M"),
        (3_450_000, "3.4M"),
    ],
)
def test_large_numbers_are_said_short_and_never_rounded_up(number, words):
    assert compact(number) == words


def test_one_is_singular():
    assert counted(1, "comment") == "1 comment"
    assert counted(12, "comment") == "12 comments"


def test_thousands_are_set_apart():
    assert thousands(1_043) == "1,043"
