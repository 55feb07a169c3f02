from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.core.harvest import HarvestState
from digest.sources.arxiv_query import parse, search_query

DATA = Path(__file__).parents[2] / "data" / "arxiv"


@pytest.fixture
def page():
    return parse((DATA / "page.xml").read_bytes())


def test_fields_of_an_entry_are_read(page):
    paper = page.papers[0]
    assert paper.id == "arxiv:2611.90001"
    assert paper.version == 2
    assert paper.title == "Déjà lu: Sparse Retrieval for Libraries That Forget"
    assert paper.abstract.startswith("We ask what a library should remember. In this paper, we")
    assert paper.authors == ("Žofia Černá", "José Núñez")
    assert paper.published == datetime(2026, 11, 19, 11, 2, 3, tzinfo=UTC)
    assert paper.updated == datetime(2026, 11, 22, 20, 27, 42, tzinfo=UTC)
    assert paper.url == "https://arxiv.org/abs/2611.90001"
    assert paper.pdf_url == "https://arxiv.org/pdf/2611.90001"
    assert paper.code_url == "https://github.com/ash-lab/deja-lu"
    assert paper.comment == "12 pages, 3 figures; J. Forgotten Lib. 4 (2026) 11-23"
    assert paper.sources == ("arxiv",)


def test_primary_category_comes_first_and_other_schemes_are_left_out(page):
    assert page.papers[0].categories == ("cs.IR", "cs.CL")


def test_first_of_several_dois_counts(page):
    assert page.papers[0].doi == "10.9999/lib.2026.11"


def test_markup_in_a_title_is_text_and_tex_is_unicode(page):
    assert (
        page.papers[1].title
        == "Sorting in \N{MATHEMATICAL SCRIPT CAPITAL O}(n) when nobody looks <b>closely</b>"
    )


def test_old_identifier_loses_its_subject_class_and_a_bad_date_costs_nothing(page):
    paper = page.papers[2]
    assert paper.id == "arxiv:math/0611999"
    assert paper.updated is None


def test_withdrawn_and_broken_entries_are_skipped_and_listed(page):
    assert page.state is HarvestState.OK
    assert page.total == 4812
    assert page.skipped == (
        "entry 4: arxiv:2611.90003: withdrawn",
        "entry 5: arxiv:2611.90004: no title",
    )


def test_withdrawal_may_stand_in_the_abstract():
    body = (DATA / "page_of_2016.xml").read_bytes()
    gone = body.replace(b"  Wool knots.", b"  This paper has been withdrawn by the author.")
    assert parse(gone).skipped == ("entry 1: arxiv:1501.90001: withdrawn",)
    told = body.replace(b"  Wool knots.", b"  Cash withdrawn from machines.")
    assert len(parse(told).papers) == 1


def test_page_of_nothing_but_withdrawn_papers_is_well_formed():
    body = (DATA / "page_of_2016.xml").read_bytes().replace(b"8 pages, 3 socks", b"Withdrawn.")
    assert parse(body).state is HarvestState.OK


def test_hard_wrapped_page_of_2016_is_read():
    paper = parse((DATA / "page_of_2016.xml").read_bytes()).papers[0]
    assert paper.title == "Knots in Wool and Where They Come From: a Long Title That Was Wrapped"
    assert paper.abstract == "Wool knots. We count the knots in a hundred socks."
    assert paper.categories == ("cond-mat.soft", "math-ph")
    assert paper.doi == "10.9999/wool.85.115117"


def test_error_entry_is_a_refusal_with_its_text():
    refusal = parse((DATA / "error.xml").read_bytes())
    assert refusal.state is HarvestState.REFUSED
    assert refusal.detail == "arXiv says: incorrect id format for xyz"
    assert refusal.papers == ()


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (b"internal error", HarvestState.UNREACHABLE),
        (b"Rate limit exceeded", HarvestState.RATE_LIMITED),
    ],
)
def test_error_inside_arxiv_will_pass(said, state):
    body = (DATA / "error.xml").read_bytes().replace(b"incorrect id format for xyz", said)
    assert parse(body).state is state


def test_paper_named_error_is_a_paper():
    body = (DATA / "page_of_2016.xml").read_bytes()
    start, end = body.index(b"<title>Knots"), body.index(b"<summary>")
    named = body[:start] + b"<title>Error</title>" + body[end:]
    assert parse(named).papers[0].title == "Error"


def test_empty_page_though_results_are_promised_is_incomplete():
    flake = parse((DATA / "empty_page.xml").read_bytes())
    assert flake.state is HarvestState.INCOMPLETE
    assert flake.detail == "0 entries came of 200 promised"


def test_nothing_found_is_quiet():
    body = (DATA / "empty_page.xml").read_bytes().replace(b">731<", b">0<")
    assert parse(body).state is HarvestState.QUIET


def test_atom_without_a_total_is_no_answer():
    body = (DATA / "empty_page.xml").read_bytes().replace(b">731<", b">many<")
    assert parse(body).state is HarvestState.MALFORMED


def test_page_behind_the_last_is_whole():
    body = (DATA / "empty_page.xml").read_bytes()
    behind = body.replace(b"<opensearch:startIndex>0<", b"<opensearch:startIndex>731<")
    assert parse(behind).state is HarvestState.QUIET


def test_page_without_its_size_must_hold_everything():
    body = (DATA / "empty_page.xml").read_bytes().replace(b"itemsPerPage>200<", b"itemsPerPage><")
    assert parse(body).detail == "0 entries came of 731 promised"


def test_page_where_no_entry_can_be_read_is_malformed():
    body = (DATA / "page_of_2016.xml").read_bytes()
    alien = body.replace(b"http://arxiv.org/abs/1501.90001v2</id>", b"tag:elsewhere</id>")
    parsed = parse(alien)
    assert parsed.state is HarvestState.MALFORMED
    assert "'tag:elsewhere' is no arXiv id" in parsed.detail


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", HarvestState.TRUNCATED),
        (b" \n", HarvestState.TRUNCATED),
        (b"Rate exceeded.", HarvestState.RATE_LIMITED),
        (b"<html><body>Rate exceeded.</body></html>", HarvestState.RATE_LIMITED),
        (b"<!DOCTYPE html><html><body>Sorry<br></body></html>", HarvestState.MALFORMED),
        (b"<rss><channel/></rss>", HarvestState.MALFORMED),
        (b"no XML at all", HarvestState.MALFORMED),
    ],
)
def test_what_is_no_answer_has_a_name(body, state):
    assert parse(body).state is state


def test_half_a_page_is_truncated_wherever_it_ends():
    body = (DATA / "page.xml").read_bytes().rstrip()
    for cut in range(1, len(body), 97):
        assert parse(body[:cut]).state is HarvestState.TRUNCATED, cut


def test_query_asks_for_any_category_in_a_window():
    query = search_query(
        ("cs.CL", "cs.IR"),
        first=datetime(2026, 11, 16, 8, tzinfo=UTC),
        last=datetime(2026, 11, 24, 8, 5, tzinfo=UTC),
    )
    assert query == "(cat:cs.CL OR cat:cs.IR) AND submittedDate:[202611160800 TO 202611240805]"


def test_an_archive_is_asked_for_with_all_its_categories():
    day = datetime(2026, 11, 16, tzinfo=UTC)
    query = search_query(("cond-mat", "hep-th"), first=day, last=day)
    assert query.startswith("(cat:cond-mat OR cat:cond-mat.* OR cat:hep-th) AND ")
