"""The public lists: days, searches, archive, previews and feed; hostile papers and queries."""

from datetime import timedelta

import html5lib
import pytest
from lxml import etree
from structlog.testing import capture_logs

from digest.core.paper import Signals
from tests.builders import NOW, a_harvest, a_paper

ATOM = {"a": "http://www.w3.org/2005/Atom"}
TODAY, YESTERDAY = "2026-11-23", "2026-11-22"
EVIL = '<script>alert("x")</script> & \'"><img src=x onerror=alert(1)>'
OLD = (
    a_paper("2611.00001", title="Dense retrieval at scale", signals=Signals(upvotes=40)),
    a_paper("2611.00002", title="Diffusion without tears"),
)
NEW = (
    a_paper("2611.00003", title="Sparse retrieval in the small", signals=Signals(upvotes=2)),
    a_paper(
        "2611.00004",
        title=EVIL,
        abstract=EVIL,
        authors=(EVIL,),
        categories=(EVIL,),
        url="javascript:alert(1)",
    ),
)


@pytest.fixture(autouse=True)
def papers(store):
    yesterday = NOW - timedelta(days=1)
    store.papers.record_harvest("a", a_harvest(*OLD), now=yesterday, not_before=None)
    store.papers.record_harvest("a", a_harvest(*NEW), now=NOW, not_before=None)


def test_the_front_page_has_the_form_and_what_is_hot_with_marks_on_what_is_new(client):
    page = client.get("/")
    assert page.headers["Cache-Control"] == "public, max-age=15"
    assert "Get trending papers in your email inbox!" in page.text
    assert 'name="interests"' in page.text
    assert "Monday 23 November" in page.text
    assert "by the research community" in page.text
    hot, new = page.text.index("Dense retrieval at scale"), page.text.index("Sparse retrieval")
    assert hot < new
    assert page.text.count('class="new"') == 2
    assert f"/papers?date={YESTERDAY}" in page.text


def test_a_day_has_its_papers_and_the_ways_to_other_days(client):
    page = client.get(f"/papers?date={YESTERDAY}").text
    assert "Dense retrieval at scale" in page
    assert "Sparse retrieval" not in page
    assert f'href="/papers?date={TODAY}" rel="next"' in page
    assert 'rel="prev"' not in page


def test_without_a_date_it_is_today(client):
    page = client.get("/papers").text
    assert "Sparse retrieval" in page
    assert "Dense retrieval" not in page


def test_a_search_ranks_recent_papers_and_says_why(client):
    page = client.get("/papers", params={"q": "sparse retrieval"}).text
    assert page.index("Sparse retrieval") < page.index("Dense retrieval")
    assert '<span class="chip">sparse retrieval' in page
    assert "Diffusion" not in page
    assert "Dense" not in client.get(f"/papers?date={TODAY}&q=retrieval").text
    assert "close to" not in client.get("/papers?q=retrieval").text, "its words say that"


@pytest.mark.parametrize(
    "query",
    ["2611.00001", "arXiv:2611.00001", "arxiv: 2611.00001v3", "https://arxiv.org/abs/2611.00001"],
)
def test_a_number_finds_its_paper_whenever_it_came(client, query):
    for params in ({"q": query}, {"q": query, "date": TODAY}):
        page = client.get("/papers", params=params).text
        assert "Dense retrieval at scale" in page
        assert "Sparse retrieval" not in page


def test_a_number_that_no_paper_has_is_a_sentence(client):
    page = client.get("/papers?q=2611.99999")
    assert (page.status_code, "No paper with this number" in page.text) == (200, True)
    assert "No paper with this number" in client.get("/papers?q=10.1101/a<script>").text


@pytest.mark.parametrize("query", ["Rombach", "rombach, xyzzy"])
def test_a_bare_name_finds_what_its_bearers_wrote(client, store, query):
    paper = a_paper("2611.00009", title="Latent images", authors=("Robin Rombach",))
    store.papers.record_harvest("b", a_harvest(paper), now=NOW, not_before=None)
    page = client.get("/papers", params={"q": query}).text
    assert "Latent images" in page
    assert "These are by authors with that name." in page
    assert "None of 5 papers matches." in client.get("/papers?q=Nobodyknown").text


def test_the_archive_leads_to_each_day(client):
    page = client.get("/archive").text
    assert "November 2026" in page
    assert f"/archive/{YESTERDAY}" in page
    assert "Dense retrieval" in client.get(f"/archive/{YESTERDAY}").text
    assert client.get("/archive/2001-01-01").status_code == 200


@pytest.mark.parametrize(
    "date",
    ["x", "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-24", "-1", "2026-11-23T00:00", "٢٠٢٦"],
)
def test_a_bad_date_is_a_sentence(client, date):
    answer = client.get("/papers", params={"date": date})
    assert (answer.status_code, "There is no list of" in answer.text) == (400, True)
    assert f"the last days with papers: {TODAY}, {YESTERDAY}." in answer.text
    assert client.get(f"/archive/{date}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "x" * 301,
        "not survey",
        ",,,",
        "\0",
        "[(*",
        "***",
        "' OR 1=1 --",
        '"><script>alert(1)</script>',
        "\u202e\ud7ff",
        "a," * 60,
        "author:",
        "-",
        "💥" * 70,
    ],
)
def test_an_absurd_search_is_a_sentence_and_never_a_failure(client, query):
    with capture_logs() as logged:
        for path in (f"/papers?date={TODAY}", "/papers"):
            answer = client.get(path, params={"date": TODAY, "q": query})
            assert answer.status_code in {200, 400}
            assert "<script" not in answer.text
        assert client.get("/preview", params={"interests": query}).status_code in {200, 400}
    assert logged == [], "what visitors type is no trouble of ours"


