"""A reader's own feed: what the mails hold, at a secret address that opens nothing else."""

import re
from datetime import timedelta

import pytest
from lxml import etree

from digest.core.edition import Match, Reason, ReasonKind
from digest.core.tokens import Purpose
from tests.builders import NOW, a_delivery, a_subscriber, an_edition
from tests.integration.web.conftest import PAPERS

ATOM = "{http://www.w3.org/2005/Atom}"
DENSE, SPARSE, DIFFUSION = PAPERS
WHY = (Reason(ReasonKind.TERM, "dense retrieval"), Reason(ReasonKind.AUTHOR, "Ada Byron"))


@pytest.fixture
def path(token, ada):
    return f"/feed/{token(Purpose.FEED, ada, '0')}"


@pytest.fixture
def mailed(store, ada):
    """Store an edition of some papers, as made on a day."""

    def add(day, *papers):
        made = an_edition(
            ada,
            slot=f"2026-11-{day}",
            created_at=NOW + timedelta(days=day - 23),
            picks=tuple(Match(paper=paper, score=0.5, reasons=WHY) for paper in papers),
        )
        delivery = a_delivery(ada, message_id=f"{day}@digest.example.org")
        store.editions.add_editions([(made, delivery)])

    return add


def entries_of(answer):
    return [
        (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}summary"))
        for entry in etree.fromstring(answer.content).iter(f"{ATOM}entry")
    ]


def test_the_feed_holds_the_papers_of_the_mails_with_reasons_newest_first(client, path, mailed):
    mailed(22, DENSE)
    mailed(23, SPARSE, DENSE)  # the mail before was lost
    answer = client.get(path)
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    (first, why), (second, _) = entries_of(answer)
    assert (first, second) == (SPARSE.title, DENSE.title)
    assert why.startswith("Why it is here: dense retrieval; you follow Ada Byron.")


def test_it_goes_back_ten_mails(client, path, mailed):
    for day in range(10, 22):
        mailed(day, DENSE if day == 10 else SPARSE)
    assert [title for title, _ in entries_of(client.get(path))] == [SPARSE.title]


def test_it_names_neither_the_reader_nor_another_page_s_token(client, path, mailed, ada, dump):
    mailed(23, DENSE)
    before = dump()
    answer = client.get(path)
    assert ada.email not in answer.text
    assert ada.name not in answer.text.replace("Ada Byron", "")
    assert {*re.findall(r"digest\.example\.org(/\w+)/", answer.text)} == {"/feed"}
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert dump() == before


def test_whoever_has_it_is_not_sent_it_again(client, path, mailed):
    mailed(23, DENSE)
    answer = client.get(path)
    tag, date = answer.headers["ETag"], answer.headers["Last-Modified"]
    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"x", W/{tag}'},
        {"If-Modified-Since": date},
    ):
        again = client.get(path, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
    for headers in (
        {"If-None-Match": '"x"', "If-Modified-Since": date},
        {"If-Modified-Since": "Mon, 23 Nov 2020 08:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": "Mon, 99 Nov 99999999999 08:00:00 GMT"},
    ):
        assert client.get(path, headers=headers).status_code == 200
    mailed(24, SPARSE)
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_an_empty_feed_is_the_same_each_time(client, path, clock):
    answer = client.get(path)
    clock.now += timedelta(days=1)
    assert client.get(path).content == answer.content
    assert entries_of(answer) == []


def test_the_preferences_show_the_address_and_make_a_new_one(client, token, ada, path):
    page = f"/preferences/{token(Purpose.PREFERENCES, ada)}"
    shown = re.search(r'href="https://digest\.example\.org(/feed/[^"]+)"', client.get(page).text)[1]
    assert shown == path
    text = client.post(page, data={"do": "new-feed"}).text
    renewed = re.search(r'href="https://digest\.example\.org(/feed/[^"]+)"', text)[1]
    assert client.get(path).status_code == 404
    assert client.get(renewed).status_code == 200
    away = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(page, data={"do": "new-feed"}, headers=away).status_code == 403
    assert client.get(renewed).status_code == 200


def test_its_token_opens_no_other_page_and_no_other_token_opens_it(client, token, ada, store):
    feed = token(Purpose.FEED, ada, "0")
    for page in ("preferences", "unsubscribe", "feedback", "editions", "confirm"):
        assert client.get(f"/{page}/{feed}").status_code == 404
        assert client.post(f"/{page}/{feed}").status_code in {404, 405}
    for purpose in set(Purpose) - {Purpose.FEED}:
        assert client.get(f"/feed/{token(purpose, ada, '0')}").status_code == 404
    bob = store.subscribers.add(a_subscriber("bob@example.org"), now=NOW)
    for payload in ("", "1", "x", "-0"):
        assert client.get(f"/feed/{token(Purpose.FEED, bob, payload)}").status_code == 404
    assert client.get("/feed/x").status_code == 404


def test_it_is_gone_with_its_reader(client, store, path, ada):
    store.suppressions.erase(ada.id, now=NOW)
    assert client.get(path).status_code == 404


def test_hostile_papers_and_interests_are_text(client, store, ada, path):
    hostile = Reason(ReasonKind.TERM, "</summary>{0}<script>\x00")
    made = an_edition(ada, picks=(Match(paper=DIFFUSION, score=0.5, reasons=(hostile,)),))
    store.editions.add_editions([(made, a_delivery(ada))])
    ((_, why),) = entries_of(client.get(path))
    assert "</summary>{0}<script>" in why


def test_public_pages_do_not_lead_to_it(client, mailed):
    mailed(23, DENSE)
    assert "/feed/" not in client.get("/").text
