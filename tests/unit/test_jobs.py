"""What the daemon repeats: how its log tells of turns that go wrong, and that a stop is none."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import structlog

from digest.daemon.jobs import Jobs

SECOND = timedelta(seconds=1)


def now():
    return datetime.now(UTC)


def loud(caplog):
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]


async def test_a_job_that_a_stop_cuts_off_is_no_error_in_the_log(caplog):
    jobs, begun = Jobs(), asyncio.Event()

    async def long():
        begun.set()
        await asyncio.sleep(60)

    with structlog.testing.capture_logs() as told:
        jobs.start()
        jobs.repeat("harvest arxiv", long, every=SECOND, first=now())
        await begun.wait()
        jobs.shut_down()
        await asyncio.sleep(0.05)
    assert loud(caplog) == []
    assert told == []


async def test_turns_left_out_because_one_still_runs_are_told_once_and_by_name(caplog):
    jobs = Jobs()

    async def long():
        await asyncio.sleep(60)

    with structlog.testing.capture_logs() as told:
        jobs.start()
        jobs.repeat("harvest arxiv", long, every=SECOND, first=now())
        async with asyncio.timeout(10):
            while not told:  # noqa: ASYNC110 - the scheduler alone knows when
                await asyncio.sleep(0.02)
        jobs.move("harvest arxiv", now())
        await asyncio.sleep(0.05)
        jobs.shut_down()
        await asyncio.sleep(0.05)
    why = "the one before still runs"
    assert told == [
        {"event": "turn_left_out", "log_level": "info", "job": "harvest arxiv", "why": why}
    ]
    assert loud(caplog) == []


async def test_an_error_that_nobody_expects_is_told_with_its_job_and_where_it_came_from():
    jobs, done = Jobs(), asyncio.Event()

    async def broken():
        done.set()
        raise ZeroDivisionError

    with structlog.testing.capture_logs() as told:
        jobs.start()
        jobs.repeat("tidy", broken, every=SECOND, first=now())
        await done.wait()
        await asyncio.sleep(0.05)
        jobs.shut_down()
        await asyncio.sleep(0.05)
    assert [(line["event"], line["job"]) for line in told] == [("job_failed", "tidy")]
    assert told[0]["exc_info"]
