from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digest.core.paper import PaperId, Signals
from digest.core.records import (
    MAX_COUNT,
    MAX_ID,
    count_of,
    page_of,
    paper_from_record,
    paper_to_record,
    utc_time,
)
from digest.core.text import breaks_lines, clean, tidy
from digest.errors import RecordError
from tests.builders import a_paper

EVERY_KEY = [
    "id",
    "title",
    "abstract",
    "authors",
    "categories",
    "published",
    "updated",
    "url",
    "pdf_url",
    "doi",
    "comment",
    "upvotes",
    "comments",
    "stars",
    "citations",
    "code_url",
    "discussion_url",
    "arxiv_id",
    "version",
    "sources",
]


def read(**record):
    return paper_from_record({"id": "2406.01234", "title": "A Title"} | record, source="file")


def test_id_and_title_are_enough():
    paper = read()
    assert paper == a_paper(
        title="A Title", url="https://arxiv.org/abs/2406.01234", sources=("file",)
    )


def test_every_key_may_be_null_but_id_and_title():
    nothing = dict.fromkeys(set(EVERY_KEY) - {"id", "title"})
    assert read(**nothing) == read()


def test_unknown_keys_are_left_alone():
    assert read(recorded_in="somewhere", ai_keywords=["x"]) == read()


def test_full_record_is_read():
    paper = read(
        id="arxiv:2406.01234v3",
        abstract="It works in $O(n)$.",
        authors=['J\\"org M\\"uller', "  "],
        categories=["cs.CL", ""],
        published="2024-06-03",
        updated="2024-06-05T10:00:00+02:00",
        url="https://example.org/p",
        pdf_url="https://example.org/p.pdf",
        doi="https://doi.org/10.1000/ABC",
        comment="12 pages",
        upvotes=3,
        comments=0,
        stars=12.0,
        citations=7,
        code_url="https://github.com/a/b",
        discussion_url="https://example.org/talk",
        sources=["arxiv", "huggingface"],
    )
    assert paper.id == "arxiv:2406.01234"
    assert paper.version == 3
    assert paper.authors == ("Jörg Müller",)
    assert paper.categories == ("cs.CL",)
    assert paper.published == datetime(2024, 6, 3, tzinfo=UTC)
    assert paper.updated == datetime(2024, 6, 5, 8, tzinfo=UTC)
    assert paper.doi == "10.1000/abc"
    assert paper.signals == Signals(upvotes=3, comments=0, stars=12, citations=7)
    assert paper.sources == ("arxiv", "huggingface", "file")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"id": "2406.01234v2"}, "arxiv:2406.01234"),
        ({"id": "my-own-7"}, "file:my-own-7"),
        ({"id": "10.1000/XYZ"}, "doi:10.1000/xyz"),
        ({"id": "my-own-7", "doi": "10.1000/xyz"}, "doi:10.1000/xyz"),
        ({"id": "my-own-7", "arxiv_id": "2406.01234"}, "arxiv:2406.01234"),
        ({"id": "my-own-7", "url": "https://arxiv.org/abs/2406.01234"}, "arxiv:2406.01234"),
    ],
)
def test_best_identity_is_chosen(record, expected):
    assert read(**record).id == expected


@pytest.mark.parametrize(
    ("record", "page"),
    [
        ({}, "https://arxiv.org/abs/2406.01234"),
        ({"id": "my-own-7"}, ""),
        ({"id": "my-own-7", "doi": "10.1000/xyz"}, "https://doi.org/10.1000/xyz"),
    ],
)
def test_missing_page_is_made_from_the_identity(record, page):
    assert read(**record).url == page


def test_page_of_an_unknown_identity_is_its_doi():
    assert page_of(PaperId("file:7"), "10.1000/xyz") == "https://doi.org/10.1000/xyz"


