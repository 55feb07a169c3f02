"""The feedback page: the paper, a button for what was asked, and what follows from it."""

import html
from html.parser import HTMLParser

import pytest

from digest.core.edition import ReasonKind
from digest.core.feedback import Verdict
from digest.core.links import LinkMaker
from digest.core.paper import PaperId
from digest.core.render.feedback_view import view_feedback
from digest.core.tokens import Purpose
from digest.wiring.secret_files import key_ring
from tests.builders import NOW, a_harvest, a_paper, an_edition

DENSE = PaperId("arxiv:2406.00001")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def path(token, ada):
    return f"/feedback/{token(Purpose.FEEDBACK, ada, '2026-11-23')}"


@pytest.fixture
def said(store, ada):
    return lambda: [(of.paper, of.verdict, of.author) for of in store.feedback.history(ada.id)]


def test_the_links_of_a_mail_lead_here(client, workspace, ada):
    config = workspace.config
    maker = LinkMaker(
        base_url=config.digest.base_url, sender_address="d@example.org", keys=key_ring(config)
    )
    shown = maker.links(ada, an_edition(ada), NOW).shown
    links = view_feedback(shown.feedback, DENSE)
    assert "More papers like this one?" in client.get(links.more).text
    assert "Fewer papers like this one?" in client.get(links.fewer).text


def test_what_was_asked_stands_first_and_out(client, path):
    text = client.get(f"{path}?fewer={DENSE}").text
    buttons = [part.split("</button>")[0] for part in text.split("<button")[1:]]
    assert [button.split(">")[1] for button in buttons] == [
        "Fewer like this",
        "More like this",
        "Save it",
        "Leave this author out",
    ]
    assert ["other" in button for button in buttons] == [False, True, True, True]
    assert "Dense retrieval at scale" in text
    assert "@" not in text.split("<footer")[0]


def test_reading_changes_nothing(client, path, dump):
    before = dump()
    for method in ("GET", "HEAD", "OPTIONS") * 3:
        client.request(method, f"{path}?more={DENSE}")
        client.request(method, f"{path}?fewer={DENSE}&verdict=fewer")
    assert dump() == before


@pytest.mark.parametrize(
    ("verdict", "told"),
    [("more", "like this one rise"), ("fewer", "like this one sink"), ("save", "preferences")],
)
def test_a_button_records_and_says_what_follows(client, path, said, verdict, told):
    answer = client.post(f"{path}?more={DENSE}", data={"verdict": verdict})
    assert answer.status_code == 200
    assert told in answer.text
    assert answer.text.count("<button") == answer.text.count('<button class="other"') == 4
    assert said() == [(DENSE, Verdict(verdict), "")]


def test_what_is_said_changes_the_next_mail(client, path, workspace, ada):
    before = workspace.preview(ada)[0].picks
    assert ReasonKind.LIKED not in {reason.kind for pick in before for reason in pick.reasons}
    client.post(f"{path}?more=arxiv:2406.00002", data={"verdict": "more"})
    reader = workspace.with_feedback(ada)
    assert reader.interests.liked == (PaperId("arxiv:2406.00002"),)


def test_an_author_can_be_left_out(client, path, said):
    answer = client.post(
        f"{path}?fewer={DENSE}", data={"verdict": "not-author", "author": "Alan Turing"}
    )
    assert "no paper by Alan Turing comes" in answer.text
    assert said() == [(DENSE, Verdict.NOT_AUTHOR, "Alan Turing")]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"verdict": "more"}, "You said: more like this, on 23 Nov."),
        ({"verdict": "fewer"}, "You said: fewer like this, on 23 Nov."),
        ({"verdict": "save"}, "You said: save it, on 23 Nov."),
        (
            {"verdict": "not-author", "author": "Alan Turing"},
            "You said: no more papers by Alan Turing, on 23 Nov.",
        ),
    ],
)
def test_what_was_said_before_is_shown(client, path, form, sentence):
    address = f"{path}?more={DENSE}"
    assert "You said" not in client.get(address).text
    assert "You said" not in client.post(address, data=form).text
    assert sentence in client.get(address).text
    assert "You said" not in client.get(f"{path}?more=arxiv:2406.00002").text


def test_saying_it_again_changes_nothing(client, path, dump):
    client.post(f"{path}?more={DENSE}", data={"verdict": "more"})
    once = dump()
    client.post(f"{path}?more={DENSE}", data={"verdict": "more"})
    assert dump() == once


@pytest.mark.parametrize(
    "form", [{}, {"verdict": "dance"}, {"verdict": "not-author", "author": "Nobody"}]
)
def test_a_form_of_no_sense_is_refused(client, path, said, form):
    assert client.post(f"{path}?more={DENSE}", data=form).status_code == 400
    assert said() == []


@pytest.mark.parametrize(
    "query", ["", "?more=", "?more=arxiv:9999.99999", "?less=arxiv:2406.00001", "?more=%00"]
)
def test_an_address_about_no_paper_leads_nowhere(client, path, query):
    assert client.get(f"{path}{query}").status_code == 404
    assert client.post(f"{path}{query}", data={"verdict": "more"}).status_code == 404


@pytest.mark.parametrize("bad", ["x", "of-another-page", "of-nobody"])
def test_tokens_that_are_not_right_look_the_same(client, token, ada, bad):
    tokens = {
        "of-another-page": token(Purpose.UNSUBSCRIBE, ada),
        "of-nobody": token(Purpose.FEEDBACK, 999, "2026-11-23"),
    }
    answer = client.get(f"/feedback/{tokens.get(bad, bad)}?more={DENSE}")
    assert (answer.status_code, answer.text) == (404, client.get("/preferences/nobodys").text)


def test_a_form_on_another_site_records_nothing(client, path, said):
    answer = client.post(
        f"{path}?more={DENSE}", data={"verdict": "more"}, headers={"Origin": "https://evil.example"}
    )
    assert (answer.status_code, said()) == (403, [])


def test_hostile_papers_are_text(client, path, store):
    paper = a_paper(
        "x:evil", title=HOSTILE, abstract=HOSTILE, authors=(HOSTILE,), url="javascript:alert(1)"
    )
    store.papers.record_harvest("b", a_harvest(paper), now=NOW, not_before=None)
    address = f"{path}?more=x:evil"
    for answer in (
        client.get(address),
        client.post(address, data={"verdict": "not-author", "author": HOSTILE}),
    ):
        assert answer.status_code == 200
        assert html.escape("<script>", quote=False) in answer.text
        assert not _Dangers.of(answer.text)


class _Dangers(HTMLParser):
    """Collects what would run or lead astray."""

    def __init__(self):
        super().__init__()
        self.found = []

    @classmethod
    def of(cls, text):
        parser = cls()
        parser.feed(text)
        return parser.found

    def handle_starttag(self, tag, attrs):
        if tag in {"script", "img", "iframe", "style"}:
            self.found.append(tag)
        self.found += [
            name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")
        ]
