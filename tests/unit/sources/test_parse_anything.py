"""What every parser owes: any bytes give a reading, and what was skipped is counted."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.core.harvest import Parsed
from digest.errors import UsageError
from digest.sources.saved import parse_saved

DATA = Path(__file__).parents[2] / "data"
FOLDERS = {
    "arxiv": "arxiv",
    "arxiv-rss": "arxiv-rss",
    "huggingface": "huggingface",
    "feed": "feeds",
    "file": "file",
}
SAVED = [
    pytest.param(kind, path.read_bytes(), id=f"{folder}-{path.name}")
    for kind, folder in FOLDERS.items()
    for path in sorted((DATA / folder).iterdir())
]
SPLINTERS = [b"<", b">", b"&", b"]]>", b"\x00", b"\xff", b'"', b"{", b"}", b"[", b"null", b"-1e999"]

few = settings(suppress_health_check=[HealthCheck.too_slow])


def check(parsed):
    assert isinstance(parsed, Parsed)
    assert bool(parsed.detail) != parsed.state.is_good
    assert all("\n" not in line for line in (*parsed.skipped, parsed.detail))
    for paper in parsed.papers:
        str(paper).encode()
        assert paper.published is None or paper.published.utcoffset().total_seconds() == 0
        for url in (paper.url, paper.pdf_url, paper.code_url, paper.discussion_url):
            assert not url or url.startswith(("http://", "https://"))


@st.composite
def mutated(draw):
    kind, body = draw(st.sampled_from(SAVED)).values
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body)))
        gone = draw(st.integers(0, 30))
        body = (
            body[:at] + draw(st.sampled_from(SPLINTERS) | st.binary(max_size=8)) + body[at + gone :]
        )
    return kind, body


@pytest.mark.parametrize("kind", FOLDERS)
@few
@given(body=st.binary(max_size=200))
def test_random_bytes_have_a_name(kind, body):
    check(parse_saved(kind, body))


@few
@given(mutated())
def test_damaged_answers_have_a_name(saved):
    kind, body = saved
    check(parse_saved(kind, body))


@few
@given(
    st.sampled_from(["arxiv", "arxiv-rss", "feed"]),
    st.recursive(
        st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<&>"), max_size=12),
        lambda inner: st.builds(
            lambda name, parts: f"<{name}>{''.join(parts)}</{name}>",
            st.sampled_from(["channel", "item", "entry", "title", "link", "guid", "id", "pubDate"]),
            st.lists(inner, max_size=4),
        ),
        max_leaves=12,
    ),
    st.sampled_from(["rss", "feed", 'feed xmlns="http://www.w3.org/2005/Atom"']),
)
def test_any_tree_of_elements_has_a_name(kind, tree, root):
    check(parse_saved(kind, f"<{root}>{tree}</{root.partition(' ')[0]}>".encode()))


@few
@given(
    st.sampled_from(["huggingface", "feed", "file"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["paper", "id", "title", "authors", "name", "items", "version", "url"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=15,
    ),
)
def test_any_json_has_a_name(kind, value):
    check(parse_saved(kind, json.dumps(value).encode()))


@pytest.mark.parametrize(("kind", "body"), SAVED)
def test_name_of_the_source_is_on_every_paper(kind, body):
    parsed = parse_saved(kind, body, name="mine")
    assert all(paper.sources == ("mine",) for paper in parsed.papers)


def test_saved_answer_is_named_after_its_type_by_default():
    body = (DATA / "huggingface" / "day.json").read_bytes()
    assert parse_saved("huggingface", body).papers[0].sources == ("huggingface",)


def test_unknown_type_is_a_usage_error_that_names_the_known_ones():
    with pytest.raises(UsageError, match="'rss' is not known; allowed are arxiv, arxiv-rss, hug"):
        parse_saved("rss", b"")