def test_bytes_that_are_no_text_are_no_failure(client):
    assert client.get("/papers?q=%ff%fe%ed%a0%80").status_code in {200, 400}
    assert client.get("/papers?date=%ff").status_code == 400


@pytest.mark.parametrize(
    "path", ["/", "/papers", f"/archive/{TODAY}", "/preview", "/papers?q=alert", "/feed.xml"]
)
def test_a_hostile_paper_is_text(client, path):
    page = client.get(path).text
    assert "alert(" in page
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


def test_a_preview_shows_what_a_mail_would_hold_and_why(client):
    page = client.get("/preview", params={"interests": "dense retrieval, -sparse"}).text
    assert "1 of 4 recent papers match" in page
    assert '<span class="chip">dense retrieval' in page
    assert "Sparse retrieval in the small" not in page
    assert ">dense retrieval, -sparse</textarea>" in page
    posted = client.post("/preview", data={"interests": "dense retrieval", "email": "no address"})
    assert "Dense retrieval at scale" in posted.text


def test_a_preview_names_the_words_that_do_not_work(client, store):
    many = [a_paper(f"2610.{number:05}", title=f"Reefs of sea {number}") for number in range(60)]
    store.papers.record_harvest("b", a_harvest(*many), now=NOW, not_before=None)
    page = client.get("/preview", params={"interests": "diffusion, zzz<b>"}).text
    assert "&#34;zzz&lt;b&gt;&#34; hits none of 64 recent papers" in page
    assert "&#34;diffusion&#34;" not in page


def test_a_preview_without_interests_is_the_trending_list(client):
    page = client.get("/preview").text
    assert "talks about most, out of 4" in page
    assert "Dense retrieval at scale" in page
    without = client.get("/preview", params={"interests": "not dense"}).text
    assert "Dense retrieval at scale" not in without
    assert "Diffusion" in without


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/", None),
        ("/papers", None),
        ("/papers?q=retrieval", None),
        ("/papers?date=x", None),
        ("/archive", None),
        (f"/archive/{TODAY}", None),
        ("/preview?interests=retrieval", None),
        ("/subscribe", None),
        ("/subscribe", {"email": "x", "interests": "y" * 200, "timezone": "Mars"}),
        ("/subscribe", {"email": "bo@example.org"}),
    ],
)
def test_a_page_has_no_fault(client, path, form):
    answer = client.get(path) if form is None else client.post(path, data=form)
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page = parser.parse(answer.text)
    assert len([*page.iter("h1")]) == 1
    ids = [each.get("id") for each in page.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    labelled = {label.get("for") for label in page.iter("label")}
    fields = [each for kind in ("input", "textarea", "select") for each in page.iter(kind)]
    shown = [each for each in fields if each.get("type") != "hidden"]
    assert all(each.get("id") in labelled or each.get("aria-label") for each in shown)
    described = {each.get("aria-describedby") for each in fields} - {None}
    assert described <= set(ids)
    assert not [*page.iter("script")]
    assert not [each for each in page.iter() if each.get("style")]


def test_the_feed_is_atom(client):
    answer = client.get("/feed.xml")
    assert answer.headers["Content-Type"] == "application/atom+xml"
    feed = etree.fromstring(answer.content)
    assert feed.findtext("a:title", namespaces=ATOM) == "Trending papers"
    assert feed.findtext("a:updated", namespaces=ATOM) == "2026-11-23T08:00:00Z"
    links = {link.get("rel"): link.get("href") for link in feed.findall("a:link", ATOM)}
    assert links == {
        "self": "https://digest.example.org/feed.xml",
        "alternate": "https://digest.example.org/",
    }
    entries = feed.findall("a:entry", ATOM)
    assert entries[0].findtext("a:title", namespaces=ATOM) == OLD[0].title
    ids = {entry.findtext("a:id", namespaces=ATOM) for entry in entries}
    assert "tag:digest.example.org,2026:arxiv:2611.00001" in ids
    assert len(ids) == 4
    assert all(entry.find("a:updated", ATOM) is not None for entry in entries)


def test_lists_are_made_once_for_all_who_look(client, store):
    before = client.get("/").content
    more = a_harvest(a_paper("2611.00009", title="Just came"))
    store.papers.record_harvest("a", more, now=NOW, not_before=None)
    assert client.get("/").content == before
    assert "Just came" in client.get(f"/papers?date={TODAY}").text


def test_nobody_s_address_is_on_a_public_page(client, ada):
    for path in ("/", "/papers", "/archive", f"/archive/{TODAY}", "/feed.xml", "/preview"):
        assert ada.email not in client.get(path).text


class TestWithNothing:
    @pytest.fixture(autouse=True)
    def papers(self):
        """Leave the database empty."""

    @pytest.mark.parametrize("path", ["/", "/papers", "/archive", "/preview", "/papers?q=x"])
    def test_pages_say_that_there_is_nothing(self, client, path):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "<article" not in answer.text

    def test_the_feed_is_empty(self, client):
        assert b"<entry" not in client.get("/feed.xml").content
