"""A hundred hostile texts in every field, as upstream, a reader, a form or a link has them."""

from urllib.parse import urlencode

import html5lib
import lxml.html
import pytest
from lxml import etree

from digest.core.bounces import BounceEvent, BounceKind
from digest.core.edition import Match, Reason, ReasonKind
from digest.core.harvest import HarvestState
from digest.core.paper import Signals
from digest.core.subscriber import Origin
from digest.core.tokens import Purpose, sign
from digest.wiring.letters import letter_room
from tests.asgi import Asked
from tests.builders import NOW, a_delivery, a_harvest, a_paper, a_subscriber, an_edition, interests
from tests.payloads import PAYLOADS, harm_in
from tests.web_stage import CONFIG, PASSWORD

ATOM = "{http://www.w3.org/2005/Atom}"
FORM = (b"content-type", b"application/x-www-form-urlencoded")
FIELDS = (
    "email", "interests", "cadence", "send_at", "timezone", "name", "text", "exclude", "authors",
    "exclude_authors", "categories", "max_papers", "website", "q", "date", "format", "verdict",
)  # fmt: skip
OF_ATOM = {
    "feed", "id", "title", "subtitle", "updated", "link", "author", "name", "entry", "published",
    "category", "summary",
}  # fmt: skip


@pytest.fixture
def configuration(tmp_path):
    (tmp_path / "report.password").write_text(PASSWORD)
    return CONFIG


@pytest.fixture
def papers():
    return [
        a_paper(
            f"2406.{number:05}",
            title=payload,
            abstract=f"{payload} {payload}",
            authors=(payload, f"Ada {payload}"),
            categories=(payload, "cs.IR"),
            url=payload,
            pdf_url=payload,
            code_url=f"https://github.com/{payload}",
            discussion_url=payload,
            doi=payload,
            comment=payload,
            signals=Signals(upvotes=number),
            sources=(payload,),
        )
        for number, payload in enumerate(PAYLOADS)
    ]


@pytest.fixture
def eve(store, papers):
    """A reader whose every setting is hostile, with a mail of all papers and a bounce."""
    store.papers.record_harvest("b", a_harvest(*papers), now=NOW, not_before=None)
    bad = a_harvest(state=HarvestState.MALFORMED, detail=PAYLOADS[8])
    store.papers.record_harvest(PAYLOADS[0], bad, now=NOW, not_before=None)
    wanted = interests(
        *PAYLOADS,
        exclude=PAYLOADS[:40],
        authors=PAYLOADS,
        exclude_authors=PAYLOADS[:40],
        categories=PAYLOADS,
        text=" ".join(PAYLOADS),
        liked=tuple(paper.id for paper in papers[:50]),
        disliked=tuple(paper.id for paper in papers[50:]),
    )
    reader = a_subscriber("eve@example.org", name=PAYLOADS[8], interests=wanted, origin=Origin.WEB)
    eve = store.subscribers.add(reader, now=NOW)
    edition = an_edition(eve, picks=tuple(map(_match, papers)), trending=tuple(papers[:20]))
    store.editions.add_editions([(edition, a_delivery(eve))])
    store.bounces.record(
        BounceEvent(key="b", kind=BounceKind.HARD, address="eve@example.org", seen_at=NOW,
                    subscriber_id=eve.id, source="x", diagnostic=" ".join(PAYLOADS))
    )  # fmt: skip
    return eve


def _match(paper):
    kinds = (ReasonKind.TERM, ReasonKind.AUTHOR, ReasonKind.CATEGORY, ReasonKind.LIKED)
    reasons = tuple(Reason(kind, paper.title, points=1.0) for kind in kinds)
    return Match(paper=paper, score=0.5, reasons=reasons)


def token(stage, eve, purpose, payload=""):
    return sign(purpose, eve.id, keys=stage.keys, now=NOW, payload=payload)


def page_at(stage, target, **form):
    headers = (FORM, (b"authorization", stage.known.password))
    body = urlencode(form, errors="surrogatepass").encode()
    answered = stage.ask(Asked("POST" if form else "GET", target, headers, (body,)))
    assert answered.status in {200, 400, 404}, target
    text = answered.body.decode()
    assert "49canary" not in text
    assert "7*7}canary" not in text or "${7*7}canary" in text
    return text


def assert_harmless(text):
    """Judge a page as browsers parse it, which is not as it was written."""
    assert harm_in(html5lib.parse(text)) == []


def test_pages_and_mails_of_hostile_papers_and_readers_hold_no_markup_of_theirs(
    stage, eve, workspace
):
    assert len(set(PAYLOADS)) == 100
    for path in (
        "/",
        "/papers",
        "/archive/2026-11-23",
        "/report",
        f"/editions/{token(stage, eve, Purpose.EDITION, '2026-11-23')}",
        f"/preferences/{token(stage, eve, Purpose.PREFERENCES)}",
        f"/unsubscribe/{token(stage, eve, Purpose.UNSUBSCRIBE)}",
    ):
        text = page_at(stage, path)
        assert "canary" in text or "unsubscribe" in path or "report" in path, path
        assert_harmless(text)
    (edition,) = workspace.store.editions.editions_of(eve.id)
    mail = letter_room(workspace.config, workspace.clock).render(edition, eve)
    assert mail.html.count("canary") > 100
    assert_harmless(mail.html)
    assert "\n" not in mail.subject


def test_the_feed_holds_text_alone(stage, eve):
    assert eve
    feed = etree.fromstring(page_at(stage, "/feed.xml").encode())
    tags = {each.tag.removeprefix(ATOM) for each in feed.iter()}
    assert tags <= OF_ATOM
    assert {each.get("href").partition(":")[0] for each in feed.iter(f"{ATOM}link")} == {"https"}


def test_the_page_of_each_hostile_paper_is_text(stage, eve, papers):
    path = f"/feedback/{token(stage, eve, Purpose.FEEDBACK)}"
    for paper in papers:
        text = page_at(stage, f"{path}?more={paper.id}")
        assert harm_in(lxml.html.fromstring(text)) == [], paper.title


def test_what_a_link_or_a_form_holds_is_text_in_every_field(stage):
    preferences = stage.path(Purpose.PREFERENCES)
    for payload in PAYLOADS:
        everywhere = dict.fromkeys(FIELDS, payload)
        for text in (
            page_at(stage, f"/papers?{urlencode({'q': payload})}"),
            page_at(stage, f"/preview?{urlencode(everywhere)}"),
            page_at(stage, "/subscribe", **everywhere),
            page_at(stage, preferences, **everywhere | {"do": "save"}),
        ):
            assert harm_in(lxml.html.fromstring(text)) == [], payload


def test_the_judge_knows_what_is_not_escaped():
    markup = [payload for payload in PAYLOADS if "<" in payload and not payload.startswith("+")]
    harmless = [payload for payload in markup if not harm_in(html5lib.parse(f"<p>{payload}"))]
    assert len(markup) > 70
    assert len(harmless) < 15, harmless  # styles, and what only other places would set free
