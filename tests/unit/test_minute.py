"""The daemon's tick never comes before the full minute it asks about."""

from datetime import UTC, datetime, timedelta

from digest.daemon import next_minute


def test_the_tick_comes_at_the_clocks_next_full_minute_and_never_sooner():
    shift = timedelta(days=-3, seconds=12.34)

    def shown(real):
        return real + shift

    before = datetime.now(UTC)
    at = next_minute(lambda: shown(datetime.now(UTC)))
    after = datetime.now(UTC)
    minute = shown(before).replace(second=0, microsecond=0) + timedelta(minutes=1)
    assert minute <= shown(at) <= minute + (after - before)


def test_a_clock_that_is_slow_to_tell_delays_the_tick_and_does_not_advance_it():
    reading = datetime(2026, 11, 23, 7, 29, 59, tzinfo=UTC)
    read_at = []

    def slow():
        read_at.append(datetime.now(UTC))
        while datetime.now(UTC) - read_at[0] < timedelta(milliseconds=20):
            pass
        return reading

    assert next_minute(slow) - read_at[0] >= timedelta(seconds=1, milliseconds=20)
