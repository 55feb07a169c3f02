"""Dates, schedules and numbers in plain English."""

from datetime import date

from digest.core.schedule import Cadence, Frequency, Schedule, Slot

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH_KEY_LENGTH = len("2026-11")
_THOUSAND = 1_000
_MILLION = 1_000_000


def long_date(slot: Slot) -> str:
    """Name the slot in full: "Sunday 22 November", "Week 47, 2026", "November 2026"."""
    if week := _week(slot):
        return f"Week {week}, {slot.key[:4]}"
    if _is_month(slot):
        return f"{_month(slot.day)} {slot.day.year}"
    return f"{_WEEKDAYS[slot.day.weekday()]} {slot.day.day} {_month(slot.day)}"


def short_date(slot: Slot) -> str:
    """Name the slot within a sentence: "22 Nov", "week 47", "November"."""
    if week := _week(slot):
        return f"week {week}"
    if _is_month(slot):
        return _month(slot.day)
    return day_and_month(slot.day, this_year=slot.day.year)


def span(slot: Slot) -> str:
    """Say how long the slot is, seen from inside: "today", "this week", "this month"."""
    if _week(slot):
        return "this week"
    return "this month" if _is_month(slot) else "today"


def day_and_month(day: date, *, this_year: int) -> str:
    """Return "20 Nov", and "20 Nov 2019" in any other year."""
    text = f"{day.day} {_month(day)[:3]}"
    return text if day.year == this_year else f"{text} {day.year}"


def when(schedule: Schedule) -> str:
    """Say when mail comes: "each weekday at 08:00 (Europe/Paris)"."""
    at = schedule.send_at
    return f"{_often(schedule.cadence)} at {at.hour:02}:{at.minute:02} ({schedule.timezone})"


def thousands(number: int) -> str:
    """Return "1,043"."""
    return f"{number:,}"


def compact(number: int) -> str:
    """Return "41", "1.2k", "12k" or "3.4M", never rounded up to a number not reached."""
    for unit, letter in ((_MILLION, "M"), (_THOUSAND, "k")):
        if number >= 10 * unit:
            return f"{number // unit}{letter}"
        if number >= unit:
            tenths = number * 10 // unit
            return f"{tenths // 10}{'.' + str(tenths % 10) if tenths % 10 else ''}{letter}"
    return str(number)


def counted(number: int, one: str) -> str:
    """Return "1 comment", "12 comments", "1.2k comments"."""
    return f"{compact(number)} {one if number == 1 else one + 's'}"


def _often(cadence: Cadence) -> str:
    match cadence.frequency:
        case Frequency.DAILY:
            return "every day"
        case Frequency.WEEKDAYS:
            return "each weekday"
        case Frequency.WEEKLY:
            return f"each {_WEEKDAYS[cadence.weekday]}"
        case Frequency.MONTHLY:
            return "on the first of each month"


def _week(slot: Slot) -> int:
    """Return the ISO week that the slot is, 0 when it is no week."""
    _, separator, week = slot.key.partition("-W")
    return int(week) if separator else 0


def _is_month(slot: Slot) -> bool:
    return len(slot.key) == _MONTH_KEY_LENGTH


def _month(day: date) -> str:
    return _MONTHS[day.month - 1]
