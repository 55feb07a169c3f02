from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.harvest import Cursor, HarvestState, Parsed
from digest.sources.arxiv_calendar import expected_batch
from digest.sources.arxiv_feed import MOST_ITEMS, day_of, parse
from digest.sources.arxiv_rss import in_time

DATA = Path(__file__).parents[2] / "data" / "arxiv-rss"


def weekday_feed():
    return (DATA / "weekday.xml").read_bytes()


def test_new_paper_is_read():
    paper = parse(weekday_feed()).papers[0]
    assert paper.id == "arxiv:2611.91001"
    assert paper.version == 1
    assert paper.abstract == "Candles are cheap. Attention is not & never was."
    assert paper.authors == ("Jörg Müller", "Lia Wick", "Tom Taper Jr.", "Élan Vital")
    assert paper.categories == ("cs.CL", "cs.AI")
    assert paper.published == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert paper.doi == "10.9999/candle.1"
    assert paper.comment == "Wax and Wick 7 (2026)"
    assert paper.url == "https://arxiv.org/abs/2611.91001"
    assert paper.sources == ("arxiv-rss",)


def test_replacements_are_no_news_and_no_fault():
    parsed = parse(weekday_feed())
    assert [paper.id for paper in parsed.papers] == [
        "arxiv:2611.91001",
        "arxiv:2611.91002",
        "arxiv:2007.91003",
    ]
    assert parsed.skipped == ("item 6: 'hologram' is no kind of announcement that we know",)
    assert parsed.state is HarvestState.OK


def test_cross_listing_of_an_old_paper_has_no_first_day():
    _, fresh, old = parse(weekday_feed()).papers
    assert fresh.published == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert old.published is None


def test_kind_and_id_are_also_read_from_the_description():
    bare = weekday_feed().replace(b"<arxiv:announce_type>new</arxiv:announce_type>", b"")
    bare = bare.replace(b'<guid isPermaLink="false">oai:arXiv.org:2611.91001v1</guid>', b"")
    assert parse(bare).papers[0].id == "arxiv:2611.91001"


def test_item_without_kind_is_listed():
    feed = (
        weekday_feed()
        .replace(b"Announce Type: new", b"Announcing")
        .replace(b"<arxiv:announce_type>new</arxiv:announce_type>", b"")
    )
    assert parse(feed).skipped[0] == "item 1: '' is no kind of announcement that we know"


def test_time_without_a_zone_is_in_utc():
    feed = weekday_feed().replace(b"Mon, 23 Nov 2026 00:00:00 -0500", b"Mon, 23 Nov 2026 00:00:00")
    assert parse(feed).papers[0].published == datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("day", [b"soon", b"Fri, 31 Dec 9999 23:00:00 -0500"])
def test_unreadable_day_costs_nobody_the_paper(day):
    feed = weekday_feed().replace(b"Mon, 23 Nov 2026 00:00:00 -0500", day)
    parsed = parse(feed)
    assert parsed.papers[0].published is None
    assert day_of(parsed.batch) is None


def test_batch_names_its_day_and_changes_with_the_bytes():
    feed = weekday_feed()
    batch = parse(feed).batch
    assert day_of(batch) == date(2026, 11, 23)
    assert parse(feed).batch == batch
    assert parse(feed.replace(b"05:00:09", b"05:00:10")).batch != batch


def test_atom_says_the_same():
    parsed = parse((DATA / "weekday.atom").read_bytes())
    (paper,) = parsed.papers
    assert paper.id == "arxiv:2608.92001"
    assert paper.abstract == "We link readers."
    assert paper.authors == ("Nina Link", "Otto Chain")
    assert paper.categories == ("cs.CL", "cs.HC")
    assert paper.published == datetime(2026, 8, 20, 4, tzinfo=UTC)
    assert day_of(parsed.batch) == date(2026, 8, 20)


def test_atom_without_entries_takes_its_day_from_its_own_date():
    atom = (DATA / "weekday.atom").read_bytes()
    empty = atom[: atom.index(b"<entry>")] + b"</feed>"
    assert day_of(parse(empty).batch) == date(2026, 8, 20)
    assert parse(empty.replace(b"2026-08-20", b"2026-08-22")).state is HarvestState.QUIET


def test_rss_of_2023_is_read():
    parsed = parse((DATA / "of_2023.rdf").read_bytes())
    spoons, groups = parsed.papers
    assert spoons.title == "Measuring the weight of Ω with two spoons"
    assert spoons.abstract == "Two spoons are enough & cheap."
    assert spoons.authors == ("SPOON collaboration", "R. Löffel")
    assert spoons.categories == ("hep-ex",)
    assert spoons.published == datetime(2023, 7, 7, 1, 30, tzinfo=UTC)
    assert groups.version == 2
    assert groups.published is None
    assert parsed.skipped == (
        "item 4: 'http://arxiv.org/abs/2307.93004': no title that names the paper",
    )


def test_fewer_items_than_the_feed_lists_is_incomplete():
    feed = (DATA / "of_2023.rdf").read_bytes()
    short = feed[: feed.index(b'<item rdf:about="http://arxiv.org/abs/2306')] + b"</rdf:RDF>"
    parsed = parse(short)
    assert parsed.state is HarvestState.INCOMPLETE
    assert parsed.detail == "1 items came of 4 that the feed lists"
    assert len(parsed.papers) == 1


