from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.core.harvest import HarvestState
from digest.sources.feed import parse
from digest.sources.feed_xml import MOST_ELEMENTS, MOST_FIELDS

DATA = Path(__file__).parents[2] / "data" / "feeds"
BASE = "https://base.example.org/dir/feed.xml"


def feed(name):
    return parse((DATA / name).read_bytes(), source="moss", url=BASE)


def rss(inner, head=""):
    return f'{head}<rss version="2.0"><channel><title>T</title>{inner}</channel></rss>'.encode()


def item(**fields):
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return parse(rss(f"<item>{inner}</item>"), url=BASE).papers[0]


def test_rss_1_with_prism_is_read():
    first, second = feed("journal.rdf").papers
    assert first.id == "doi:10.9999/moss.2026.17"
    assert first.title == "Moss on Sphagnum: one species or two?"
    assert first.authors == ("Víctor Musgo", "Anna Torf")
    assert first.published == datetime(2026, 10, 18, 6, 46, 43, tzinfo=UTC)
    assert first.doi == "10.9999/moss.2026.17"
    assert first.sources == ("moss",)
    assert second.id == "doi:10.9999/moss.2026.18"
    assert second.authors == ("Ana Agua", "Bo Bach", "Cy Creek")


def test_html_becomes_text_without_scripts_and_volume_lines():
    first, second = feed("journal.rdf").papers
    assert first.abstract == ""
    assert second.abstract == "Moss is wet."


def test_rss_2_of_many_publishers_is_read():
    parsed = feed("publishers.xml")
    assert parsed.state is HarvestState.OK
    assert [paper.id for paper in parsed.papers] == [
        "moss:https://publisher.example.org/article/pii/1",
        "doi:10.9999/cypress/boab030",
        "moss:http://insects.example.cn/view.aspx?no=1",
        "doi:10.9999/s1",
        "doi:10.1101/2026.11.01.123456",
    ]
    assert parsed.skipped == ("entry 6: '': no usable id, link or DOI",)


def test_authors_that_stand_in_the_description_alone_are_found():
    paper = feed("publishers.xml").papers[0]
    assert paper.authors == ("Tam Iwo", "Fabíola da Silva")
    assert paper.abstract == ""
    assert paper.published is None
    assert paper.url == "https://base.example.org/article/pii/1?dgcid=rss"


def test_heading_of_the_abstract_is_no_part_of_it():
    paper = feed("publishers.xml").papers[1]
    assert paper.abstract == "Some trees stand on both sides."
    assert paper.authors == ("García J", "Balao F")


def test_slashed_date_is_read_as_it_is_meant():
    paper = feed("publishers.xml").papers[2]
    assert paper.published == datetime(2026, 10, 16, 9, 23, 28, tzinfo=UTC)
    assert paper.authors == ("范存", "林志")


def test_slashed_date_that_is_none_costs_nobody_the_paper():
    assert item(title="T", guid="g", pubDate="2026/13/40 9:23").published is None


def test_fullest_abstract_wins_without_what_stands_around_it():
    paper = feed("publishers.xml").papers[3]
    assert paper.abstract == "BACKGROUND: leaves have spots. CONCLUSIONS: spots."
    assert paper.published == datetime(2026, 11, 6, 10, tzinfo=UTC)


def test_article_in_full_is_no_abstract():
    long = "word " * 1000
    assert item(title="T", guid="g", description=f"Short. {long}").abstract.startswith("Short.")
    assert len(item(title="T", guid="g", description=long).abstract) <= 3500


def test_preprints_version_is_no_part_of_its_doi_and_a_bad_date_no_date():
    paper = feed("publishers.xml").papers[4]
    assert paper.doi == "10.1101/2026.11.01.123456"
    assert paper.authors == ("R. Abel", "S. T. Baker")
    assert paper.published is None


def test_structured_authors_of_atom_are_read():
    paper = feed("software.atom").papers[0]
    assert paper.id == "doi:10.9999/jis.01541"
    assert paper.authors == ("Dominique Nœud", "Mat S. Ben-Rope")
    assert paper.pdf_url == "https://software.example.org/jis.01541/10.9999.jis.01541.pdf"
    assert paper.url == "https://base.example.org/papers/1d18"
    assert paper.updated == datetime(2026, 8, 13, 16, 36, 41, tzinfo=UTC)


def test_relative_links_of_atom_obey_xml_base():
    paper = feed("software.atom").papers[1]
    assert paper.title == "Ropes & Sails"
    assert paper.url == "https://mirror.example.org/issue/7/sails.html"
    assert paper.pdf_url == "https://mirror.example.org/issue/7/sails.pdf"
    assert paper.abstract == "Ropes hold sails if x < y."
    assert paper.categories == ("ropes",)


def test_mail_addresses_are_no_authors():
    assert feed("software.atom").papers[1].authors == ("Sal Sailor",)
    assert item(title="T", guid="g", author="ed@example.org (Ed Itor)").authors == ("Ed Itor",)
    assert item(title="T", guid="g", author="ed@example.org").authors == ()


