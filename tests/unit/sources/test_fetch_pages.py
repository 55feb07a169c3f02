"""How the sources that read several pages ask for them."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.core.harvest import Cursor, HarvestState
from digest.sources import arxiv
from digest.sources.answer import Answer
from digest.sources.arxiv import ArxivSource
from digest.sources.huggingface import HuggingFaceSource
from digest.sources.trouble import FetchTrouble
from tests.builders import NOW

HEAD = (
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
    'xmlns="http://www.w3.org/2005/Atom">'
)


class Script:
    """Answers with what ``page`` makes of a request's parameters; remembers them."""

    def __init__(self, page):
        self.page = page
        self.asked = []

    async def get(self, url, **_conditions):
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.asked.append(query)
        body = self.page(query, len(self.asked))
        if isinstance(body, FetchTrouble):
            raise body
        return Answer(status=200, body=body, url=url, content_type="", etag="", last_modified="")


def arxiv_page(start, count, *, total):
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/2611.{number:05}v1</id><title>T {number}</title></entry>"
        for number in range(start, start + count)
    )
    numbers = (
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>"
        "<opensearch:itemsPerPage>2</opensearch:itemsPerPage>"
    )
    return f"{HEAD}{numbers}{entries}</feed>".encode()


def honest(total):
    def page(query, _number):
        start = int(query["start"])
        return arxiv_page(start, min(2, max(total - start, 0)), total=total)

    return page


async def fetch_arxiv(page, cursor=Cursor(), **fields):
    client = Script(page)
    source = ArxivSource(name="arxiv", client=client, categories=("cs.CL",), page_size=2, **fields)
    return client, await source.fetch(cursor, now=NOW)


async def test_every_page_is_read():
    client, harvest = await fetch_arxiv(honest(5))
    assert harvest.state is HarvestState.OK
    assert len({paper.id for paper in harvest.papers}) == 5
    assert [query["start"] for query in client.asked] == ["0", "2", "4"]
    assert harvest.cursor == Cursor(since=NOW)


async def test_nothing_found_is_quiet_and_moves_the_cursor():
    _, harvest = await fetch_arxiv(honest(0))
    assert harvest.state is HarvestState.QUIET
    assert harvest.cursor == Cursor(since=NOW)


@pytest.mark.parametrize(
    ("since", "first"),
    [(None, "202611160800"), (NOW - timedelta(days=3), "202611130800")],
)
async def test_window_reaches_back_a_week_further_than_the_last_harvest(since, first):
    client, _ = await fetch_arxiv(honest(0), Cursor(since=since))
    assert client.asked[0]["search_query"] == (
        f"(cat:cs.CL) AND submittedDate:[{first} TO 202611240800]"
    )
    assert client.asked[0]["sortBy"] == "submittedDate"
    assert client.asked[0]["sortOrder"] == "descending"


async def test_empty_page_is_asked_for_again():
    def flaky(query, number):
        empty = number == 2
        return arxiv_page(2, 0, total=3) if empty else honest(3)(query, number)

    client, harvest = await fetch_arxiv(flaky)
    assert harvest.state is HarvestState.OK
    assert len(harvest.papers) == 3
    assert [query["start"] for query in client.asked] == ["0", "2", "2"]


async def test_page_that_stays_empty_is_incomplete_and_keeps_the_cursor():
    old = Cursor(since=NOW - timedelta(days=1))
    client, harvest = await fetch_arxiv(
        lambda _query, number: arxiv_page(0, 2 if number == 1 else 0, total=9), old
    )
    assert harvest.state is HarvestState.INCOMPLETE
    assert harvest.detail == "2 entries came of 9 promised"
    assert len(harvest.papers) == 2
    assert len(client.asked) == 4
    assert harvest.cursor == old


async def test_short_pages_are_joined():
    _, harvest = await fetch_arxiv(
        lambda query, _number: arxiv_page(int(query["start"]), 1, total=4)
    )
    assert harvest.state is HarvestState.OK
    assert len(harvest.papers) == 4


async def test_trouble_on_a_later_page_keeps_what_was_read():
    trouble = FetchTrouble(HarvestState.UNREACHABLE, "gone")
    _, harvest = await fetch_arxiv(
        lambda query, number: trouble if number == 2 else honest(9)(query, number)
    )
    assert (harvest.state, harvest.detail) == (HarvestState.UNREACHABLE, "gone")
    assert len(harvest.papers) == 2
    assert harvest.cursor == Cursor()


async def test_bad_later_page_keeps_what_was_read():
    _, harvest = await fetch_arxiv(
        lambda query, number: b"<feed" if number == 2 else honest(9)(query, number)
    )
    assert harvest.state is HarvestState.TRUNCATED
    assert len(harvest.papers) == 2


async def test_more_than_the_upstream_gives_is_incomplete(monkeypatch):
    monkeypatch.setattr(arxiv, "MOST_RESULTS", 4)
    client, harvest = await fetch_arxiv(honest(7))
    assert harvest.state is HarvestState.INCOMPLETE
    assert len(client.asked) == 2


async def test_endless_trickle_ends(monkeypatch):
    monkeypatch.setattr(arxiv, "_MOST_REQUESTS", 5)
    client, harvest = await fetch_arxiv(
        lambda query, _number: arxiv_page(int(query["start"]), 1, total=1000)
    )
    assert harvest.state is HarvestState.INCOMPLETE
    assert len(client.asked) == 5


def hf_items(first, count):
    items = ",".join(
        f'{{"paper": {{"id": "2611.{number:05}", "title": "T {number}"}}}}'
        for number in range(first, first + count)
    )
    return f"[{items}]".encode()


async def fetch_hf(page):
    client = Script(page)
    return client, await HuggingFaceSource(name="hf", client=client).fetch(Cursor(), now=NOW)


async def test_lists_of_three_days_are_asked_for_newest_first():
    client, harvest = await fetch_hf(lambda _query, number: hf_items(number, 1))
    assert [query["date"] for query in client.asked] == ["2026-11-23", "2026-11-22", "2026-11-21"]
    assert {query["limit"] for query in client.asked} == {"100"}
    assert [paper.id.key for paper in harvest.papers] == ["2611.00001", "2611.00002", "2611.00003"]


async def test_full_page_has_another_behind_it():
    def page(query, _number):
        is_first = (query["date"], query["p"]) == ("2026-11-23", "0")
        return hf_items(0, 100) if is_first else hf_items(200 + int(query["p"]), 1)

    client, harvest = await fetch_hf(page)
    assert [query["p"] for query in client.asked] == ["0", "1", "0", "0"]
    assert len(harvest.papers) == 102


async def test_endless_list_ends():
    client, _ = await fetch_hf(lambda _query, number: hf_items(number * 100, 100))
    assert len(client.asked) == 15


async def test_trouble_with_a_later_list_keeps_what_was_read():
    trouble = FetchTrouble(HarvestState.REFUSED, "no such day")
    _, harvest = await fetch_hf(
        lambda _query, number: trouble if number == 3 else hf_items(number, 1)
    )
    assert harvest.state is HarvestState.REFUSED
    assert len(harvest.papers) == 2
    assert harvest.cursor == Cursor()
