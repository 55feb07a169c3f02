"""Harvesting over a real store: every answer has a state, and trouble stays where it is."""

from datetime import timedelta

import pytest

from digest.core.harvest import Cursor, Harvest, HarvestState
from digest.pipeline.harvest import harvest
from tests.builders import NOW, a_paper


class Scripted:
    """A source that gives prepared answers and remembers what it was asked."""

    def __init__(self, name, *answers):
        self.name = name
        self._answers = list(answers)
        self.cursors = []

    async def fetch(self, cursor, *, now):
        assert now == NOW
        self.cursors.append(cursor)
        return self._answers.pop(0)


def good(*numbers, since=NOW):
    papers = tuple(a_paper(f"2406.{number:05}") for number in numbers)
    return Harvest(state=HarvestState.OK, papers=papers, cursor=Cursor(since=since))


def bad(state, **fields):
    return Harvest(state=state, detail="what went wrong", **fields)


async def ask(store, *sources, **options):
    return await harvest(sources, store.papers, store.turns, clock=lambda: NOW, **options)


async def test_new_papers_are_counted_once_over_all_sources(store):
    report = await ask(store, Scripted("a", good(1, 2)), Scripted("b", good(2, 3)))
    assert report.new == 3
    assert report.troubled == ()


async def test_next_harvest_goes_on_from_the_cursor(store):
    source = Scripted("a", good(1), good(2))
    await ask(store, source)
    await ask(store, source)
    assert [cursor.since for cursor in source.cursors] == [None, NOW]


@pytest.mark.parametrize("state", [state for state in HarvestState if not state.is_good])
async def test_trouble_is_named_and_the_cursor_stays(store, state):
    source = Scripted("a", good(1), bad(state), good(2))
    await ask(store, source)
    report = await ask(store, source)
    record = store.papers.source_record("a")
    assert [(trouble.state, trouble.detail) for trouble in report.troubled] == [
        (state, "what went wrong")
    ]
    assert (record.state, record.detail, record.failures) == (state.value, "what went wrong", 1)
    await ask(store, source)
    assert source.cursors[2] == source.cursors[1]
    assert store.papers.source_record("a").failures == 0


async def test_half_an_answer_still_has_news(store):
    half = Harvest(state=HarvestState.TRUNCATED, papers=(a_paper(),))
    assert (await ask(store, Scripted("a", half))).new == 1


async def test_one_source_in_trouble_does_not_stop_the_others(store):
    report = await ask(store, Scripted("a", bad(HarvestState.UNREACHABLE)), Scripted("b", good(1)))
    assert report.new == 1
    assert [trouble.name for trouble in report.troubled] == ["a"]


async def test_a_source_that_asked_us_to_wait_is_not_asked_before(store):
    later = NOW + timedelta(minutes=10)
    source = Scripted("a", bad(HarvestState.RATE_LIMITED, retry_after=later), good(1))
    await ask(store, source)
    report = await ask(store, source)
    assert len(source.cursors) == 1
    assert report.sources[0].detail == "asked us to wait until 2026-11-23 08:10:00 UTC"


async def test_since_asks_again_for_what_was_read_before(store):
    source = Scripted("a", good(1), good(1))
    await ask(store, source)
    await ask(store, source, since=NOW - timedelta(days=3))
    assert source.cursors[1] == Cursor(since=NOW - timedelta(days=3))


async def test_each_report_is_told_as_it_comes(store):
    told = []
    await ask(store, Scripted("a", good(1)), Scripted("b", good(2)), told=told.append)
    assert {report.name for report in told} == {"a", "b"}


async def test_a_source_that_another_process_asked_is_left_alone(store):
    source = Scripted("a", good(1))
    told = []
    report = await ask(store, source, wanted=lambda record: record.name != "a", told=told.append)
    assert (report.sources, told) == ((), [])