def test_json_feed_is_read():
    parsed = feed("blog.json")
    first, second, third = parsed.papers
    assert first.title == "First of All"
    assert first.abstract == "It begins."
    assert first.authors == ("Jo Quill",)
    assert first.categories == ("ink",)
    assert first.published == datetime(2026, 1, 2, 21, tzinfo=UTC)
    assert first.url == "https://base.example.org/1"
    assert first.pdf_url == "https://base.example.org/dir/1.pdf"
    assert second.id == "arxiv:2611.95001"
    assert second.abstract == "x < y & y < z"
    assert second.authors == ("Pen Name",)
    assert third.id == "moss:3"
    assert (third.url, third.published) == ("", None)
    assert parsed.skipped == ("item 4: '4': no title", "item 5: '': no usable id, link or DOI")


def test_slips_that_lose_nothing_are_mended():
    parsed = feed("slips.xml")
    (paper,) = parsed.papers
    assert parsed.state is HarvestState.OK
    assert paper.title == "Salt & pepper grinders at café prices"
    assert paper.url == "https://slips.example.org/a?b=1&amp=2&c=3"
    assert paper.abstract.startswith("R&D costs — &unknown")


def test_plain_doctype_is_tolerated_and_the_declared_encoding_holds():
    assert feed("rss091.xml").papers[0].title == "Café research of 1999"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_entities_are_refused_in_any_encoding(encoding):
    head = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE r [<!ENTITY a "aaaa">]>'
    body = rss("<item><title>&a;</title></item>", head).decode().encode(encoding)
    parsed = parse(body)
    assert parsed.state is HarvestState.MALFORMED
    assert parsed.papers == ()


def test_entities_in_an_encoding_that_hides_them_change_nothing():
    head = '<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE r [+ADwAIQ-ENTITY a "boom">]>'
    parsed = parse(rss("<item><title>+ACY-a;</title><guid>1</guid></item>", head))
    assert "boom" not in str(parsed.papers)


@pytest.mark.parametrize(
    "piece", ["<item/>" * MOST_ELEMENTS, "<item>" + "<b/>" * MOST_FIELDS + "<b/></item>"]
)
def test_feed_without_measure_is_refused(piece):
    assert parse(rss(piece)).state is HarvestState.TOO_LARGE


def test_deep_nesting_is_refused():
    assert parse(rss("<a>" * 5000 + "</a>" * 5000)).state is HarvestState.MALFORMED


@pytest.mark.parametrize(
    ("link", "doi"),
    [
        ("https://doi.org/10.9999/Abc.1?x=y", "10.9999/abc.1"),
        ("https://p.example.org/doi/full/10.9999/abc.1?af=R", "10.9999/abc.1"),
        ("https://p.example.org/article/10.9999/1538-4357/ac12/meta", "10.9999/1538-4357/ac12"),
        ("https://p.example.org/articles/10.9999/abc.1/full#top", "10.9999/abc.1"),
        ("https://p.example.org/find?doi=10.9999/abc.1", ""),
        ("https://p.example.org/10.99/abc.1", ""),
        ("https://p.example.org/10.9999/" + "a" * 2_000, ""),
    ],
)
def test_doi_is_found_in_addresses(link, doi):
    assert item(title="T", guid="g", link=link).doi == doi


def test_link_stands_in_for_a_missing_id():
    assert item(title="T", link="https://arxiv.org/abs/2611.95002v3").id == "arxiv:2611.95002"


def test_arxiv_error_read_as_a_feed_is_a_refusal():
    error = (DATA.parent / "arxiv" / "error.xml").read_bytes()
    parsed = parse(error)
    assert (parsed.state, parsed.papers) == (HarvestState.REFUSED, ())


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (rss(""), HarvestState.QUIET),
        (b'{"version": "https://jsonfeed.org/version/1", "items": []}', HarvestState.QUIET),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', HarvestState.MALFORMED),
        (b'{"version": 1, "items": []}', HarvestState.MALFORMED),
        (b"[]", HarvestState.MALFORMED),
        (b'{"version": "https://jsonfeed.org/version/1", "ite', HarvestState.TRUNCATED),
        (rss("<item><title>only</title></item>"), HarvestState.MALFORMED),
        (rss("<item>")[:-10], HarvestState.TRUNCATED),
        (rss("<item></oops>"), HarvestState.MALFORMED),
        (b"<html><body><p>Hello</p></body></html>", HarvestState.MALFORMED),
        (b"Rate exceeded.", HarvestState.RATE_LIMITED),
        (b"", HarvestState.TRUNCATED),
    ],
)
def test_every_other_answer_has_a_name(body, state):
    assert parse(body).state is state


def test_batch_is_a_fingerprint_of_the_bytes():
    assert feed("blog.json").batch == feed("blog.json").batch
    assert feed("blog.json").batch != feed("rss091.xml").batch


@pytest.mark.parametrize("between", [" ", " \n", "&lt;br&gt;"])
def test_what_arxiv_announces_is_no_part_of_the_abstract(between):
    kind = "arXiv:2411.00001v2 Announce Type: replace"
    paper = item(title="A", link="https://x.org/1", description=f"{kind}{between}Abstract: Moss.")
    assert paper.abstract == "Moss."
