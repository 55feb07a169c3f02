"""Who signs up is a reader once the button in the mail is pressed, and by no other link."""

import re
from datetime import timedelta

import pytest

from digest.core.subscriber import Origin, Status
from digest.core.tokens import Purpose
from tests.builders import NOW, a_subscriber
from tests.integration.web.conftest import link_in
from tests.integration.web.sign_up.conftest import FORM, sign_up


def test_whoever_signs_up_is_a_reader_once_the_button_in_the_mail_is_pressed(client, store, mails):
    assert "Look into your inbox" in sign_up(client).text
    ((recipient, mail),) = mails()
    pending = store.subscribers.find("bo@example.org")
    assert (recipient, pending.status, pending.origin) == (
        "bo@example.org",
        Status.PENDING,
        Origin.WEB,
    )
    link = link_in(mail)
    asked = client.get(link).text
    assert "Confirm my subscription" in asked
    assert "at 09:00 (Europe/Paris).</p>" in asked
    assert store.subscribers.find("bo@example.org").status is Status.PENDING

    welcome = client.post(link)

    reader = store.subscribers.find("bo@example.org")
    assert reader.status is Status.ACTIVE
    assert [keyword.term for keyword in reader.interests.keywords] == ["dense retrieval"]
    assert reader.interests.authors == ("Percy Liang",)
    assert reader.interests.categories == ("cs.IR",)
    assert reader.interests.exclude == ("survey",)
    assert (str(reader.schedule.cadence), reader.schedule.timezone) == (
        "weekly:fri",
        "Europe/Paris",
    )
    assert reader.trending == 1
    assert reader.follows >= {"theme", "trending", "max_papers"}
    assert "timezone" not in reader.follows
    assert "You are subscribed" in welcome.text
    preferences = re.search(r'href="(/preferences/[^"]+)"', welcome.text)[1]
    assert client.get(preferences).status_code == 200


def test_the_mail_is_a_list_s_and_holds_nothing_that_was_typed(client, mails):
    sign_up(client, interests="canary, author: Mallory <b>")
    ((_, mail),) = mails()
    assert mail["Subject"] == "Confirm your subscription to Trending papers"
    assert mail["From"] == "Papers <digest@example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "canary" not in mail.as_string()
    assert "Mallory" not in mail.as_string()
    html = mail.get_body(("html",)).get_content()
    assert f"https://digest.example.org{link_in(mail)}" in html


def test_pressing_twice_changes_nothing_and_neither_does_an_old_link_after_leaving(
    client, store, mails
):
    sign_up(client)
    link = link_in(mails()[0][1])
    client.post(link)
    known = store.subscribers.find("bo@example.org")
    assert "You are subscribed" in client.post(link).text
    assert store.subscribers.find("bo@example.org") == known

    store.subscribers.update(known.unsubscribe())
    assert "You have unsubscribed since then" in client.post(link).text
    assert store.subscribers.find("bo@example.org").status is Status.UNSUBSCRIBED


def test_looking_changes_nothing(client, mails, dump):
    sign_up(client)
    link = link_in(mails()[0][1])
    before = dump()
    for path in (
        link,
        "/",
        "/subscribe",
        "/preview?interests=retrieval",
        "/papers?q=x",
        "/archive",
    ):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert client.request(method, path).status_code in {200, 405}
    assert client.post("/preview", data=FORM).is_success
    assert dump() == before


def test_a_link_that_is_forged_too_old_or_of_another_is_nothing(client, mails, token, clock, store):
    sign_up(client)
    link = link_in(mails()[0][1])
    reader = store.subscribers.find("bo@example.org")
    other = store.subscribers.add(a_subscriber("eve@example.org", status=Status.PENDING), now=NOW)
    forged = [
        f"/confirm/{token(Purpose.CONFIRM, reader, '99')}",
        f"/confirm/{token(Purpose.CONFIRM, reader, 'x')}",
        f"/confirm/{token(Purpose.CONFIRM, other, '1')}",
        f"/confirm/{token(Purpose.UNSUBSCRIBE, reader)}",
        f"{link}x",
    ]
    assert {client.post(path).status_code for path in forged} == {404}
    clock.now += timedelta(hours=49)
    assert client.post(link).status_code == 404
    assert store.subscribers.find("bo@example.org").status is Status.PENDING
    assert store.subscribers.find("eve@example.org").status is Status.PENDING


class TestWithSignUpOff:
    @pytest.fixture
    def web(self):
        return {"sign_up": "false"}

    def test_there_is_no_form(self, client):
        assert "Subscribe" not in client.get("/").text
        assert client.get("/subscribe").status_code == 404
        assert sign_up(client).status_code == 404
        assert client.get("/preview?interests=x").status_code == 200