def test_title_may_be_empty_but_not_absent():
    assert read(title="").title == ""
    with pytest.raises(RecordError, match="title: null is not allowed, it must be a text"):
        read(title=None)


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        ({"id": None}, "id: null is not allowed"),
        ({"id": 7}, "id: 7 is not allowed"),
        ({"id": " \u200b"}, r"id: ' \\u200b' is not allowed"),
        ({"id": "x" * (MAX_ID + 1)}, f"id: {MAX_ID + 1} characters, at most {MAX_ID}"),
        ({"title": ["x"]}, "title: a list is not allowed"),
        ({"abstract": 7}, "abstract: 7 is not allowed, it must be a text or null"),
        ({"authors": "Ada"}, "authors: 'Ada' is not allowed, it must be a list of texts"),
        ({"categories": [7]}, "categories: 7 is not allowed"),
        ({"published": "yesterday"}, "published: 'yesterday' is not allowed"),
        ({"updated": "0001-01-01T00:00:00+14:00"}, "updated: .* is not allowed"),
        ({"url": "javascript:alert(1)"}, "url: 'javascript:alert.1.' is not allowed"),
        ({"upvotes": -1}, "upvotes: -1 is not allowed, it must be a whole number"),
        ({"upvotes": True}, "upvotes: true is not allowed"),
        ({"citations": {}}, "citations: an object is not allowed"),
        ({"stars": 10**5000}, "stars: a number of so many digits is not allowed"),
        ({"url": "ftp://e\u200b.org"}, r"url: 'ftp://e\\u200b.org' is not allowed, it must be"),
        ({"stars": 1.5}, "stars: 1.5 is not allowed"),
        ({"version": MAX_COUNT + 1}, "version: 2147483648 is not allowed"),
        ({"id": "ada\tx"}, r"id: 'ada\\[tn]x' has control characters, none are allowed"),
        ({"id": "ada\nx"}, r"id: 'ada\\[tn]x' has control characters, none are allowed"),
        ({"arxiv_id": "none"}, "arxiv_id: 'none' is not allowed, it must be an arXiv id"),
    ],
)
def test_wrong_value_is_named_with_what_is_allowed(record, complaint):
    with pytest.raises(RecordError, match=complaint):
        read(**record)


def test_every_key_is_written():
    record = paper_to_record(a_paper(title="A Title"))
    assert list(record) == EVERY_KEY
    assert record["abstract"] is None
    assert record["authors"] == []
    assert record["arxiv_id"] == "2406.01234"


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("1958", datetime(1958, 1, 1, tzinfo=UTC)),
        ("1958-07", datetime(1958, 7, 1, tzinfo=UTC)),
        ("2024-06-03", datetime(2024, 6, 3, tzinfo=UTC)),
        ("2024-06-03T10:00:00", datetime(2024, 6, 3, 10, tzinfo=UTC)),
        ("2024-06-03T10:00:00Z", datetime(2024, 6, 3, 10, tzinfo=UTC)),
        (" 2024-06-03T10:00:00-05:00\n", datetime(2024, 6, 3, 15, tzinfo=UTC)),
    ],
)
def test_time_without_zone_is_in_utc(raw, moment):
    assert utc_time(raw) == moment


@given(st.one_of(st.integers(), st.floats(), st.booleans(), st.text(), st.none()))
def test_count_is_a_whole_number_or_not_known(value):
    count = count_of(value)
    assert count is None or (0 <= count <= MAX_COUNT and count == value)


texts = st.text(max_size=40)
counts = st.none() | st.integers(0, MAX_COUNT)
times = st.none() | st.integers(-60_000_000_000, 250_000_000_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, tz=UTC).isoformat()
)
urls = st.none() | st.sampled_from(
    ["https://example.org/a", "http://arxiv.org/abs/2406.01234v2", "https://doi.org/10.1000/x"]
)
ids = st.one_of(
    st.sampled_from(["2406.01234v4", "hep-th/9901001", "10.1000/ABC", "arxiv:2406.01234", "x:y"]),
    st.text(min_size=1, max_size=40).filter(lambda raw: clean(raw) and not breaks_lines(raw)),
)
records = st.fixed_dictionaries(
    {"id": ids, "title": texts},
    optional={
        "abstract": st.none() | texts,
        "authors": st.none() | st.lists(texts, max_size=3),
        "categories": st.none() | st.lists(texts, max_size=3),
        "published": times,
        "updated": times,
        "url": urls,
        "pdf_url": urls,
        "doi": st.none() | st.sampled_from(["10.1000/x", "10.48550/arXiv.2406.01234", "none"]),
        "comment": st.none() | texts,
        "upvotes": counts,
        "comments": counts,
        "stars": counts,
        "citations": counts,
        "code_url": urls,
        "discussion_url": urls,
        "version": counts,
        "sources": st.none() | st.lists(texts, max_size=2),
    },
)


@given(records)
def test_written_paper_is_read_back_as_it_was(record):
    paper = paper_from_record(record, source="file")
    for text in (paper.title, paper.abstract, paper.comment, *paper.authors):
        assume(tidy(text) == text)
    written = paper_to_record(paper)
    assert paper_from_record(written, source="file") == paper
    assert paper_to_record(paper_from_record(written, source="file")) == written
