"""What every source owes to the harvest (see ``digest.ports.Source``)."""

from datetime import timedelta
from pathlib import Path

import pytest

from digest.core.harvest import Cursor, HarvestState
from digest.sources.answer import Answer
from digest.sources.arxiv import ArxivSource
from digest.sources.arxiv_rss import ArxivRssSource
from digest.sources.feed import FeedSource
from digest.sources.file import FileSource, read_papers
from digest.sources.huggingface import HuggingFaceSource
from digest.sources.trouble import FetchTrouble
from tests.builders import NOW

DATA = Path(__file__).parents[1] / "data"
MIRROR = "http://127.0.0.1:8099/mirror"
OLD = Cursor(since=NOW - timedelta(days=1), etag='"old"', last_modified="then", batch="old")
GOOD = {
    "arxiv": DATA / "arxiv" / "page_of_2016.xml",
    "arxiv-rss": DATA / "arxiv-rss" / "weekday.xml",
    "huggingface": DATA / "huggingface" / "day.json",
    "feed": DATA / "feeds" / "journal.rdf",
}
GARBAGE = [
    b"",
    b"\x00\xff",
    b"<",
    b"<rss",
    b"<html></html>",
    b"{",
    b"[{}]",
    b"null",
    b"Rate exceeded.",
]


class FakeGetter:
    """Gives the same answer to everybody, or raises the same trouble."""

    def __init__(self, reply):
        self.reply = reply
        self.asked = []

    async def get(self, url, **conditions):
        self.asked.append((url, conditions))
        if isinstance(self.reply, FetchTrouble):
            raise self.reply
        return self.reply


def answer(body, status=200):
    return Answer(
        status=status,
        body=body,
        url=MIRROR,
        content_type="",
        etag='"new"',
        last_modified="now",
    )


def source(kind, reply, *, url=MIRROR):
    client = FakeGetter(reply)
    match kind:
        case "arxiv":
            return ArxivSource(name="mine", client=client, categories=("cs.CL", "cs.IR"), url=url)
        case "arxiv-rss":
            return ArxivRssSource(
                name="mine", client=client, categories=("cs.CL", "cs.IR"), url=url
            )
        case "huggingface":
            return HuggingFaceSource(name="mine", client=client, url=url)
        case _:
            return FeedSource(name="mine", client=client, url=url)


@pytest.fixture(params=GOOD)
def kind(request):
    return request.param


async def test_good_answer_moves_the_cursor(kind):
    harvest = await source(kind, answer(GOOD[kind].read_bytes())).fetch(OLD, now=NOW)
    assert harvest.state is HarvestState.OK
    assert harvest.papers
    assert harvest.cursor.since == NOW
    assert harvest.detail == ""


async def test_every_paper_tells_its_source(kind):
    harvest = await source(kind, answer(GOOD[kind].read_bytes())).fetch(Cursor(), now=NOW)
    assert {paper.sources for paper in harvest.papers} == {("mine",)}


async def test_trouble_becomes_the_state_and_the_cursor_stays(kind):
    trouble = FetchTrouble(
        HarvestState.RATE_LIMITED, "too fast", retry_after=NOW + timedelta(minutes=5)
    )
    harvest = await source(kind, trouble).fetch(OLD, now=NOW)
    assert harvest.state is HarvestState.RATE_LIMITED
    assert harvest.detail == "too fast"
    assert harvest.retry_after == NOW + timedelta(minutes=5)
    assert harvest.cursor == OLD


@pytest.mark.parametrize("body", GARBAGE)
async def test_garbage_is_never_raised_and_never_good(kind, body):
    harvest = await source(kind, answer(body)).fetch(OLD, now=NOW)
    assert not harvest.state.is_good
    assert harvest.detail
    assert harvest.papers == ()
    assert harvest.cursor == OLD


