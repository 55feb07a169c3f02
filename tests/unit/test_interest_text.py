"""Interests as people type them into one field."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digest.core.interest_text import MOST, read_interests
from digest.core.subscriber import Keyword, TextField


def test_lines_and_commas_separate_wishes():
    wanted = read_interests("dense retrieval, RAG\r\n\n ,agents*;")
    assert [keyword.term for keyword in wanted.keywords] == ["dense retrieval", "RAG", "agents*"]


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("author: Percy Liang", "authors", "Percy Liang"),
        ("AUTHOR:Percy Liang", "authors", "Percy Liang"),
        ("category: cs.IR", "categories", "cs.IR"),
        ("cs.IR", "categories", "cs.IR"),
        ("cond-mat.mtrl-sci", "categories", "cond-mat.mtrl-sci"),
        ("not survey", "exclude", "survey"),
        ("not: survey", "exclude", "survey"),
        ("-survey", "exclude", "survey"),
    ],
)
def test_a_wish_may_say_what_it_is(typed, kind, value):
    assert getattr(read_interests(typed), kind) == (value,)


def test_a_keyword_is_written_as_on_the_preferences_page():
    first, second = read_interests("diffusion ^0.5, title: agents ^2").keywords
    assert first == Keyword(term="diffusion", weight=0.5)
    assert second == Keyword(term="agents", weight=2.0, field=TextField.TITLE)


def test_a_wish_counts_once():
    assert len(read_interests("RAG, RAG,  RAG ").keywords) == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("x" * 8_001, "allowed: 8000 characters"),
        ("x" * 121, "allowed: 120 characters"),
        ("agents ^1000", "A weight is too great; allowed: -100 to 100"),
        (",".join(map(str, range(MOST + 1))), "There are 51 interests; allowed: 50"),
    ],
)
def test_too_much_is_refused_in_a_sentence(typed, says):
    with pytest.raises(ValueError, match=says):
        read_interests(typed)


@pytest.mark.parametrize("typed", ["author:", "Category :", "not ", "not:", "-", "title:"])
def test_a_wish_with_nothing_after_its_name_is_refused(typed):
    with pytest.raises(ValueError, match="has nothing after it; allowed: such as"):
        read_interests(typed)


@pytest.mark.parametrize("typed", ["retrieval ^x", "retrieval ^", "not big ^1e9"])
def test_a_weight_that_is_no_number_is_refused(typed):
    with pytest.raises(ValueError, match="ends with no weight; allowed: such as"):
        read_interests(typed)


@pytest.mark.parametrize("typed", ["notation", "C ^ D", "x^2", "non-negative", "authors: a"])
def test_what_only_resembles_a_named_wish_is_a_phrase(typed):
    assert [keyword.term for keyword in read_interests(typed).keywords] == [typed]


@given(st.text(max_size=100))
def test_a_short_text_is_read_whatever_it_is(typed):
    assume(len(re.findall(r"[\r\n,;]", typed)) < MOST and "^" not in typed)
    try:
        wanted = read_interests(typed)
    except ValueError as error:
        assert "has nothing after it" in str(error)  # noqa: PT017 - some texts may be refused
        return
    said = (
        *(keyword.term for keyword in wanted.keywords),
        *wanted.authors,
        *wanted.categories,
        *wanted.exclude,
    )
    assert all(said)
