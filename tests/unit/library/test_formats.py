"""What each format of bibliography is read as, and what is said of entries that are broken."""

import json
from pathlib import Path

import pytest

from digest.core.library import read_library

DATA = Path(__file__).parents[2] / "data/library"


def read(name):
    kind = name.rpartition(".")[2]
    return read_library((DATA / name).read_text(encoding="utf-8"), kind)


def by_title(library):
    return {dated.paper.title: dated for dated in library.papers}


@pytest.mark.parametrize(
    ("title", "id_", "authors", "day"),
    [
        (
            "Reeds: Retrieval for Open Waters with β-weights",
            "arxiv:1906.00300",
            ("Ann Müller", "Bo de la Rosa", "The Tide, Reef and Kelp Group"),
            (2019, 6, 0),
        ),
        ('A “dense” "Passage" through Kelp', "arxiv:2004.04906", ("Cy Lee",), (2020, 0, 0)),
        ("Tides", "doi:10.1000/tides_1", (), (2021, 3, 4)),
        ("On one line", None, (), (0, 0, 0)),
        ("With another", None, (), (0, 0, 0)),
        ("From a catalogue", "arxiv:2005.11401", (), (0, 0, 0)),
        ("An old book", None, (), (2026, 1, 5)),
    ],
)
def test_bibtex_entry_is_a_paper(title, id_, authors, day):
    dated = by_title(read("refs.bib"))[title]

    assert dated.paper.authors == authors
    assert dated.day == day
    assert dated.paper.id == id_ or (id_ is None and dated.paper.id.scheme == "library")


def test_broken_bibtex_entries_are_told_with_line_and_key_and_the_others_count():
    library = read("refs.bib")

    assert library.total == len(library.papers) == 7
    assert [*map(str, library.broken)] == [
        "line 23 (broken2018): a brace is never closed",
        "line 24 (untitled2017): has no title",
        "line 36 (valueless): ',' where a value should be",
    ]


def test_ris_entries_are_papers_and_broken_ones_are_told():
    library = read("refs.ris")
    found = by_title(library)

    reeds = found["Reeds: retrieval for open waters"].paper
    assert (reeds.id, reeds.authors) == ("arxiv:1906.00300", ("Ann Müller", "Cy Lee"))
    assert reeds.abstract == "Waters are open. And wide."
    assert (found["Tides"].paper.id, found["Tides"].day) == ("doi:10.1000/tides_1", (2026, 1, 5))
    assert "The last, never ended" in found
    assert [*map(str, library.broken)] == [
        "line 1: AU without TY before it",
        "line 20: has no title",
    ]


def test_csl_json_items_are_papers_and_broken_ones_are_told():
    library = read("refs.json")
    tides, reeds = library.papers

    assert (reeds.paper.title, reeds.paper.id, reeds.day) == (
        "Reeds: retrieval for open waters",
        "arxiv:1906.00300",
        (2019, 6, 2),
    )
    assert reeds.paper.authors == ("Ann Müller", "The Tide Group", "Bo de la Rosa")
    assert (tides.paper.doi, tides.day) == ("10.1000/tides_1", (2026, 1, 5))
    assert tides.paper.abstract == "The moon, explained."
    assert [*map(str, library.broken)] == [
        "entry 3 (untitled): has no title",
        "entry 4: is no object",
    ]


def test_zotero_s_own_items_are_papers_and_attachments_are_none():
    library = read("zotero.json")
    kelp, book = library.papers

    assert (kelp.paper.id, kelp.paper.abstract, kelp.day) == (
        "arxiv:2004.04906",
        "On kelp.",
        (2026, 2, 3),
    )
    assert (kelp.paper.authors, book.paper.authors) == (("Cy Lee",), ("River Press",))
    assert library.broken == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1,\n 2", "line 2: is not JSON: Expecting ',' delimiter"),
        ('{"item": []}', "line 1: is no list of items"),
        ("[" * 100_000, "line 1: is not JSON that can be read"),
        ("[1" + "0" * 5_000 + "]", "line 1: is not JSON that can be read"),
    ],
)
def test_json_that_is_no_library_is_one_line(text, says):
    library = read_library(text, "json")

    assert [*map(str, library.broken)] == [says]
    assert library.papers == ()


@pytest.mark.parametrize(
    ("fields", "id_"),
    [
        ("eprint={hep-th/9901001v2}, archiveprefix={arXiv}", "arxiv:hep-th/9901001"),
        ("eprint={2005.11401}, eprinttype={arxiv}", "arxiv:2005.11401"),
        ("eprint={2005.11401}, eprinttype={jstor}", "doi:10.1/x"),
        ("url={https://arxiv.org/pdf/2005.11401v4.pdf}", "arxiv:2005.11401"),
        ("note={Preprint, arXiv: 2005.11401 [cs.CL]}", "arxiv:2005.11401"),
        ("note={arXiv:2005.114011}", "doi:10.1/x"),
    ],
)
def test_arxiv_id_is_found_where_people_write_it(fields, id_):
    text = f"@misc{{k, title={{T}}, doi={{10.1000/x}}, {fields}}}"
    [dated] = read_library(text, "bib").papers

    assert dated.paper.id == id_.replace("10.1/", "10.1000/")


def test_arxiv_s_own_doi_and_the_address_of_a_doi_are_identities():
    text = "@misc{a, doi={10.48550/arXiv.2005.11401}} @misc{b, url={https://doi.org/10.1000/X}}"

    ids = {dated.paper.id for dated in read_library(text, "bib").papers}
    assert ids == {"arxiv:2005.11401", "doi:10.1000/x"}


def test_entry_without_identity_keeps_its_id_when_it_is_written_otherwise():
    bib = "@misc{k, title={A Title that is {L}ong Enough}, author={Lee, Cy}}"
    ris = "TY  - GEN\nTI  - A title that is long enough\nAU  - Cy Lee\nER  - "

    [one], [other] = read_library(bib, "bib").papers, read_library(ris, "ris").papers
    assert one.paper.id == other.paper.id


def test_a_name_whose_brace_is_never_closed_stays_whole():
    text = "TY  - JOUR\nTI  - Tides\nAU  - {River, Lee\nER  -\n"
    [tides] = read_library(text, "ris").papers
    assert tides.paper.authors == ("River, Lee",)


def test_a_comment_in_parentheses_is_passed_over():
    library = read_library("@comment(by hand) @misc{k, title={Tides}}", "bib")
    assert [dated.paper.title for dated in library.papers] == ["Tides"]
    assert library.broken == ()


def test_editors_are_no_authors_and_a_date_may_be_written_out():
    creators = [{"creatorType": "editor", "lastName": "Lee"}, {"lastName": "Kelp"}, 7]
    tides = {"title": "Tides", "author": ["Lee"], "creators": creators}
    items = [tides | {"issued": {"raw": "2021-03-04"}}]
    [tides] = read_library(json.dumps(items), "json").papers
    assert (tides.paper.authors, tides.day) == (("Kelp",), (2021, 3, 4))
