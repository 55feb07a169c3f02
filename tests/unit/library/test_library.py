"""Which papers of a library count, and that no text can break or stall the parsers."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.library import KINDS, MOST_COUNTED, newest, read_library

PIECES = (
    "@article{", "@string{a=", "@comment{", "k,", " title = ", "{", "}", '"', "(", ")", "#", ",",
    "a", "\n", "\r\n", " and ", "\\", "\\'", "$", "arXiv:2005.11401", "10.1000/x", "2020",
    "TY  - J", "\nTI  - ", "\nAU  - ", "\nER  - ", "[", "]", '{"title": ', '"items": [', "null",
    "\ud800", "\0",
)  # fmt: skip
NAMES = (
    "title", "author", "creators", "family", "issued", "date-parts", "DOI", "data", "id", "items",
    "accessed", "date", "name",
)  # fmt: skip
UNITS = (
    "@a{", "@a{\n", "{", '@a{k,t="', "@ ", "@a ", " ", "@string{a=a#a}\n", "@a{,", "@comment{",
    "arxiv: ", "TY  - ", "TY  - J\nTI  - x\n", "AU  - x\n", "\n", '{"a":', "[",
    "@a{k,author={ and ",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
)


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5)).map("".join))
def test_no_text_breaks_a_parser_and_every_paper_has_an_id(kind, text):
    library = read_library(text, kind)

    assert all(dated.paper.id for dated in library.papers)
    assert all("\n" not in str(broken) for broken in library.broken)


@given(JSON)
def test_no_json_breaks_the_parser(value):
    read_library(json.dumps(value), "json")


@given(
    st.text("abcdefgh ", min_size=1).filter(str.strip),
    st.sampled_from(
        ["@misc{{k, title = {{{0}}}}}", '@misc(k, title = "{0}")', "@a{{,title=#{0}#}}"]
    ),
)
def test_title_in_a_well_formed_entry_is_read(title, form):
    library = read_library(form.replace("#{0}#", '"" # {{{0}}} # ""').format(title), "bib")

    assert [dated.paper.title for dated in library.papers] == [" ".join(title.split())]


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_no_faster_than_the_text(unit):
    def seconds(times):
        text = unit * times
        start = time.process_time()
        for kind in KINDS:
            read_library(text, kind)
        return time.process_time() - start

    once = min(seconds(2_000) for _ in range(2))
    # 64 times, if it were quadratic; a second look when others were busy at the first
    assert any(seconds(16_000) < 0.1 + 24 * once for _ in range(2))


def test_macros_that_double_each_other_do_not_explode():
    doubling = "".join(f"@string{{m{n} = m{n - 1} # m{n - 1}}}\n" for n in range(1, 200))
    text = f"@string{{m0 = {{long }}}}\n{doubling}@misc{{k, title = {'m199 # ' * 5_000} m0}}"

    [dated] = read_library(text, "bib").papers
    assert len(dated.paper.title) <= 1_000


def entries(*years):
    return "".join(
        f"@misc{{k{number}, title={{Title {number}}}, year={year}}}\n"
        for number, year in enumerate(years)
    )


def test_newest_papers_count_and_of_the_same_day_the_last_ones():
    library = read_library(entries(*range(1800, 2010), 2009), "bib")

    assert (library.total, len(library.papers)) == (211, MOST_COUNTED)
    titles = [dated.paper.title for dated in library.papers]
    assert titles[:3] == ["Title 210", "Title 209", "Title 208"]
    assert titles[-1] == "Title 11"


def test_newest_papers_of_several_files_count_together():
    one, other = (read_library(entries(*years), "bib") for years in ([2001, 2003], [2002]))
    long = read_library(entries(*[1990] * 250), "bib")

    papers = newest(dated for each in (one, other, long) for dated in each.papers)
    assert [paper.title for paper in papers[:3]] == ["Title 1", "Title 0", "Title 0"]
    assert len(papers) == MOST_COUNTED
