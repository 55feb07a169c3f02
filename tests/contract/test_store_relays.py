"""What every ``RelayStore`` promises."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from digest.core.outcome import Cause, Fault
from digest.core.pace import Places
from digest.ports import Halt, RelayRecord
from tests.builders import NOW

MINUTE = timedelta(minutes=1)
START = NOW.timestamp()
DAY = 86_400.0
HALT = Halt(
    relay="mx:25",
    reply="smtp mx:25: connection refused",
    cause=Cause.RELAY_UNREACHABLE,
    fault=Fault.RELAY,
)
OTHER_PROCESS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from digest.store import open_store

url, base, now = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
relays = open_store(url, base=base).relays
day = datetime.fromtimestamp(now, UTC).date()
print("ready", flush=True)
sys.stdin.readline()
for _ in range(50):
    places = relays.reserve("mx:25", now=now, day=day, interval=0.5, count=3, per_day=240)
    if places:
        print(places.first, places.count)
"""


@pytest.fixture
def relays(store):
    return store.relays


@pytest.fixture
def record(relays):
    return lambda now=NOW: relays.relay_record("mx:25", now=now)


@pytest.fixture
def reserve(relays):
    def take(name="mx:25", *, now=START, interval=1.0, count=1, per_day=0):
        day = datetime.fromtimestamp(now, UTC).date()
        return relays.reserve(
            name, now=now, day=day, interval=interval, count=count, per_day=per_day
        )

    return take


def moments(places):
    return [places.first + number * places.interval for number in range(places.count)]


# --- how a relay does ----------------------------------------------------------------------


def test_of_a_relay_never_used_nothing_is_known(relays, record):
    assert record() == RelayRecord(name="mx:25")
    assert relays.relay_records(now=NOW) == []


def test_a_trouble_is_remembered(relays, record):
    relays.note_trouble("mx:25", HALT, now=NOW, not_before=NOW + MINUTE)
    assert record() == RelayRecord(
        name="mx:25",
        failures=1,
        trouble=HALT.reply,
        cause=Cause.RELAY_UNREACHABLE,
        since=NOW,
        not_before=NOW + MINUTE,
    )


def test_a_trouble_that_goes_on_is_counted_from_its_beginning(relays, record):
    relays.note_trouble("mx:25", HALT, now=NOW, not_before=NOW + MINUTE)
    worse = replace(HALT, reply="login refused", cause=Cause.LOGIN_REFUSED, fault=Fault.OURS)
    later = NOW + 5 * MINUTE
    relays.note_trouble("mx:25", worse, now=later, not_before=later + MINUTE)
    after = record()
    assert (after.failures, after.since, after.not_before) == (2, NOW, later + MINUTE)
    assert (after.trouble, after.cause) == ("login refused", Cause.LOGIN_REFUSED)


def test_success_ends_a_trouble(relays, record):
    relays.note_trouble("mx:25", HALT, now=NOW, not_before=NOW + MINUTE)
    relays.note_success("mx:25")
    assert record() == RelayRecord(name="mx:25")
    relays.note_trouble("mx:25", HALT, now=NOW + MINUTE, not_before=NOW + 2 * MINUTE)
    assert (record().failures, record().since) == (1, NOW + MINUTE)


def test_success_of_a_new_relay_is_remembered_too(relays):
    relays.note_success("mx:25")
    assert relays.relay_records(now=NOW) == [RelayRecord(name="mx:25")]


def test_success_gives_back_neither_places_nor_quota(relays, reserve, record):
    reserve(count=5, per_day=5)
    relays.note_success("mx:25")
    relays.note_trouble("mx:25", HALT, now=NOW, not_before=NOW)
    assert reserve(per_day=5) is None
    assert reserve().first == START + 5
    assert record().sent_today == 6


def test_relays_are_listed_by_name_each_with_its_own(relays, reserve):
    relays.note_success("b:25")
    relays.note_trouble("c:25", HALT, now=NOW, not_before=NOW)
    reserve("a:25", count=2)
    listed = relays.relay_records(now=NOW)
    assert [(of.name, of.failures, of.sent_today) for of in listed] == [
        ("a:25", 0, 2),
        ("b:25", 0, 0),
        ("c:25", 1, 0),
    ]


