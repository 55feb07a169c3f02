"""What every ``PaperStore`` promises."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from digest.core.harvest import Cursor, HarvestState
from digest.core.paper import PaperId, Sighting, Signals
from digest.ports import Added, SourceRecord
from digest.store.tables import signals
from tests.builders import NOW, a_harvest, a_paper

NUMBERS = count()
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
ON_ARXIV = a_paper("arxiv:2406.00001", title="Dense Retrieval at Scale", authors=("Ada Lovelace",))
IN_JOURNAL = a_paper("doi:10.1000/dense", title="Retrieval: a Summary", doi="10.1000/dense")


@pytest.fixture
def harvest(store):
    def record(*papers, source="arxiv", now=NOW, not_before=None, **fields):
        answer = a_harvest(*papers, **fields)
        return store.papers.record_harvest(source, answer, now=now, not_before=not_before)

    return record


@pytest.fixture
def candidates(store):
    return lambda: store.papers.papers_since(0, first_seen_after=LONG_AGO)


def test_new_papers_get_rising_serials_in_the_order_told(harvest, candidates):
    told = [a_paper(f"arxiv:2406.0000{number}") for number in (3, 1, 2)]
    assert harvest(*told) == Added(new=3, merged=0)
    stored = candidates()
    assert [paper.paper for paper in stored] == told
    assert [paper.first_seen for paper in stored] == [NOW] * 3
    assert [paper.serial for paper in stored] == sorted({paper.serial for paper in stored})


def test_a_paper_comes_back_as_it_was_told(harvest, candidates):
    paper = a_paper(
        "arxiv:2406.01234",
        title="Ünïcode ≤ n² “quoted”; DROP TABLE papers",
        abstract="One.\tTwo.",
        authors=("Søren Kierkegaard", "李 明"),
        categories=("cs.IR", "cs.CL"),
        published=datetime(1969, 7, 20, 20, 17, 40, 123456, tzinfo=UTC),
        updated=NOW,
        version=3,
        url="https://arxiv.org/abs/2406.01234",
        pdf_url="https://arxiv.org/pdf/2406.01234",
        code_url="https://code.example.org/x",
        discussion_url="https://talk.example.org/x",
        doi="10.1000/xyz",
        comment="12 pages",
        signals=Signals(upvotes=41, comments=0, stars=None, citations=2**31 - 1),
        sources=("arxiv", "huggingface"),
    )
    harvest(paper)
    assert candidates()[0].paper == paper


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    published=st.datetimes(timezones=st.just(UTC)),
)
def test_any_text_and_time_is_kept(store, words, published):
    told = a_paper(f"x:{next(NUMBERS)}", title=words, categories=(words,), published=published)
    store.papers.record_harvest("any", a_harvest(told), now=NOW, not_before=None)
    assert store.papers.papers([told.id]) == {told.id: told}


def test_a_paper_told_again_is_merged_and_keeps_its_serial(harvest, candidates):
    harvest(ON_ARXIV)
    before = candidates()
    fuller = replace(ON_ARXIV, abstract="At last.", signals=Signals(upvotes=3))
    assert harvest(fuller, now=NOW + timedelta(hours=1)) == Added(new=0, merged=1)
    after = candidates()
    assert [paper.serial for paper in after] == [paper.serial for paper in before]
    assert after[0].first_seen == NOW
    assert after[0].paper.abstract == "At last."
    assert after[0].paper.signals == Signals(upvotes=3)


def test_the_same_work_from_another_source_keeps_the_first_id(harvest, candidates, store):
    harvest(replace(ON_ARXIV, doi="10.1000/dense", sources=("arxiv",)))
    told = replace(IN_JOURNAL, sources=("crossref",))
    assert harvest(told, source="crossref") == Added(new=0, merged=1)
    (stored,) = candidates()
    assert stored.paper.id == ON_ARXIV.id
    assert stored.paper.sources == ("arxiv", "crossref")
    assert store.papers.papers([IN_JOURNAL.id]) == {IN_JOURNAL.id: stored.paper}


def test_records_of_one_work_in_one_harvest_are_one_paper(harvest, candidates):
    linked = replace(ON_ARXIV, doi="10.1000/dense")
    assert harvest(IN_JOURNAL, linked, ON_ARXIV) == Added(new=1, merged=0)
    (stored,) = candidates()
    assert stored.paper.id == IN_JOURNAL.id


def test_two_papers_found_to_be_one_go_on_as_the_older(harvest, candidates, store):
    harvest(ON_ARXIV)
    harvest(IN_JOURNAL, source="crossref")
    older, _younger = candidates()
    assert harvest(replace(ON_ARXIV, doi="10.1000/dense")) == Added(new=0, merged=1)
    (left,) = candidates()
    assert (left.serial, left.paper.id) == (older.serial, ON_ARXIV.id)
    assert store.papers.papers([ON_ARXIV.id, IN_JOURNAL.id]) == {
        ON_ARXIV.id: left.paper,
        IN_JOURNAL.id: left.paper,
    }


def test_an_alias_of_an_alias_leads_to_the_oldest(harvest, candidates, store):
    first, second, third = (
        a_paper(f"x:{number}", title=f"Quite a long title, the {number}", authors=("Ada Lovelace",))
        for number in ("first", "second", "third")
    )
    for paper in (first, second, third):
        harvest(paper)
    harvest(replace(third, title=second.title))
    assert [stored.paper.id for stored in candidates()] == [first.id, second.id]
    harvest(replace(second, title=first.title))
    assert [stored.paper.id for stored in candidates()] == [first.id]
    assert {paper.id for paper in store.papers.papers([second.id, third.id]).values()} == {first.id}


def test_a_younger_record_is_not_news_again_when_it_is_told_again(harvest, candidates):
    harvest(ON_ARXIV)
    harvest(IN_JOURNAL)
    harvest(replace(ON_ARXIV, doi="10.1000/dense"))
    assert harvest(IN_JOURNAL) == Added(new=0, merged=1)
    assert [stored.paper.id for stored in candidates()] == [ON_ARXIV.id]


def test_a_number_is_appended_only_when_it_changed(harvest, store):
    for hour, upvotes in enumerate((5, 5, 7, None, 7)):
        told = replace(ON_ARXIV, signals=Signals(upvotes=upvotes))
        harvest(told, now=NOW + timedelta(hours=hour))
    with store.database.reading() as connection:
        seen = select(signals.c.kind, signals.c.value, signals.c.seen_at)
        kept = connection.execute(seen.order_by(signals.c.seen_at)).all()
    assert kept == [("upvotes", 5, NOW), ("upvotes", 7, NOW + timedelta(hours=2))]


def test_two_sources_may_tell_different_numbers_at_the_same_time(harvest, store):
    for source, upvotes in (("arxiv", 5), ("huggingface", 7)):
        harvest(replace(ON_ARXIV, signals=Signals(upvotes=upvotes)), source=source)
    assert store.papers.papers([ON_ARXIV.id])[ON_ARXIV.id].signals.upvotes == 7


def test_a_good_harvest_moves_the_cursor(harvest, store):
    cursor = Cursor(since=NOW, etag='"a"', last_modified="Mon", batch="b7")
    harvest(ON_ARXIV, cursor=cursor)
    assert store.papers.source_record("arxiv") == SourceRecord(
        name="arxiv", cursor=cursor, state="ok", checked_at=NOW, good_at=NOW, papers_total=1
    )


def test_a_harvest_that_is_not_good_keeps_its_papers_but_not_its_cursor(harvest, store):
    harvest(ON_ARXIV, cursor=Cursor(etag="old"))
    later = NOW + timedelta(hours=1)
    until = NOW + timedelta(hours=2)
    for _ in range(2):
        harvest(
            IN_JOURNAL,
            state=HarvestState.TRUNCATED,
            detail="the answer ended early",
            cursor=Cursor(etag="new"),
            now=later,
            not_before=until,
        )
    assert store.papers.source_record("arxiv") == SourceRecord(
        name="arxiv",
        cursor=Cursor(etag="old"),
        state="truncated",
        detail="the answer ended early",
        checked_at=later,
        good_at=NOW,
        failures=2,
        not_before=until,
        papers_total=2,
    )


def test_a_good_answer_ends_a_row_of_failures(harvest, store):
    harvest(state=HarvestState.UNREACHABLE, not_before=NOW)
    harvest(state=HarvestState.QUIET)
    record = store.papers.source_record("arxiv")
    assert (record.failures, record.state, record.not_before) == (0, "quiet", None)


def test_a_source_counts_only_papers_that_it_told_first(harvest, store):
    harvest(ON_ARXIV, source="arxiv")
    harvest(ON_ARXIV, a_paper("x:other"), source="feed")
    assert [(of.name, of.papers_total) for of in store.papers.source_records()] == [
        ("arxiv", 1),
        ("feed", 1),
    ]


def test_a_source_never_asked_has_an_empty_record(store):
    assert store.papers.source_record("arxiv") == SourceRecord(name="arxiv")
    assert store.papers.source_records() == []


def test_a_harvest_that_cannot_be_stored_leaves_nothing(harvest, store):
    without_zone = a_paper("x:bad", published=datetime(2026, 1, 1))  # noqa: DTZ001 - on purpose
    with pytest.raises(StatementError, match="offset-naive"):
        harvest(ON_ARXIV, without_zone)
    assert store.papers.newest_serial() == 0
    assert store.papers.source_records() == []


def test_papers_since_starts_after_a_serial_and_a_time(harvest, store):
    harvest(a_paper("x:1"), a_paper("x:2"), now=NOW)
    harvest(a_paper("x:3"), now=NOW + timedelta(days=1))
    one, two, three = store.papers.papers_since(0, first_seen_after=LONG_AGO)
    assert store.papers.papers_since(one.serial, first_seen_after=LONG_AGO) == [two, three]
    assert store.papers.papers_since(0, first_seen_after=NOW) == [three]
    assert store.papers.newest_serial() == three.serial


def test_unknown_ids_are_left_out(harvest, store):
    harvest(ON_ARXIV)
    unknown = PaperId("arxiv:9999.99999")
    assert store.papers.papers(iter([ON_ARXIV.id, unknown, ON_ARXIV.id])).keys() == {ON_ARXIV.id}
    assert store.papers.papers([]) == {}


def test_a_harvest_may_be_larger_than_a_statement(harvest, candidates, store):
    many = [a_paper(f"x:{number}", signals=Signals(upvotes=number)) for number in range(2_345)]
    assert harvest(*many) == Added(new=2_345, merged=0)
    assert harvest(*many) == Added(new=0, merged=2_345)
    assert [stored.paper for stored in candidates()] == many
    assert len(store.papers.papers(paper.id for paper in many)) == 2_345


def test_sightings_tell_each_number_at_first_and_as_it_was_by_a_time(harvest, store):
    def told(hours, **numbers):
        paper = replace(ON_ARXIV, signals=Signals(**numbers))
        harvest(paper, now=NOW + timedelta(hours=hours))

    told(0, upvotes=1)
    told(1, upvotes=5)
    told(2, upvotes=7, stars=30)
    told(3, upvotes=9, stars=40)
    harvest(a_paper("x:silent"))
    by = NOW + timedelta(hours=1, minutes=30)
    assert store.papers.sightings(first_seen_after=LONG_AGO, by=by) == {
        ON_ARXIV.id: [
            Sighting("stars", NOW + timedelta(hours=2), 30),
            Sighting("upvotes", NOW, 1),
            Sighting("upvotes", NOW + timedelta(hours=1), 5),
        ]
    }
    assert store.papers.sightings(first_seen_after=NOW, by=by) == {}
