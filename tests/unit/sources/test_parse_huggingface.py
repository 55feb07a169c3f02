from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.core.harvest import HarvestState, Parsed
from digest.core.paper import Signals
from digest.sources.huggingface import joined, parse
from tests.builders import a_paper

DATA = Path(__file__).parents[2] / "data" / "huggingface"

WEDNESDAY = [date(2026, 11, 25), date(2026, 11, 24), date(2026, 11, 23)]
MONDAY = [date(2026, 11, 23), date(2026, 11, 22), date(2026, 11, 21)]
SUNDAY = [date(2026, 11, 22), date(2026, 11, 21), date(2026, 11, 20)]


@pytest.fixture
def day():
    return parse((DATA / "day.json").read_bytes())


def test_fields_of_an_item_are_read(day):
    paper = day.papers[0]
    assert paper.id == "arxiv:2611.94001"
    assert paper.title == "Lions, Tigers, and Loss Curves"
    assert paper.abstract == "We train cats. They do not listen."
    assert paper.signals == Signals(upvotes=41, comments=7, stars=130)
    assert paper.url == "https://arxiv.org/abs/2611.94001"
    assert paper.code_url == "https://github.com/cat-lab/lions"
    assert paper.discussion_url == "https://huggingface.co/papers/2611.94001"
    assert paper.sources == ("huggingface",)


def test_inner_date_counts_because_the_outer_one_names_the_day_before(day):
    assert day.papers[0].published == datetime(2026, 11, 18, tzinfo=UTC)


def test_hidden_authors_are_not_shown(day):
    assert day.papers[0].authors == ("Kim Löwe", "Ann Bold")


def test_values_of_wrong_types_are_not_known(day):
    paper = day.papers[1]
    assert paper.signals == Signals()
    assert (paper.authors, paper.published, paper.abstract, paper.code_url) == ((), None, "", "")


def test_withdrawn_and_nameless_items_are_listed(day):
    assert day.skipped == (
        "item 3: arxiv:2611.94003: withdrawn",
        "item 4: '' is no arXiv id",
        "item 5: '' is no arXiv id",
    )


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"[]", HarvestState.QUIET),
        (b'{"error": "Invalid date"}', HarvestState.REFUSED),
        (b'{"error": "Internal Error - we are on it"}', HarvestState.UNREACHABLE),
        (b'{"error": "Too many requests"}', HarvestState.RATE_LIMITED),
        (b'{"papers": []}', HarvestState.MALFORMED),
        (b"[7]", HarvestState.MALFORMED),
        (b'[{"paper": {"id": "2611.94001", "ti', HarvestState.TRUNCATED),
        (b'{"error": ', HarvestState.TRUNCATED),
        (b"[1,]", HarvestState.MALFORMED),
        (b"[" * 100_000, HarvestState.MALFORMED),
        (b"[" + b"1" * 5000 + b"]", HarvestState.MALFORMED),
        (b"\xff\xfe\xff", HarvestState.MALFORMED),
        (b"", HarvestState.TRUNCATED),
        (b"<html>busy</html>", HarvestState.MALFORMED),
    ],
)
def test_every_other_answer_has_a_name(body, state):
    assert parse(body).state is state


def test_paper_on_two_lists_is_told_once_as_the_newest_has_it():
    new, old = a_paper(signals=Signals(upvotes=9)), a_paper(signals=Signals(upvotes=4))
    other = a_paper("arxiv:2406.05678")
    whole = joined([Parsed(papers=(new,)), Parsed(papers=(other, old))], days=WEDNESDAY)
    assert whole.papers == (new, other)


def test_empty_lists_of_a_weekend_are_quiet():
    assert joined([Parsed()] * 3, days=MONDAY).state is HarvestState.QUIET


@pytest.mark.parametrize("days", [WEDNESDAY, SUNDAY])
def test_empty_list_of_a_working_day_that_is_over_is_stale(days):
    assert joined([Parsed()] * 3, days=days).state is HarvestState.STALE


def test_one_empty_list_is_no_trouble():
    whole = joined([Parsed(), Parsed(papers=(a_paper(),)), Parsed()], days=WEDNESDAY)
    assert whole.state is HarvestState.OK


def test_one_bad_list_spoils_the_harvest_but_not_the_papers():
    bad = Parsed(state=HarvestState.TRUNCATED, detail="half of it")
    whole = joined([Parsed(papers=(a_paper(),), skipped=("item 1: x",)), bad], days=WEDNESDAY)
    assert (whole.state, whole.detail) == (HarvestState.TRUNCATED, "half of it")
    assert (len(whole.papers), whole.skipped) == (1, ("item 1: x",))
