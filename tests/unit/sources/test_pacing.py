"""Turns: apart in time, one at a time, whatever happens to clocks, files and holders."""

import asyncio
import fcntl
import os
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.harvest import HarvestState
from digest.errors import ConfigError
from digest.sources.pacing import Pacer, default_pacing_directory
from digest.sources.trouble import FetchTrouble

NOON = 1_770_000_000.0


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def a_pacer(directory: Path, clock: Clock) -> Pacer:
    return Pacer(directory, clock=clock, sleep=clock.sleep)


def the_stamp(directory: Path) -> Path:
    (stamp,) = directory.iterdir()
    return stamp


async def test_first_turn_comes_at_once(tmp_path):
    clock = Clock()
    async with a_pacer(tmp_path, clock).turn("arxiv", 3.0):
        assert clock.slept == []


async def test_second_turn_waits_for_the_rest_of_the_interval(tmp_path):
    clock = Clock()
    pacer = a_pacer(tmp_path, clock)
    async with pacer.turn("arxiv", 3.0):
        pass
    clock.now += 1.0
    async with pacer.turn("arxiv", 3.0):
        assert clock.slept == [pytest.approx(2.0)]


async def test_interval_begins_when_the_turn_before_has_ended(tmp_path):
    clock = Clock()
    pacer = a_pacer(tmp_path, clock)
    async with pacer.turn("arxiv", 3.0):
        clock.now += 46.0
    async with pacer.turn("arxiv", 3.0):
        assert clock.slept == [pytest.approx(3.0)]


async def test_interval_counts_across_pacers_of_one_directory(tmp_path):
    clock = Clock()
    async with a_pacer(tmp_path, clock).turn("arxiv", 3.0):
        pass
    async with a_pacer(tmp_path, clock).turn("arxiv", 3.0):
        assert clock.now == pytest.approx(NOON + 3.0)


async def test_keys_do_not_wait_for_each_other(tmp_path):
    clock = Clock()
    pacer = a_pacer(tmp_path, clock)
    async with pacer.turn("arxiv", 3.0), pacer.turn("a/rxiv", 3.0), pacer.turn("ARXIV", 3.0):
        assert clock.slept == []
    assert len(list(tmp_path.iterdir())) == 3


@given(key=st.text())
async def test_any_text_can_be_a_key(tmp_path_factory, key):
    directory = tmp_path_factory.mktemp("pace")
    async with a_pacer(directory, Clock()).turn(key, 1.0):
        assert the_stamp(directory).parent == directory


async def test_turns_of_one_key_never_overlap(tmp_path):
    clock = Clock()
    pacer = a_pacer(tmp_path, clock)
    inside = 0
    starts = []

    async def take() -> None:
        nonlocal inside
        async with pacer.turn("arxiv", 0.5):
            inside += 1
            assert inside == 1
            starts.append(clock.now)
            await clock.sleep(0.2)
            inside -= 1

    await asyncio.gather(*(take() for _ in range(5)))
    gaps = [b - a for a, b in pairwise(starts)]
    assert len(starts) == 5
    assert min(gaps) >= 0.7 - 1e-6


async def test_turn_without_interval_still_excludes_others(tmp_path):
    clock = Clock()
    pacer = a_pacer(tmp_path, clock)
    async with pacer.turn("arxiv", 0.0):
        waiting = asyncio.create_task(pacer.turn("arxiv", 0.0).__aenter__())
        await asyncio.sleep(0)
        assert clock.slept == [0.05]
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_clock_set_back_stalls_for_one_interval_at_most(tmp_path):
    clock = Clock()
    pacer = a_pacer(tmp_path, clock)
    async with pacer.turn("arxiv", 3.0):
        pass
    clock.now -= 7200
    async with pacer.turn("arxiv", 3.0):
        assert clock.slept == [3.0]


@pytest.mark.parametrize("text", ["", "yesterday", "nan", "-inf", "\x00" * 40])
async def test_unreadable_stamp_does_not_stop_the_turn(tmp_path, text):
    clock = Clock()
    pacer = a_pacer(tmp_path, clock)
    async with pacer.turn("arxiv", 3.0):
        pass
    the_stamp(tmp_path).write_text(text)
    async with pacer.turn("arxiv", 3.0):
        assert clock.slept == []
    assert float(the_stamp(tmp_path).read_text()[:32]) == pytest.approx(NOON)


