import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.tex import to_unicode
from digest.core.text import tidy

LINES = [
    line.split("\t")
    for line in (Path(__file__).parents[1] / "data" / "tex" / "lines.tsv")
    .read_text("utf-8")
    .splitlines()
    if line and not line.startswith("#")
]
PARTS = [
    *"${}^_~&#%'`\"-[](). ax9é",
    *(r"\alpha", r"\frac", r"\emph", r"\it", r"\'", r"\H", r"\sqrt[", r"\(", r"\)", r"\left"),
    *(r"\unknown", r"\ ", r"\\", r"\cal", r"\hat", r"\log", "--", "``", "''", "word "),
]
TEX = st.lists(st.sampled_from(PARTS), max_size=40).map("".join)


@pytest.mark.parametrize(("tex", "text"), LINES)
def test_tex_reads_like_the_printed_line(tex, text):
    assert tidy(tex) == text


@pytest.mark.parametrize("text", [text for _, text in LINES])
def test_what_was_made_readable_is_left_alone(text):
    assert tidy(text) == unicodedata.normalize("NFC", text)


@given(st.text(st.characters(exclude_characters="\\$^{}~`-", exclude_categories=["Cs"])))
def test_text_without_tex_is_unchanged(text):
    assert to_unicode(text) == text


@given(TEX | st.text())
def test_no_text_makes_it_fail_and_none_disappears(tex):
    assert bool(to_unicode(tex).strip()) == bool(tex.strip())


@given(TEX)
def test_tidied_tex_is_one_line_without_controls(tex):
    text = tidy(tex)
    assert text == " ".join(text.split())
    assert not [character for character in text if unicodedata.category(character) == "Cc"]


@pytest.mark.parametrize("opened", ["{", "x^{", r"\emph{", "$x^{", r"\sqrt["])
def test_deep_nesting_ends(opened):
    assert "deep" in to_unicode(opened * 500 + "deep" + "}" * 500)


@pytest.mark.parametrize("lost", [r"\,", "{}", "$ $", r"\it", r"\cite{x}"])
def test_tex_that_says_nothing_stays_rather_than_leave_nothing(lost):
    assert tidy(lost) == lost
