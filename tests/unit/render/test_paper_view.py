from datetime import UTC, datetime

import pytest

from digest.core.paper import Signals
from digest.core.render.paper_view import view_paper
from tests.builders import a_paper

SENTENCES = "One sentence stands here. " * 40


def test_facts_tell_where_when_and_what_the_community_says():
    paper = a_paper(
        categories=("cs.CL", "cs.IR"),
        published=datetime(2026, 11, 20, tzinfo=UTC),
        signals=Signals(upvotes=41, comments=12, stars=1234, citations=1),
        sources=("huggingface",),
    )
    assert view_paper(paper, 0, 2026).facts == (
        "arXiv · cs.CL",
        "20 Nov",
        "▲ 41",
        "12 comments",
        "★ 1.2k",
        "1 citation",
    )


def test_what_nobody_told_is_not_said():
    view = view_paper(a_paper("feed:1"), 0, 2026)
    assert (view.facts, view.badge, view.talk, view.byline, view.lead) == ((), "", "", "", "")
    assert (view.url, view.links) == ("", ())


@pytest.mark.parametrize(
    ("raw_id", "sources", "name"),
    [
        ("arxiv:2406.01234", (), "arXiv"),
        ("doi:10.1101/2024.01.01", ("biorxiv",), "bioRxiv"),
        ("feed:1", ("Our\nown feed",), "Our own feed"),
    ],
)
def test_sources_are_called_by_their_own_names(raw_id, sources, name):
    assert view_paper(a_paper(raw_id, sources=sources), 0, 2026).facts == (name,)


@pytest.mark.parametrize(
    ("url", "categories", "facts"),
    [
        ("https://www.nature.com/articles/s1", (), ("nature.com",)),
        ("https://biorxiv.org/content/1", (), ("biorxiv.org",)),
        ("https://www.nature.com/articles/s1", ("cs.CL",), ("cs.CL",)),
        ("http://localhost/1", (), ()),
        ("", (), ()),
    ],
)
@pytest.mark.parametrize("source", ["file", "feed"])
def test_a_source_without_a_name_is_called_by_the_papers_host(source, url, categories, facts):
    paper = a_paper("x:1", url=url, categories=categories, sources=(source,))
    assert view_paper(paper, 0, 2026).facts == facts


def test_lead_is_cut_at_a_sentence_and_left_out_at_zero():
    paper = a_paper(abstract=SENTENCES)
    assert view_paper(paper, 100, 2026).lead.endswith("here.")
    assert len(view_paper(paper, 100, 2026).lead) <= 100
    assert view_paper(paper, 0, 2026).lead == ""


def test_links_are_those_that_there_are():
    paper = a_paper(
        url="https://arxiv.org/abs/1",
        pdf_url="https://arxiv.org/pdf/1",
        code_url="javascript:alert(1)",
        discussion_url="https://example.org/talk",
    )
    names = {link.name: link.url for link in view_paper(paper, 0, 2026).links}
    assert names == {
        "Abstract": "https://arxiv.org/abs/1",
        "PDF": "https://arxiv.org/pdf/1",
        "Discussion": "https://example.org/talk",
    }


def test_paper_without_a_page_is_linked_by_its_doi():
    view = view_paper(a_paper(url="", doi="10.5555/12345678"), 0, 2026)
    assert view.url == "https://doi.org/10.5555/12345678"


def test_title_that_reads_as_an_address_is_no_link():
    view = view_paper(
        a_paper(title="https://bank.example.com", url="https://arxiv.org/abs/1"), 0, 2026
    )
    assert view.url == ""
    assert view.links[0].url == "https://arxiv.org/abs/1"


def test_title_is_one_visible_line_of_limited_length():
    view = view_paper(a_paper(title="A\r\nB\x00" + " word" * 200), 0, 2026)
    assert view.title.startswith("A B word")
    assert len(view.title) <= 250
    assert len(view.label) <= 80


def test_title_of_nothing_has_a_name():
    assert view_paper(a_paper(title=" \x00 "), 0, 2026).title == "(untitled)"


@pytest.mark.parametrize(
    ("signals", "badge"),
    [
        (Signals(upvotes=3, stars=9), "▲ 3"),
        (Signals(stars=9, comments=4), "★ 9"),
        (Signals(comments=4), ""),
    ],
)
def test_badge_is_the_first_number_that_has_a_sign(signals, badge):
    assert view_paper(a_paper(signals=signals), 0, 2026).badge == badge