async def test_stamp_is_written_before_the_request_and_stays_after_a_failure(tmp_path):
    clock = Clock()
    pacer = a_pacer(tmp_path, clock)

    async def fail() -> None:
        async with pacer.turn("arxiv", 3.0):
            assert float(the_stamp(tmp_path).read_text()) == pytest.approx(NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with pacer.turn("arxiv", 3.0):
        assert clock.slept == [pytest.approx(3.0)]


async def test_error_of_the_request_is_not_taken_for_one_of_the_stamp(tmp_path):
    with pytest.raises(TimeoutError):
        async with a_pacer(tmp_path, Clock()).turn("arxiv", 3.0):
            raise TimeoutError


async def test_cancelled_waiter_leaves_the_turn_to_others(tmp_path):
    clock = Clock()
    pacer = a_pacer(tmp_path, clock)
    async with pacer.turn("arxiv", 3.0):
        pass

    async def never(_seconds: float) -> None:
        await asyncio.Event().wait()

    async def take() -> None:
        async with Pacer(tmp_path, clock=clock, sleep=never).turn("arxiv", 3.0):
            raise AssertionError

    waiter = asyncio.create_task(take())
    await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    async with pacer.turn("arxiv", 3.0):
        assert clock.slept == [pytest.approx(3.0)]


async def test_turn_that_never_comes_is_a_named_trouble(tmp_path):
    clock = Clock()
    pacer = a_pacer(tmp_path, clock)
    async with pacer.turn("arxiv", 3.0):
        with pytest.raises(FetchTrouble, match="arxiv: another process") as caught:
            await pacer.turn("arxiv", 3.0).__aenter__()
    assert caught.value.state is HarvestState.UNREACHABLE
    assert sum(clock.slept) == pytest.approx(600, abs=1)


async def test_lock_on_a_file_that_lost_its_name_is_not_a_turn(tmp_path, monkeypatch):
    clock = Clock()
    lock = fcntl.flock

    def swept_then_locked(descriptor: int, operation: int) -> None:
        if operation & fcntl.LOCK_EX and not clock.slept:
            the_stamp(tmp_path).unlink()
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", swept_then_locked)
    async with a_pacer(tmp_path, clock).turn("arxiv", 3.0):
        assert clock.slept == [0.05]
        assert the_stamp(tmp_path).read_text()


async def test_place_that_cannot_be_written_is_a_named_trouble(tmp_path):
    taken = tmp_path / "file"
    taken.write_text("")
    with pytest.raises(FetchTrouble, match="pace of requests cannot be kept there") as caught:
        await a_pacer(taken, Clock()).turn("arxiv", 3.0).__aenter__()
    assert caught.value.state is HarvestState.UNREACHABLE


async def test_link_in_the_place_of_a_stamp_is_not_followed(tmp_path):
    pacer = a_pacer(tmp_path / "pace", Clock())
    async with pacer.turn("arxiv", 3.0):
        pass
    victim = tmp_path / "victim"
    victim.write_text("precious")
    stamp = the_stamp(tmp_path / "pace")
    stamp.unlink()
    stamp.symlink_to(victim)
    with pytest.raises(FetchTrouble, match="cannot be kept there"):
        await pacer.turn("arxiv", 3.0).__aenter__()
    assert victim.read_text() == "precious"


def test_default_directory_is_ours_alone_and_stays_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    directory = default_pacing_directory()
    assert directory == default_pacing_directory()
    assert directory.parent == tmp_path
    assert directory.stat().st_mode & 0o777 == 0o700


def test_default_directory_that_others_may_write_to_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    default_pacing_directory().chmod(0o777)
    with pytest.raises(ConfigError, match="mode 0700"):
        default_pacing_directory()


def test_link_in_the_place_of_the_default_directory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / f"digest-pacing-{os.getuid()}").symlink_to(elsewhere)
    with pytest.raises(ConfigError, match="must be a directory of your own"):
        default_pacing_directory()
