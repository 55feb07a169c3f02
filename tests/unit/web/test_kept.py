"""Costly values: made once for all who ask, kept for some seconds, failures not at all."""

import asyncio
import threading

import pytest
from structlog.testing import capture_logs

from digest.web.kept import Kept


@pytest.fixture
def logged():
    with capture_logs() as logs:
        yield logs


@pytest.fixture
def kept(clock):
    return Kept(seconds=10, most=2, clock=clock)


async def test_a_value_is_made_once_until_it_is_old(kept, clock):
    made = []

    def make():
        made.append(1)
        return len(made)

    assert [await kept.get("a", make) for _ in range(3)] == [1, 1, 1]
    clock.now = 9.9
    assert await kept.get("a", make) == 1
    clock.now = 20
    assert await kept.get("a", make) == 2


async def test_a_value_a_little_too_old_is_given_out_while_a_new_one_is_made(kept, clock):
    gate, made = threading.Event(), []

    def make():
        gate.wait(5)
        made.append(1)
        return len(made)

    gate.set()
    assert await kept.get("a", make) == 1
    gate.clear()
    clock.now = 15
    assert [await kept.get("a", make) for _ in range(3)] == [1, 1, 1]
    clock.now = 20  # when who asks waits
    gate.set()
    assert await kept.get("a", make) == 2
    assert len(made) == 2


async def test_what_cannot_be_made_anew_is_a_failure_once_it_is_much_too_old(kept, clock, logged):
    def fail():
        raise ValueError("no")

    assert await kept.get("a", lambda: 1) == 1
    clock.now = 15
    assert await kept.get("a", fail) == 1
    await asyncio.sleep(0.05)
    assert [(each["event"], each["error"]) for each in logged] == [("not_made", "ValueError: no")]
    clock.now = 20
    with pytest.raises(ValueError, match="no"):
        await kept.get("a", fail)


async def test_who_asks_at_the_same_time_waits_for_the_same_value(kept):
    gate, made = threading.Event(), []

    def make():
        gate.wait(5)
        made.append(1)
        return len(made)

    asking = [asyncio.create_task(kept.get("a", make)) for _ in range(5)]
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(*asking) == [1] * 5


async def test_who_goes_away_does_not_stop_the_others(kept):
    gate = threading.Event()

    def make():
        gate.wait(5)
        return 1

    first, second = (asyncio.create_task(kept.get("a", make)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    assert await second == 1


async def test_a_failure_is_told_to_all_and_not_kept(kept):
    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await kept.get("a", fail)
    assert await kept.get("a", lambda: 1) == 1


async def test_what_was_not_asked_for_the_longest_goes(kept):
    for key in ("a", "b", "a", "c"):
        await kept.get(key, lambda: "first")
    assert await kept.get("a", lambda: "again") == "first"
    assert await kept.get("b", lambda: "again") == "again"
