"""Papers for reference managers: whatever stands in a record, it stays text."""

import json
from datetime import UTC, datetime

import pytest

from digest.core.citations import bibtex, csl_json, ris
from digest.core.library import read_library
from tests.builders import a_paper

EVIL = "}} @evil{x, 50% of $a_b$ & ~\\\\cmd\r\nER  - \r\nTY  - JOUR"
PAPER = a_paper(
    "arxiv:2406.00001",
    title="Über {braces} & 100%",
    authors=("Ada Byron", "Émile Zola"),
    abstract="An abstract.",
    categories=("cs.CL",),
    published=datetime(2024, 6, 3, tzinfo=UTC),
    url="https://arxiv.org/abs/2406.00001",
)


def test_bibtex_escapes_what_tex_would_read():
    entry = bibtex([PAPER])
    assert entry.startswith("@misc{arxiv:2406.00001,")
    assert r"title = {{Über \{braces\} \& 100\%}}," in entry
    assert "author = {Byron, Ada and Zola, Émile}," in entry
    assert "eprint = {2406.00001}," in entry


def test_ris_has_one_line_for_each_fact():
    assert ris([PAPER]).splitlines() == [
        "TY  - GEN",
        "ID  - arxiv:2406.00001",
        "TI  - Über {braces} & 100%",
        "AU  - Byron, Ada",
        "AU  - Zola, Émile",
        "PY  - 2024",
        "DA  - 2024/06/03",
        "UR  - https://arxiv.org/abs/2406.00001",
        "AB  - An abstract.",
        "ER  - ",
    ]


def test_csl_json_is_json():
    (item,) = json.loads(csl_json([PAPER]))
    assert item["issued"] == {"date-parts": [[2024, 6, 3]]}
    assert item["author"] == [
        {"family": "Byron", "given": "Ada"},
        {"family": "Zola", "given": "Émile"},
    ]
    assert "DOI" not in item


def test_a_group_is_no_person():
    team = a_paper("x:1", authors=("ATLAS Collaboration", "OpenAI"))
    assert "author = {{ATLAS Collaboration} and {OpenAI}}," in bibtex([team])
    assert "AU  - ATLAS Collaboration\r\nAU  - OpenAI\r\n" in ris([team])
    (item,) = json.loads(csl_json([team]))
    assert item["author"] == [{"literal": "ATLAS Collaboration"}, {"literal": "OpenAI"}]


def test_a_suffix_stands_where_each_format_has_it():
    king = a_paper("x:1", authors=("Martin Luther King, Jr.",))
    assert "author = {King, Jr., Martin Luther}," in bibtex([king])
    assert "AU  - King, Martin Luther, Jr." in ris([king])
    (item,) = json.loads(csl_json([king]))
    assert item["author"] == [{"family": "King", "given": "Martin Luther", "suffix": "Jr."}]


def test_a_doi_may_stand_in_the_id_alone():
    article = a_paper("doi:10.1101/2024.01.01.123456", doi="")
    assert "doi = {10.1101/2024.01.01.123456}," in bibtex([article])
    assert ris([article]).startswith("TY  - JOUR\r\n")
    assert "DO  - 10.1101/2024.01.01.123456" in ris([article])
    assert json.loads(csl_json([article]))[0]["DOI"] == "10.1101/2024.01.01.123456"


def test_a_hostile_record_stays_one_record():
    evil = a_paper("x:1", title=EVIL, authors=(EVIL,), abstract=EVIL, url="javascript:1")
    assert len(ris([evil]).splitlines()) == 6
    assert bibtex([evil]).count("\n@") == 0
    assert "javascript" not in bibtex([evil]) + ris([evil]) + csl_json([evil])
    assert len(json.loads(csl_json([evil]))) == 1


@pytest.mark.parametrize(("write", "kind"), [(bibtex, "bib"), (ris, "ris"), (csl_json, "json")])
def test_what_is_written_can_be_read_again(write, kind):
    (read,) = read_library(write([PAPER]), kind).papers
    assert read.paper.id == PAPER.id
    assert "Ada Byron" in read.paper.authors
