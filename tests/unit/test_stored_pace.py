"""A relay's limits, kept by several processes together."""

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.core.outcome import Cause, Fault
from digest.core.pace import take
from digest.pipeline.pace import FreePace, StoredPace
from tests.builders import NOW

START = NOW.timestamp()
LATE = 0.01


class Time:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self):
        self.now = START
        self.ahead = timedelta()

    def clock(self):
        return self.now

    def today(self):
        return (datetime.fromtimestamp(self.now, UTC) + self.ahead).date()

    async def sleep(self, seconds):
        assert seconds >= 0
        await asyncio.sleep(0)
        self.now += seconds


class Relays:
    """The part of a ``RelayStore`` that gives out places."""

    def __init__(self):
        self.next_free = 0.0
        self.day = None
        self.sent = 0
        self.asked = 0

    def reserve(self, name, *, now, day, interval, count, per_day):
        assert name == "mx:25"
        self.asked += 1
        if day != self.day:
            self.day, self.sent = day, 0
        if per_day:
            count = min(count, per_day - self.sent)
        if count <= 0:
            return None
        places = take(self.next_free, now=now, interval=interval, count=count)
        self.next_free = places.end
        self.sent += count
        return places


def a_pace(relays, time, *, per_minute=0, per_day=0):
    return StoredPace(
        relays,
        "mx:25",
        per_minute=per_minute,
        per_day=per_day,
        clock=time.clock,
        today=time.today,
        sleep=time.sleep,
    )


async def taken(pace, time, count):
    """Take so many places; return when."""
    moments = []
    for _ in range(count):
        assert await pace.turn() is None
        moments.append(time.now - START)
    return moments


def most_within(moments, seconds):
    return max(sum(start <= at < start + seconds for at in moments) for start in moments)


async def test_a_relay_without_limits_waits_for_nothing():
    pace = FreePace()
    assert pace.ready()
    assert await pace.turn() is None


async def test_mails_are_spaced_evenly_and_the_first_goes_at_once():
    time = Time()
    assert await taken(a_pace(Relays(), time, per_minute=120), time, 4) == [0.0, 0.5, 1.0, 1.5]


async def test_no_minute_holds_more_than_the_limit():
    time = Time()
    moments = await taken(a_pace(Relays(), time, per_minute=30), time, 100)
    assert most_within(moments, 60) == 30


async def test_a_pause_is_not_made_up_for():
    time = Time()
    pace = a_pace(Relays(), time, per_minute=60)
    await taken(pace, time, 2)
    time.now = START + 3_600
    assert await taken(pace, time, 3) == [3_600.0, 3_601.0, 3_602.0]


async def test_fast_rates_ask_the_store_for_several_places_at_once():
    time, relays = Time(), Relays()
    await taken(a_pace(relays, time, per_minute=6_000), time, 100)
    assert relays.asked == 20


async def test_a_place_of_this_very_moment_is_had_without_waiting():
    time = Time()
    pace = a_pace(Relays(), time, per_minute=6_000)
    assert not pace.ready()  # nothing was asked of the store yet
    assert await pace.turn() is None
    assert not pace.ready()  # the next place is not yet
    time.now += 0.0101
    assert pace.ready()
    assert not pace.ready()


async def test_a_place_that_went_by_is_not_used():
    time = Time()
    pace = a_pace(Relays(), time, per_minute=6_000)
    await pace.turn()
    time.now += 10
    assert not pace.ready()


async def test_those_who_wait_come_in_the_order_in_which_they_asked():
    time = Time()
    pace = a_pace(Relays(), time, per_minute=60)
    order = []

    async def ask(number):
        assert not pace.ready()
        await pace.turn()
        order.append((number, time.now - START))

    await asyncio.gather(*map(ask, range(5)))
    assert order == [(number, float(number)) for number in range(5)]


async def test_whoever_waits_is_not_overtaken_by_a_mail_that_is_ready():
    time = Time()
    pace = a_pace(Relays(), time, per_minute=6_000)
    await pace.turn()
    waiting = asyncio.create_task(pace.turn())
    await asyncio.sleep(0)
    time.now += 0.025
    assert not pace.ready()
    await waiting


@given(
    st.sampled_from([60, 600, 6_000]),
    st.lists(
        st.tuples(
            st.integers(0, 1), st.booleans(), st.sampled_from([0.0, 0.0, 0.004, 0.012, 0.2, 1.5])
        ),
        max_size=60,
    ),
)
def test_two_processes_that_share_a_store_never_exceed_the_rate(per_minute, mails):
    async def run():
        time, relays = Time(), Relays()
        paces = [a_pace(relays, time, per_minute=per_minute) for _ in range(2)]
        used = []
        for which, asks_first, pause in mails:
            if not (asks_first and paces[which].ready()):
                assert await paces[which].turn() is None
            used.append(time.now)
            time.now += pause
        return used

    used = asyncio.run(run())
    if used:  # a place may be used a hundredth late, so a second holds what 1.01 s may give out
        assert most_within(used, 1.0) <= per_minute / 60 * (1 + LATE) + 1


async def test_the_days_quota_is_an_orderly_end_until_midnight():
    time, relays = Time(), Relays()
    pace = a_pace(relays, time, per_day=3)
    await taken(pace, time, 3)
    halt = await pace.turn()
    assert (halt.relay, halt.cause, halt.fault) == ("mx:25", Cause.QUOTA, Fault.RELAY)
    assert halt.until == datetime(2026, 11, 24, tzinfo=UTC)
    assert "3 mails" in halt.reply
    assert not pace.ready()
    time.now = halt.until.timestamp()
    assert await pace.turn() is None


async def test_a_rehearsal_of_another_day_has_that_days_quota_and_waits_in_real_time():
    time, relays = Time(), Relays()
    pace = a_pace(relays, time, per_minute=60, per_day=2)
    await taken(pace, time, 2)
    time.ahead = timedelta(days=2)
    assert await taken(pace, time, 2) == [2.0, 3.0]
    assert (await pace.turn()).until == datetime(2026, 11, 26, tzinfo=UTC)


async def test_two_processes_share_the_days_quota():
    time, relays = Time(), Relays()
    one, two = (a_pace(relays, time, per_minute=60, per_day=5) for _ in range(2))
    for pace in (one, two, one, two, one):
        assert await pace.turn() is None
    for pace in (one, two):
        assert (await pace.turn()).cause is Cause.QUOTA


async def test_the_last_places_of_the_day_are_used_up():
    time = Time()
    pace = a_pace(Relays(), time, per_minute=6_000, per_day=12)
    await taken(pace, time, 12)  # two blocks of five, and the two that are left
    assert await pace.turn() is not None


async def test_everyone_who_waits_hears_that_the_day_is_over():
    time = Time()
    pace = a_pace(Relays(), time, per_day=1)
    halts = await asyncio.gather(*(pace.turn() for _ in range(3)))
    assert [halt is None for halt in halts] == [True, False, False]
