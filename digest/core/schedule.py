"""When an edition is due: cadence, local hour and time zone, safe across clock changes.

A slot is a local calendar day, ISO week or month. Everything is computed from the local
calendar date, so a day that has no 02:30 (clocks forward) still has its edition, at the
first minute after the gap, and a day that has 02:30 twice has it once, at the first
(PEP 495, ``fold=0``).
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SATURDAY = 5
_EARLIEST = timedelta(hours=14)  # the Line Islands, ahead of UTC


class Frequency(StrEnum):
    """How often editions come."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


_CATCH_UP = {
    Frequency.DAILY: timedelta(hours=20),
    Frequency.WEEKDAYS: timedelta(hours=20),
    Frequency.WEEKLY: timedelta(days=3),
    Frequency.MONTHLY: timedelta(days=7),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How often, and for weekly editions on which day (0 is Monday)."""

    frequency: Frequency = Frequency.DAILY
    weekday: int = 0

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Read ``daily``, ``weekdays``, ``weekly``, ``weekly:fri`` or ``monthly``.

        Raises:
            ValueError: it is none of these.
        """
        name, colon, day = raw.strip().lower().partition(":")
        if colon and (name != Frequency.WEEKLY or day not in WEEKDAYS):
            raise ValueError(_cadence_help(raw))
        try:
            frequency = Frequency(name)
        except ValueError:
            raise ValueError(_cadence_help(raw)) from None
        return cls(frequency=frequency, weekday=WEEKDAYS.index(day) if colon else 0)

    def __str__(self) -> str:
        if self.frequency is Frequency.WEEKLY and self.weekday:
            return f"weekly:{WEEKDAYS[self.weekday]}"
        return self.frequency.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When one reader wants mail.

    Attributes:
        cadence: how often.
        send_at: local wall-clock time.
        timezone: IANA name of the zone that ``send_at`` is in.
    """

    cadence: Cadence = Cadence()
    send_at: time = time(7, 30)
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A local day (``2026-11-22``), ISO week (``2026-W47``) or month (``2026-11``).

    Attributes:
        day: the local date on which the edition is due.
        key: the slot's name; unique for a subscriber.
    """

    day: date
    key: str

    @classmethod
    def parse(cls, key: str) -> Self:
        """Read a slot's name.

        Raises:
            ValueError: it names no day, week or month.
        """
        for pattern, to_day in _SLOT_FORMS:
            if pattern.fullmatch(key):
                with suppress(ValueError):  # the form of a day, but no day of a calendar
                    return cls(to_day(key), key)
        raise ValueError(
            f"{key!r} is no slot; allowed: a day 2026-11-22, a week 2026-W47, a month 2026-11"
        )


def due(schedule: Schedule, now: datetime) -> Slot | None:
    """Return the slot whose mail should go out at ``now``, late ones included.

    The newest slot whose hour has come is due until its catch-up window ends (20 hours
    for daily readers, 3 days for weekly, 7 for monthly ones) or the next slot begins:
    after downtime each reader gets one edition, never a burst and never a stale one.
    Whether that edition was already made is for the caller to look up.
    """
    slot = _newest(schedule, now)
    if now < due_at(schedule, slot) + _CATCH_UP[schedule.cadence.frequency]:
        return slot
    return None


def current_slot(schedule: Schedule, now: datetime) -> Slot | None:
    """Return the slot that ``now`` lies in, whatever the hour (a cron job chose that).

    None when the reader's day has not come: a weekend for a ``weekdays`` reader, the
    Monday for a ``weekly:fri`` one.
    """
    today = now.astimezone(ZoneInfo(schedule.timezone)).date()
    slot = _slot_of(schedule.cadence, today)
    if slot.day > today:
        return None
    if schedule.cadence.frequency is Frequency.WEEKDAYS and today.weekday() >= _SATURDAY:
        return None
    return slot


def next_slot(schedule: Schedule, now: datetime) -> Slot:
    """Return the first slot whose hour is after ``now``."""
    day = now.astimezone(ZoneInfo(schedule.timezone)).date()
    while True:
        slot = _slot_of(schedule.cadence, day)
        if due_at(schedule, slot) > now:
            return slot
        day = _first_day_after(schedule.cadence, slot)


def upcoming_slot(schedule: Schedule, now: datetime) -> Slot:
    """Return the slot of a mail that is made now: the present one, else the next."""
    return current_slot(schedule, now) or next_slot(schedule, now)


def has_begun(named: Slot, now: datetime) -> bool:
    """Tell whether the first day of a slot, read by its name, has begun somewhere on Earth."""
    return named.day <= (now.astimezone(UTC) + _EARLIEST).date()


def slot_on(schedule: Schedule, day: date) -> Slot:
    """Return the slot whose day, week or month a local day lies in.

    A weekend lies in the slot of the Friday before it for a ``weekdays`` reader. One whose
    key is that of a slot read by its name is the reader's own: due on the reader's weekday.
    """
    return _slot_of(schedule.cadence, day)


def due_at(schedule: Schedule, slot: Slot) -> datetime:
    """Return the instant (UTC) at which ``slot`` is due."""
    return _resolve(datetime.combine(slot.day, schedule.send_at), ZoneInfo(schedule.timezone))


def begins_at(slot: Slot, timezone: str) -> datetime:
    """Return the instant (UTC) at which the first day of ``slot`` begins in a zone."""
    return _resolve(datetime.combine(slot.day, time()), ZoneInfo(timezone))


def stands_for(made: Slot, made_at: datetime, *, wanted: Slot, timezone: str) -> bool:
    """Tell whether an edition of another cadence is the mail of a slot, too.

    It is when it was made after that slot had begun: whoever changes from daily to weekly mails
    has had this week's, and waits for the next week.

    Args:
        made: the edition's slot.
        made_at: when it was composed (UTC).
        wanted: a slot of the reader's present cadence.
        timezone: the reader's.
    """
    return len(made.key) != len(wanted.key) and made_at >= begins_at(wanted, timezone)


def _newest(schedule: Schedule, now: datetime) -> Slot:
    """Return the newest slot whose hour has come."""
    day = now.astimezone(ZoneInfo(schedule.timezone)).date()
    slot = _slot_of(schedule.cadence, day)
    while due_at(schedule, slot) > now:
        slot = _slot_of(schedule.cadence, _last_day_before(schedule.cadence, slot))
    return slot


def _slot_of(cadence: Cadence, day: date) -> Slot:
    """Return the slot whose day, week or month ``day`` lies in."""
    match cadence.frequency:
        case Frequency.DAILY:
            return Slot(day, day.isoformat())
        case Frequency.WEEKDAYS:
            friday = day - timedelta(days=max(0, day.weekday() - _SATURDAY + 1))
            return Slot(friday, friday.isoformat())
        case Frequency.WEEKLY:
            monday = day - timedelta(days=day.weekday())
            year, week, _ = day.isocalendar()
            return Slot(monday + timedelta(days=cadence.weekday), f"{year}-W{week:02}")
        case Frequency.MONTHLY:
            return Slot(day.replace(day=1), f"{day:%Y-%m}")


def _last_day_before(cadence: Cadence, slot: Slot) -> date:
    """Return a day of the slot before ``slot``."""
    if cadence.frequency is Frequency.WEEKLY:
        return slot.day - timedelta(days=7)
    return slot.day - timedelta(days=1)


def _first_day_after(cadence: Cadence, slot: Slot) -> date:
    """Return a day of the slot after ``slot``."""
    match cadence.frequency:
        case Frequency.DAILY:
            return slot.day + timedelta(days=1)
        case Frequency.WEEKDAYS:
            step = 3 if slot.day.weekday() == _SATURDAY - 1 else 1
            return slot.day + timedelta(days=step)
        case Frequency.WEEKLY:
            return slot.day + timedelta(days=7)
        case Frequency.MONTHLY:
            return (slot.day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _resolve(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a wall-clock time; in a gap, the first minute after it."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _first_minute_after_gap(before, instant, zone)


def _first_minute_after_gap(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant in (low, high] at which the zone's offset changes."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(second=0, microsecond=0)


def _cadence_help(raw: str) -> str:
    return (
        f"{raw!r} is no cadence; allowed: daily, weekdays, weekly, weekly:mon … weekly:sun, monthly"
    )


_SLOT_FORMS = (
    (re.compile(r"\d{4}-\d\d-\d\d"), date.fromisoformat),
    (re.compile(r"\d{4}-W\d\d"), lambda key: date.fromisoformat(f"{key}-1")),
    (re.compile(r"\d{4}-\d\d"), lambda key: date.fromisoformat(f"{key}-01")),
)
