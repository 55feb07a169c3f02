from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.schedule import (
    Cadence,
    Schedule,
    Slot,
    current_slot,
    due,
    due_at,
    next_slot,
)

ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Africa/Cairo",
    "Africa/Casablanca", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham",
]  # fmt: skip


def at(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def a_schedule(cadence="daily", send_at="07:30", zone="UTC"):
    return Schedule(
        cadence=Cadence.parse(cadence), send_at=time.fromisoformat(send_at), timezone=zone
    )


@pytest.mark.parametrize("text", ["daily", "weekdays", "weekly", "weekly:fri", "monthly"])
def test_cadence_reads_what_it_writes(text):
    assert str(Cadence.parse(text)) == text


@pytest.mark.parametrize("text", ["", "hourly", "weekly:", "weekly:friday", "daily:mon"])
def test_unknown_cadence_names_what_is_allowed(text):
    with pytest.raises(ValueError, match="allowed: daily, weekdays, weekly, weekly:mon"):
        Cadence.parse(text)


def test_weekly_on_monday_is_plain_weekly():
    assert str(Cadence.parse("weekly:mon")) == "weekly"


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("2026-11-22", date(2026, 11, 22)),
        ("2026-W47", date(2026, 11, 16)),
        ("2026-11", date(2026, 11, 1)),
    ],
)
def test_slot_is_read_from_its_name(key, day):
    assert Slot.parse(key) == Slot(day, key)


@pytest.mark.parametrize("key", ["", "today", "2026-13", "2026-02-30", "2026-W99"])
def test_wrong_slot_name_is_refused(key):
    with pytest.raises(ValueError):  # noqa: PT011 - the wording is the calendar's
        Slot.parse(key)


def test_nothing_new_is_due_before_the_hour():
    schedule = a_schedule(zone="Europe/Paris")
    assert due(schedule, at("2026-11-23T07:29", "Europe/Paris")) != Slot.parse("2026-11-23")
    assert due(schedule, at("2026-11-23T07:30", "Europe/Paris")) == Slot.parse("2026-11-23")


def test_late_edition_is_due_within_its_catch_up_window_only():
    schedule = a_schedule(send_at="07:30")
    assert due(schedule, at("2026-11-24T03:29")) == Slot.parse("2026-11-23")
    assert due(schedule, at("2026-11-24T03:30")) is None


def test_downtime_of_a_week_leaves_one_edition_due():
    assert due(a_schedule(), at("2026-11-30T09:00")) == Slot.parse("2026-11-30")


def test_late_hour_may_pass_midnight():
    schedule = a_schedule(send_at="23:30")
    assert due(schedule, at("2026-11-24T10:00")) == Slot.parse("2026-11-23")


def test_weekdays_reader_has_friday_until_it_is_stale_and_nothing_on_the_weekend():
    schedule = a_schedule("weekdays")
    assert due(schedule, at("2026-11-20T08:00")) == Slot.parse("2026-11-20")
    assert due(schedule, at("2026-11-21T08:00")) is None
    assert due(schedule, at("2026-11-22T08:00")) is None
    assert due(schedule, at("2026-11-23T08:00")) == Slot.parse("2026-11-23")


def test_weekly_edition_is_due_on_its_day_and_three_days_on():
    schedule = a_schedule("weekly:fri")
    friday = Slot(date(2026, 11, 20), "2026-W47")
    assert due(schedule, at("2026-11-20T08:00")) == friday
    assert due(schedule, at("2026-11-23T07:00")) == friday
    assert due(schedule, at("2026-11-23T08:00")) is None


def test_monthly_edition_is_due_on_the_first():
    schedule = a_schedule("monthly")
    assert due(schedule, at("2026-11-01T08:00")) == Slot(date(2026, 11, 1), "2026-11")
    assert due(schedule, at("2026-11-09T08:00")) is None


def test_a_command_takes_today_whatever_the_hour():
    assert current_slot(a_schedule(), at("2026-11-23T00:01")) == Slot.parse("2026-11-23")


