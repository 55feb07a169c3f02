"""Keywords as lines: what is shown comes back, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.keyword_lines import from_lines, to_line, to_lines
from digest.core.subscriber import Keyword, TextField

KEYWORDS = st.builds(
    Keyword,
    term=st.text(min_size=1).filter(lambda term: term.split()),
    weight=st.floats(-100, 100),
    field=st.sampled_from([None, *TextField]),
)


@pytest.mark.parametrize(
    ("line", "keyword"),
    [
        ("dense retriev*", Keyword(term="dense retriev*")),
        ("diffusion ^0.5", Keyword(term="diffusion", weight=0.5)),
        ("survey ^-2", Keyword(term="survey", weight=-2.0)),
        ("title: agents ^+3", Keyword(term="agents", weight=3.0, field=TextField.TITLE)),
        ("Abstract:x", Keyword(term="x", field=TextField.ABSTRACT)),
        ("zero ^0", Keyword(term="zero", weight=0.0)),
        ("x^2", Keyword(term="x^2")),
        ("C ^ D", Keyword(term="C ^ D")),
        ("^2", Keyword(term="^2")),
        ("title:", Keyword(term="title:")),
        ("big ^1e9", Keyword(term="big ^1e9")),
    ],
)
def test_a_line_says_term_weight_and_field(line, keyword):
    assert from_lines([line], []) == [keyword]


def test_keywords_stand_one_a_line():
    lines = to_lines([Keyword(term="a b"), Keyword(term="c", weight=0.25, field=TextField.TITLE)])
    assert lines == "a b\ntitle: c ^0.25"


@given(KEYWORDS)
def test_a_line_left_as_it_was_shown_is_the_keyword_that_it_was(keyword):
    assert from_lines([to_line(keyword)], [keyword]) == [keyword]


@given(st.text(min_size=1).filter(str.strip))
def test_every_line_is_a_keyword(line):
    (keyword,) = from_lines([line], [])
    assert keyword.term