async def test_url_takes_the_place_of_the_upstream(kind):
    asking = source(kind, answer(b""))
    await asking.fetch(Cursor(), now=NOW)
    assert all(url.startswith(MIRROR) for url, _ in asking.client.asked)


@pytest.mark.parametrize("kind", ["arxiv", "arxiv-rss", "huggingface"])
async def test_without_url_the_upstream_itself_is_asked(kind):
    asking = source(kind, answer(b""), url="")
    await asking.fetch(Cursor(), now=NOW)
    hosts = {"export.arxiv.org", "rss.arxiv.org", "huggingface.co"}
    assert asking.client.asked[0][0].split("/")[2] in hosts


@pytest.mark.parametrize("kind", ["arxiv", "arxiv-rss"])
async def test_all_of_arxiv_shares_one_pace(kind):
    asking = source(kind, answer(b""))
    await asking.fetch(Cursor(), now=NOW)
    assert {(how["pace_key"], how["min_interval"]) for _, how in asking.client.asked} == {
        ("arxiv", 3.0)
    }


@pytest.mark.parametrize("kind", ["arxiv-rss", "feed"])
async def test_what_we_have_is_not_sent_again(kind):
    seen = await source(kind, answer(GOOD[kind].read_bytes())).fetch(OLD, now=NOW)
    asking = source(kind, answer(b"", status=304))
    again = await asking.fetch(seen.cursor, now=NOW)
    _, how = asking.client.asked[0]
    assert (how["etag"], how["last_modified"]) == ('"new"', "now")
    assert again.state is HarvestState.UNCHANGED
    assert again.papers == ()
    assert again.cursor.batch == seen.cursor.batch


@pytest.mark.parametrize("kind", ["arxiv-rss", "feed"])
async def test_same_bytes_again_are_unchanged(kind):
    same = source(kind, answer(GOOD[kind].read_bytes()))
    seen = await same.fetch(OLD, now=NOW)
    again = await same.fetch(seen.cursor, now=NOW + timedelta(hours=3))
    assert again.state is HarvestState.UNCHANGED
    assert again.papers == ()


def file_source(tmp_path, body):
    path = tmp_path / "papers.jsonl"
    if body is not None:
        path.write_bytes(body)
    return FileSource(name="mine", path=path)


async def test_file_moves_the_cursor_and_tells_its_name(tmp_path):
    body = (DATA / "file" / "papers.jsonl").read_bytes()
    harvest = await file_source(tmp_path, body).fetch(OLD, now=NOW)
    assert harvest.state is HarvestState.OK
    assert harvest.cursor.since == NOW
    assert {paper.sources for paper in harvest.papers} == {("mine",)}


async def test_file_that_has_not_changed_is_not_read_again(tmp_path):
    source = file_source(tmp_path, (DATA / "file" / "papers.jsonl").read_bytes())
    seen = await source.fetch(Cursor(), now=NOW)
    again = await source.fetch(seen.cursor, now=NOW)
    assert (again.state, again.papers) == (HarvestState.UNCHANGED, ())
    source.path.write_bytes(b'{"id": "new", "title": "New"}')
    assert (await source.fetch(again.cursor, now=NOW)).papers[0].title == "New"


async def test_paper_without_a_title_is_ranked_but_not_harvested(tmp_path):
    source = file_source(tmp_path, b'{"id": "1", "title": ""}\n{"id": "2", "title": "Two"}')
    harvest = await source.fetch(Cursor(), now=NOW)
    assert [paper.title for paper in harvest.papers] == ["Two"]
    assert harvest.skipped == ("mine:1: no title",)
    assert len(read_papers(source.path).papers) == 2


@pytest.mark.parametrize("body", [None, b"garbage", b"\x1f\x8b"])
async def test_bad_file_keeps_the_cursor(tmp_path, body):
    harvest = await file_source(tmp_path, body).fetch(OLD, now=NOW)
    assert not harvest.state.is_good
    assert harvest.detail
    assert harvest.cursor == OLD
