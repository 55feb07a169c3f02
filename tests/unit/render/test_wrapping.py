from hypothesis import given
from hypothesis import strategies as st

from digest.core.render.wrapping import wrap


def test_short_text_is_one_line_with_single_blanks():
    assert wrap("  a\n b  ") == "a b"


def test_later_lines_are_indented():
    lines = wrap("word " * 40, indent=4).splitlines()
    assert len(lines) > 1
    assert all(line.startswith("    word") for line in lines[1:])


def test_an_address_is_never_broken():
    url = "https://example.org/" + "a-b/" * 40
    assert url in wrap(f"see {url} there " + "word " * 30)


@given(st.text())
def test_wrapping_changes_nothing_but_white_space(text):
    wrapped = wrap(text)
    assert wrapped.split() == text.split()
    assert all(len(line) <= 72 or " " not in line for line in wrapped.split("\n"))
