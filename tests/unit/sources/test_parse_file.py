import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.core.harvest import HarvestState
from digest.sources.file import parse, parse_as_given, read_papers

DATA = Path(__file__).parents[2] / "data" / "file"


def lines():
    return (DATA / "papers.jsonl").read_bytes()


def test_good_lines_are_read_and_bad_ones_listed_by_number():
    parsed = parse(lines())
    assert [paper.id for paper in parsed.papers] == ["arxiv:2611.96001", "file:my-own-7"]
    assert parsed.papers[1].published == datetime(2026, 11, 2, 1, 4, 5, tzinfo=UTC)
    assert parsed.skipped == (
        "line 4: title: is missing, it must be a text",
        "line 5: not JSON: Expecting value: line 1 column 1 (char 0)",
        "line 6: no JSON object",
        "line 7: id: 'arxiv:2611.96001' is in the file already",
    )


def test_gzip_is_known_by_its_bytes():
    assert parse(gzip.compress(lines())) == parse(lines())


@pytest.mark.parametrize("change", [b"\xef\xbb\xbf" + lines(), lines().replace(b"\n", b"\r\n")])
def test_byte_order_mark_and_line_ends_do_not_matter(change):
    assert parse(change) == parse(lines())


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", HarvestState.QUIET),
        (b"\n\n", HarvestState.QUIET),
        (b"{}\n{}", HarvestState.MALFORMED),
        (gzip.compress(b"x" * 99, mtime=0)[:-9], HarvestState.TRUNCATED),
        (b"\x1f\x8bnot gzip", HarvestState.MALFORMED),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"\xff" * 9, HarvestState.MALFORMED),
    ],
)
def test_every_other_file_has_a_name(body, state):
    assert parse(body).state is state


def test_bad_encoding_costs_one_line():
    body = b'{"id": "1", "title": "\xff"}\n{"id": "2", "title": "Good"}'
    parsed = parse(body)
    assert [paper.title for paper in parsed.papers] == ["Good"]
    assert parsed.skipped[0].startswith("line 1: not JSON: ")


def test_papers_are_found_by_the_ids_of_the_file():
    parsed, given = parse_as_given((DATA / "papers.jsonl").read_bytes())
    assert [given[paper.id] for paper in parsed.papers] == ["2611.96001v2", "my-own-7"]
    assert read_papers(DATA / "papers.jsonl") == parsed


def test_missing_file_is_named(tmp_path):
    parsed = read_papers(tmp_path / "none.jsonl")
    assert parsed.state is HarvestState.REFUSED
    assert parsed.detail == f"{tmp_path / 'none.jsonl'}: {os.strerror(2)}"


def test_folder_is_no_file(tmp_path):
    assert read_papers(tmp_path).state is HarvestState.REFUSED