def test_empty_feed_of_a_day_of_rest_is_quiet():
    assert parse((DATA / "saturday.xml").read_bytes()).state is HarvestState.QUIET


def test_empty_feed_of_a_working_day_is_incomplete():
    feed = (DATA / "saturday.xml").read_bytes().replace(b"Sat, 21 Nov", b"Fri, 20 Nov")
    parsed = parse(feed)
    assert parsed.state is HarvestState.INCOMPLETE
    assert "2026-11-20 is no day of rest" in parsed.detail


def test_days_of_rest_are_the_feeds_own():
    feed = (DATA / "saturday.xml").read_bytes().replace(b"<day>Saturday</day>", b"")
    assert parse(feed).state is HarvestState.INCOMPLETE


def test_full_feed_may_have_lost_some():
    feed = weekday_feed()
    item = feed[feed.index(b"<item>") : feed.index(b"</item>") + len(b"</item>")]
    full = feed.replace(item, b"<item/>" * MOST_ITEMS + item, 1)
    assert parse(full).state is HarvestState.INCOMPLETE


def test_feed_where_no_item_can_be_read_is_malformed():
    assert (
        parse(weekday_feed().replace(b"oai:arXiv.org:", b"x").replace(b"replace", b"refresh")).state
        is HarvestState.MALFORMED
    )


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", HarvestState.TRUNCATED),
        (b"<opml/>", HarvestState.MALFORMED),
        (b"Rate exceeded.", HarvestState.RATE_LIMITED),
    ],
)
def test_what_is_no_feed_has_a_name(body, state):
    assert parse(body).state is state


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23T04:59:00+00:00", date(2026, 11, 20)),  # Sunday 23:59 in New York
        ("2026-11-23T05:59:00+00:00", date(2026, 11, 20)),  # the feed may still be in the making
        ("2026-11-23T06:00:00+00:00", date(2026, 11, 23)),  # Monday 01:00
        ("2026-11-24T05:30:00+00:00", date(2026, 11, 23)),
        ("2026-11-28T12:00:00+00:00", date(2026, 11, 27)),  # Saturday
        ("2026-11-30T01:00:00+00:00", date(2026, 11, 27)),  # Sunday evening in New York
        ("2026-07-15T05:00:00+00:00", date(2026, 7, 15)),  # summer time: an hour earlier
        ("2026-07-15T04:59:00+00:00", date(2026, 7, 14)),
    ],
)
def test_batch_is_due_an_hour_after_midnight_in_new_york(now, due):
    assert expected_batch(datetime.fromisoformat(now)) == due


@given(st.integers(1_500_000_000, 2_000_000_000))
def test_batch_that_is_due_is_of_a_working_day_within_three(seconds):
    now = datetime.fromtimestamp(seconds, tz=UTC)
    due = expected_batch(now)
    assert due.weekday() < 5
    assert 0 <= (now.date() - due).days <= 3


def judged(day, *, now, state=HarvestState.OK, seen=""):
    read = Parsed(state=state, batch=f"{day} 1234")
    return in_time(read, cursor=Cursor(batch=seen), now=datetime.fromisoformat(now)).state


def test_batch_of_the_day_is_in_time():
    assert judged("2026-11-23", now="2026-11-23T08:00:00+00:00") is HarvestState.OK


def test_same_batch_again_is_unchanged():
    again = judged("2026-11-23", now="2026-11-23T20:00:00+00:00", seen="2026-11-23 1234")
    assert again is HarvestState.UNCHANGED


def test_same_day_with_other_bytes_is_news():
    again = judged("2026-11-23", now="2026-11-23T20:00:00+00:00", seen="2026-11-23 9999")
    assert again is HarvestState.OK


@pytest.mark.parametrize("state", [HarvestState.OK, HarvestState.QUIET, HarvestState.UNCHANGED])
def test_old_batch_is_stale_once_the_next_is_due(state):
    assert judged("2026-11-23", now="2026-11-24T08:00:00+00:00", state=state) is HarvestState.STALE


def test_fridays_batch_is_good_until_monday():
    friday = "2026-11-20 1234"
    assert judged("2026-11-20", now="2026-11-22T20:00:00+00:00", seen=friday) is (
        HarvestState.UNCHANGED
    )


def test_bad_reading_stays_bad():
    assert judged("2020-01-01", now="2026-11-24T08:00:00+00:00", state=HarvestState.INCOMPLETE) is (
        HarvestState.INCOMPLETE
    )


def test_feed_without_a_day_is_not_judged_by_the_calendar():
    assert judged("", now="2026-11-24T08:00:00+00:00") is HarvestState.OK


def test_stale_feed_keeps_its_papers():
    read = parse(weekday_feed())
    late = in_time(read, cursor=Cursor(), now=datetime(2026, 11, 25, 8, tzinfo=UTC))
    assert late.state is HarvestState.STALE
    assert late.papers == read.papers
    assert late.detail.startswith("the feed is still that of 2026-11-23; that of 2026-11-25 is due")