# --- places in time ------------------------------------------------------------------------


def test_places_follow_one_another(reserve):
    assert reserve(count=3) == Places(START, 1.0, 3)
    assert reserve(count=2) == Places(START + 3, 1.0, 2)


def test_each_relay_has_its_own_places(reserve):
    assert reserve("mx:25").first == reserve("mx:587").first == START


def test_a_pause_is_not_made_up_for(reserve):
    reserve(count=3)
    assert reserve(now=START + 60, count=2) == Places(START + 60, 1.0, 2)


def test_a_rate_that_was_changed_counts_from_the_next_place(reserve):
    reserve(interval=10.0)
    assert moments(reserve(interval=0.5, count=2)) == [START + 10.0, START + 10.5]


def test_places_are_exact_to_the_microsecond(reserve):
    first = reserve(now=START + 0.123456, interval=0.01)
    assert first.first == pytest.approx(START + 0.123456, abs=1e-6)
    assert reserve(interval=0.01).first == pytest.approx(START + 0.133456, abs=1e-6)


def test_without_a_rate_every_place_is_now(reserve):
    assert [reserve(interval=0.0, now=START + n).first for n in (0, 0, 7)] == [
        START, START, START + 7,
    ]  # fmt: skip


def test_threads_never_get_the_same_place(reserve):
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda n: reserve(interval=0.5, count=1 + n % 3), range(80)))
    given = sorted(moment for places in taken for moment in moments(places))
    assert given == [START + number * 0.5 for number in range(len(given))]
    assert len(given) == sum(1 + n % 3 for n in range(80))


def test_processes_never_get_the_same_place_nor_more_than_the_day_allows(
    store_url, tmp_path, record
):
    command = [sys.executable, "-c", OTHER_PROCESS, store_url, str(tmp_path), str(START)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    root = Path(__file__).parents[2]
    with (
        subprocess.Popen(command, cwd=root, **pipes) as one,  # noqa: S603 - our own code
        subprocess.Popen(command, cwd=root, **pipes) as two,  # noqa: S603 - our own code
    ):
        for child in (one, two):
            assert child.stdout.readline() == "ready\n"
        for child in (one, two):
            child.stdin.write("go\n")
            child.stdin.flush()
        said = [line.split() for child in (one, two) for line in child.stdout]
    given = sorted(
        moment for first, count in said for moment in moments(Places(float(first), 0.5, int(count)))
    )
    assert given == [START + number * 0.5 for number in range(240)]
    assert record().sent_today == 240


# --- the day's quota -----------------------------------------------------------------------


def test_mails_are_counted_against_the_day(reserve, record):
    reserve(count=3)
    reserve(count=2, per_day=100)
    assert record().sent_today == 5


def test_the_end_of_the_quota_leaves_fewer_places_and_then_none(reserve, record):
    assert [reserve(count=4, per_day=10).count for _ in range(3)] == [4, 4, 2]
    assert reserve(count=4, per_day=10) is None
    assert record().sent_today == 10


def test_a_place_refused_by_the_quota_costs_no_time(reserve):
    reserve(count=1, per_day=1)
    assert reserve(count=1, per_day=1) is None
    assert reserve(count=1, per_day=2).first == START + 1


def test_a_quota_lowered_below_what_was_sent_leaves_none(reserve, record):
    reserve(count=5, per_day=10)
    assert reserve(per_day=3) is None
    assert record().sent_today == 5


def test_a_new_day_begins_at_midnight_utc(reserve, record):
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    reserve(count=2, per_day=2)
    last_moment = midnight.timestamp() - 0.5
    assert reserve(now=last_moment, per_day=2) is None
    assert record(midnight - timedelta.resolution).sent_today == 2
    assert record(midnight).sent_today == 0
    assert reserve(now=midnight.timestamp(), count=3, per_day=2).count == 2
    assert record(midnight).sent_today == 2
    assert reserve(now=midnight.timestamp() + DAY, per_day=2).count == 1


def test_the_count_of_the_day_is_told_in_any_zone(reserve, relays):
    reserve(count=2)
    elsewhere = NOW.astimezone(timezone(-timedelta(hours=12)))  # where it is still yesterday
    assert relays.relay_record("mx:25", now=elsewhere).sent_today == 2
