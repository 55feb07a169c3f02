import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.paper import (
    PaperId,
    Signals,
    arxiv_id_in,
    arxiv_version,
    canonical_id,
    merge,
    parse_doi,
    work_keys,
)
from digest.core.text import clean
from tests.builders import NOW, a_paper

SPELLINGS = {
    "arxiv:2406.01234": [
        "2406.01234",
        "2406.01234v3",
        "arXiv:2406.01234v1",
        "arxiv: 2406.01234",
        "oai:arXiv.org:2406.01234",
        "http://arxiv.org/abs/2406.01234v2",
        "https://www.arxiv.org/pdf/2406.01234v2.pdf",
        "https://export.arxiv.org/html/2406.01234",
        "10.48550/arXiv.2406.01234",
        "https://doi.org/10.48550/ARXIV.2406.01234v2",
    ],
    "arxiv:0704.0001": ["0704.0001", "arXiv:0704.0001v2"],
    "arxiv:hep-th/9901001": [
        "hep-th/9901001",
        "HEP-TH/9901001v2",
        "https://arxiv.org/abs/hep-th/9901001",
    ],
    "arxiv:math/0211159": ["math.DG/0211159", "arXiv:math/0211159v1"],
    "doi:10.1101/2024.01.01.573800": [
        "10.1101/2024.01.01.573800",
        "doi:10.1101/2024.01.01.573800",
        "https://doi.org/10.1101/2024.01.01.573800",
        "http://dx.doi.org/10.1101/2024.01.01.573800",
    ],
    "feed:item 7": ["item 7", " item 7 "],
    "feed:https://example.org/7": ["https://example.org/7", "feed:https://example.org/7"],
    "openreview:aBc12": ["openreview:aBc12"],
}


@pytest.mark.parametrize(
    ("canonical", "spelling"),
    [(canonical, spelling) for canonical, all_ in SPELLINGS.items() for spelling in all_],
)
def test_every_spelling_of_an_identifier_names_the_same_paper(canonical, spelling):
    assert PaperId.parse(spelling, source="feed") == canonical


def test_empty_identifier_is_refused():
    with pytest.raises(ValueError, match="must not be empty"):
        PaperId.parse("  ")


def test_scheme_and_key_are_the_two_halves():
    paper_id = PaperId.parse("hep-th/9901001")
    assert (paper_id.scheme, paper_id.key) == ("arxiv", "hep-th/9901001")


def test_version_is_read_apart_from_the_identity():
    assert arxiv_version("http://arxiv.org/abs/2406.01234v12") == 12
    assert arxiv_version("2406.01234") is None
    assert arxiv_version("not an id v2") is None


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("arXiv preprint arXiv:2005.11401v4", "arxiv:2005.11401"),
        ("see http://export.arxiv.org/pdf/hep-th/9901001v1.pdf.", "arxiv:hep-th/9901001"),
        ("arxiv:math.AG/0601001", "arxiv:math/0601001"),
        ("CoRR abs/2005.11401", "arxiv:2005.11401"),
        ("arXiv:2005.114011", None),
        ("https://example.org/abs/2005.11401", None),
        ("2005.11401", None),
    ],
)
def test_arxiv_id_is_found_within_a_text(text, id_):
    assert arxiv_id_in(text) == id_


@given(st.text())
def test_no_text_breaks_the_parsers(text):
    parse_doi(text)
    arxiv_id_in(text)
    arxiv_version(text)
    if clean(text):
        assert PaperId.parse(PaperId.parse(text, source="s"), source="s") == PaperId.parse(
            text, source="s"
        )


def test_arxiv_id_in_the_url_outranks_a_private_id():
    assert (
        canonical_id("seed-1", source="file", url="https://arxiv.org/abs/2404.10136")
        == "arxiv:2404.10136"
    )


def test_doi_outranks_a_private_id_but_not_an_arxiv_id():
    assert canonical_id("x", source="s", doi="10.1000/ABC") == "doi:10.1000/abc"
    assert canonical_id("2404.10136", source="s", doi="10.1000/abc") == "arxiv:2404.10136"
    assert canonical_id("x", source="s") == "s:x"


def test_work_is_known_by_id_url_doi_and_title_with_first_author():
    paper = a_paper(
        "seed:1",
        title="Dense Retrieval: Ärger im Index",
        authors=("Zoë Müller", "B. C."),
        doi="10.1000/abc",
        url="https://arxiv.org/abs/2404.10136v2",
    )
    assert work_keys(paper) == (
        "seed:1",
        "arxiv:2404.10136",
        "doi:10.1000/abc",
        "work:denseretrievalargerimindex|muller",
    )


def test_title_without_author_or_a_short_title_is_no_key():
    assert work_keys(a_paper("s:1", title="A very long and telling title")) == ("s:1",)
    assert work_keys(a_paper("s:1", title="Attention", authors=("A B",))) == ("s:1",)


def test_merging_keeps_the_identity_and_the_best_of_both():
    known = a_paper(
        "arxiv:2406.01234",
        abstract="Short.",
        authors=("A",),
        categories=("cs.CL",),
        published=NOW,
        version=1,
        signals=Signals(upvotes=3, stars=9),
        sources=("arxiv",),
    )
    told = a_paper(
        "s:1",
        title="New title",
        abstract="Longer abstract.",
        authors=("A", "B"),
        categories=("cs.IR", "cs.CL"),
        updated=NOW,
        version=2,
        code_url="https://code.example",
        signals=Signals(upvotes=5),
        sources=("huggingface",),
    )
    merged = merge(known, told)
    assert merged.id == "arxiv:2406.01234"
    assert merged.title == "New title"
    assert merged.abstract == "Longer abstract."
    assert merged.authors == ("A", "B")
    assert merged.categories == ("cs.CL", "cs.IR")
    assert (merged.published, merged.updated, merged.version) == (NOW, NOW, 2)
    assert merged.code_url == "https://code.example"
    assert merged.signals == Signals(upvotes=5, stars=9)
    assert merged.sources == ("arxiv", "huggingface")


def test_merging_an_older_version_does_not_bring_old_text_back():
    known = a_paper(title="Second version", version=2)
    assert merge(known, a_paper(title="First version", version=1)).title == "Second version"


def test_merging_a_paper_with_itself_changes_nothing():
    paper = a_paper(abstract="Text.", authors=("A B",), signals=Signals(citations=1))
    assert merge(paper, paper) == paper
