"""No control character and no lone surrogate comes through a parser: PostgreSQL keeps neither."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.paper import PaperId, parse_doi
from digest.sources.saved import parse_saved

DATA = Path(__file__).parents[2] / "data"
SAVED = {
    "huggingface": DATA / "huggingface" / "day.json",
    "feed": DATA / "feeds" / "blog.json",
    "file": DATA / "file" / "papers.jsonl",
}
UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def hostile(value, text, *, at):
    """Return a JSON value with ``text`` within each of its strings, after ``at`` characters."""
    if isinstance(value, dict):
        return {key: hostile(inner, text, at=at) for key, inner in value.items()}
    if isinstance(value, list):
        return [hostile(inner, text, at=at) for inner in value]
    return value[:at] + text + value[at:] if isinstance(value, str) else value


def texts(value):
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, tuple):
        for inner in value:
            yield from texts(inner)


@pytest.mark.parametrize("kind", SAVED)
@pytest.mark.parametrize("character", ["\0", "\x1f", "\x9f", "\ud800"])
@given(at=st.integers(0, 60))
def test_no_parser_lets_one_through(kind, character, at):
    lines = [SAVED[kind].read_text()]
    if kind == "file":
        lines = [line for line in lines[0].splitlines() if line.startswith("{")]
    body = "\n".join(json.dumps(hostile(json.loads(line), character, at=at)) for line in lines)
    read = parse_saved(kind, body.encode())
    assert [text for text in texts(read) if UNFIT.search(text)] == []


@pytest.mark.parametrize("character", ["\0", "\x1f", "\x9f", "\ud800"])
def test_doi_with_one_is_none_and_a_paper_id_loses_it(character):
    assert parse_doi(f"10.1234/a{character}b") is None
    assert PaperId.parse(f"local:{character}x") == "local:x"