def test_today_is_the_readers_today():
    schedule = a_schedule(zone="Pacific/Kiritimati")
    assert current_slot(schedule, at("2026-11-23T12:00")) == Slot.parse("2026-11-24")


def test_a_command_leaves_weekday_readers_alone_on_sunday():
    assert current_slot(a_schedule("weekdays"), at("2026-11-22T12:00")) is None
    assert current_slot(a_schedule("weekdays"), at("2026-11-20T12:00")) is not None


def test_a_command_waits_for_the_weekly_readers_day():
    schedule = a_schedule("weekly:fri")
    assert current_slot(schedule, at("2026-11-19T23:00")) is None
    assert current_slot(schedule, at("2026-11-22T23:00")) == Slot(date(2026, 11, 20), "2026-W47")


def test_a_command_takes_the_month_at_any_day():
    assert current_slot(a_schedule("monthly"), at("2026-11-22T12:00")).key == "2026-11"


@pytest.mark.parametrize(
    ("cadence", "now", "expected"),
    [
        ("daily", "2026-11-23T07:00", "2026-11-23"),
        ("daily", "2026-11-23T07:30", "2026-11-24"),
        ("weekdays", "2026-11-20T09:00", "2026-11-23"),
        ("weekdays", "2026-11-22T09:00", "2026-11-23"),
        ("weekdays", "2026-11-24T09:00", "2026-11-25"),
        ("weekly:fri", "2026-11-21T09:00", "2026-W48"),
        ("weekly:fri", "2026-11-17T09:00", "2026-W47"),
        ("monthly", "2026-12-22T09:00", "2027-01"),
    ],
)
def test_next_slot_is_the_first_whose_hour_is_to_come(cadence, now, expected):
    assert next_slot(a_schedule(cadence), at(now)).key == expected


def test_an_hour_that_the_clock_skips_is_the_first_minute_after_the_gap():
    schedule = a_schedule(send_at="02:30", zone="Europe/Berlin")
    assert due_at(schedule, Slot.parse("2026-03-29")) == at("2026-03-29T01:00")


def test_an_hour_that_comes_twice_is_its_first():
    schedule = a_schedule(send_at="02:30", zone="Europe/Berlin")
    assert due_at(schedule, Slot.parse("2026-10-25")) == at("2026-10-25T00:30")


def test_a_day_that_a_zone_skips_whole_is_due_right_after_it():
    """Samoa had no 30 December 2011."""
    schedule = a_schedule(zone="Pacific/Apia")
    assert due_at(schedule, Slot.parse("2011-12-30")) == at("2011-12-30T10:00")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("send_at", ["00:00", "02:30", "23:30"])
def test_every_local_day_has_exactly_one_edition(zone, send_at):
    schedule = a_schedule(send_at=send_at, zone=zone)
    now = datetime(2026, 1, 2, tzinfo=UTC)
    slots = []
    while now < datetime(2027, 1, 2, tzinfo=UTC):
        slot = next_slot(schedule, now)
        now = due_at(schedule, slot)
        assert due(schedule, now) == slot
        assert due(schedule, now - timedelta(seconds=1)) != slot
        slots.append(slot.day)
    assert slots == [slots[0] + timedelta(days=number) for number in range(len(slots))]


@given(
    st.sampled_from(["daily", "weekdays", "weekly", "weekly:wed", "monthly"]),
    st.sampled_from(ZONES),
    st.times(),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_what_is_due_has_begun_and_what_is_next_has_not(cadence, zone, send_at, naive):
    schedule = Schedule(cadence=Cadence.parse(cadence), send_at=send_at, timezone=zone)
    now = naive.replace(tzinfo=UTC)
    slot, following = due(schedule, now), next_slot(schedule, now)
    assert due_at(schedule, following) > now
    if slot:
        assert due_at(schedule, slot) <= now
        assert slot < following
