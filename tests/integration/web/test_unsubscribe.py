"""The unsubscribe page: one button, one click by a mail program, fewer mails, and a way back."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from digest.core.bounces import BounceKind
from digest.core.schedule import Cadence
from digest.core.subscriber import Origin, Status
from digest.core.tokens import KeyRing, Purpose, sign
from digest.errors import StoreBusyError
from digest.web import Site, make_app
from tests.builders import NOW, a_subscriber
from tests.integration.web.conftest import suppress

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FILE = """
[digest]
base_url = "https://digest.example.org/papers/"
[maildir]
path = "outbox"
sender = "digest@example.org"
[[subscribers]]
email = "file@example.org"
interests = ["maps"]
"""


@pytest.fixture
def path(token, ada):
    return f"/unsubscribe/{token(Purpose.UNSUBSCRIBE, ada)}"


@pytest.fixture
def now_stored(store, ada):
    return lambda: store.subscribers.by_id([ada.id])[ada.id]


def test_the_page_shows_one_button_and_two_honest_offers(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Mail comes every day at 07:30 (UTC)." in answer.text
    assert answer.text.count("<button") == 3
    assert "a***@example.org" in answer.text
    assert "ada@example.org" not in answer.text


def test_reading_changes_nothing(client, path, dump):
    before = dump()
    for method in ("GET", "HEAD", "OPTIONS") * 3:
        client.request(method, path)
        client.request(method, f"{path}?do=leave&List-Unsubscribe=One-Click")
    assert dump() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://mail.example.com", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ],
)
def test_one_click_by_a_mail_program_ends_all_mail(client, path, now_stored, headers):
    client.cookies.clear()
    answer = client.post(path, data=ONE_CLICK, headers=headers)
    assert (answer.status_code, answer.history) == (200, [])
    assert "You are unsubscribed" in answer.text
    assert "set-cookie" not in answer.headers
    assert now_stored().status is Status.UNSUBSCRIBED


def test_one_click_may_be_a_multipart_form(client, path, now_stored):
    """RFC 8058, 3.1, allows both."""
    client.post(path, files={"List-Unsubscribe": (None, "One-Click")})
    assert now_stored().status is Status.UNSUBSCRIBED


def test_doing_it_again_changes_nothing(client, path, dump):
    client.post(path, data=ONE_CLICK)
    once = dump()
    for _ in range(3):
        assert client.post(path, data=ONE_CLICK).status_code == 200
    assert dump() == once


def test_a_link_in_an_old_mail_works_and_after_a_change_of_keys_too(
    workspace, path, clock, now_stored
):
    key_file = workspace.config.folder / "secret.key"
    key_file.write_text("ab" * 32 + "\n" + key_file.read_text())
    clock.now = NOW + timedelta(days=3650)
    with TestClient(make_app(Site(workspace=workspace))) as client:
        assert client.post(path, data=ONE_CLICK).status_code == 200
    assert now_stored().status is Status.UNSUBSCRIBED


def test_there_is_a_way_back(client, path, now_stored):
    client.post(path, data=ONE_CLICK)
    assert "Subscribe again" in client.get(path).text
    answer = client.post(path, data={"do": "back"})
    assert "Done" in answer.text
    assert "Mail comes" in answer.text
    assert now_stored().status is Status.ACTIVE


def test_a_week_between_mails_is_an_offer(client, path, now_stored):
    client.post(path, data={"do": "weekly"})
    assert now_stored().schedule.cadence == Cadence.parse("weekly")
    assert "One mail a week" not in client.get(path).text


def test_a_pause_of_a_month_is_an_offer_and_can_be_ended(client, path, now_stored):
    answer = client.post(path, data={"do": "pause"})
    assert "Mail is paused until 23 Dec." in answer.text
    assert now_stored().paused_until == NOW + timedelta(days=30)
    client.post(path, data={"do": "back"})
    assert now_stored().status is Status.ACTIVE


def test_a_pause_of_one_who_left_does_not_bring_them_back(client, path, now_stored):
    client.post(path, data=ONE_CLICK)
    assert "You are unsubscribed" in client.post(path, data={"do": "pause"}).text
    assert now_stored().status is Status.UNSUBSCRIBED


@pytest.mark.parametrize("wish", ["weekly", "pause", "back"])
def test_other_sites_can_press_no_other_button(client, path, dump, wish):
    before = dump()
    answer = client.post(path, data={"do": wish}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert dump() == before


def test_an_unknown_wish_is_refused(client, path, dump):
    before = dump()
    assert client.post(path, data={"do": "dance"}).status_code == 400
    assert dump() == before


def test_whoever_returns_is_told_that_mails_came_back(client, path, store, ada):
    for days in range(3):
        suppress(store, ada, BounceKind.HARD, at=NOW - timedelta(days=days))
    client.post(path, data=ONE_CLICK)
    text = client.post(path, data={"do": "back"}).text
    assert "held back, because mails to it came back" in text
    assert 'value="allow"' in text
    assert "on its way" in client.post(path, data={"do": "allow"}).text
    away = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(path, data={"do": "allow"}, headers=away).status_code == 403


def test_whoever_complained_is_sent_to_the_operator(client, path, store, ada):
    suppress(store, ada, BounceKind.COMPLAINT)
    client.post(path, data=ONE_CLICK)
    text = client.post(path, data={"do": "back"}).text
    assert "reported as spam; only whoever runs this list" in text
    assert 'value="allow"' not in text
    assert client.post(path, data={"do": "allow"}).status_code == 400


def test_a_block_of_the_operator_s_is_told(client, path, store, ada):
    store.ledger.suppress(ada.email, "asked by phone", now=NOW)
    client.post(path, data=ONE_CLICK)
    text = client.post(path, data={"do": "back"}).text
    assert "held back by whoever runs this list" in text
    assert 'value="allow"' not in text


def test_all_tokens_that_are_not_right_look_the_same(client, workspace, token, ada):
    good = token(Purpose.UNSUBSCRIBE, ada)
    bad = [
        "x",
        good[:-1],
        good[:-3] + ("AAA" if good[-3:] != "AAA" else "BBB"),
        good + "=",
        token(Purpose.PREFERENCES, ada),
        token(Purpose.UNSUBSCRIBE, 999),
        sign(Purpose.UNSUBSCRIBE, ada.id, keys=KeyRing((b"z" * 32,)), now=NOW),
        "%00",
        "\u00e9",
    ]
    answers = {(a.status_code, a.text) for a in (client.get(f"/unsubscribe/{t}") for t in bad)}
    answers |= {(a.status_code, a.text) for a in (client.post(f"/unsubscribe/{t}") for t in bad)}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert workspace.store.subscribers.find(ada.email).status is Status.ACTIVE


def test_a_busy_database_is_a_page_for_people(client, store, path, monkeypatch):
    def busy(_self, _ids):
        raise StoreBusyError("canary")

    monkeypatch.setattr(store.subscribers.__class__, "by_id", busy)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "This cannot be done just now" in answer.text
    assert "canary" not in answer.text


class TestReadersOfTheFile:
    @pytest.fixture
    def configuration(self):
        return FILE

    @pytest.fixture
    def reader(self, store):
        return store.subscribers.find("file@example.org")

    def test_the_cadence_of_the_file_is_not_offered_to_be_changed(
        self, client, token, reader, store
    ):
        path = f"/unsubscribe/{token(Purpose.UNSUBSCRIBE, reader)}"
        answer = client.get(path)
        assert "No mail for a month" in answer.text
        assert "One mail a week" not in answer.text
        assert 'href="/papers/style.css?' in answer.text
        client.post(path, data={"do": "weekly"})
        assert store.subscribers.find(reader.email) == reader

    def test_who_was_taken_out_of_the_file_has_no_way_back_here(self, client, token, store):
        gone = store.subscribers.add(a_subscriber("gone@example.org", origin=Origin.FILE), now=NOW)
        path = f"/unsubscribe/{token(Purpose.UNSUBSCRIBE, gone)}"
        client.post(path, data=ONE_CLICK)
        answer = client.post(path, data={"do": "back"})
        assert "took the address off" in answer.text
        assert "Subscribe again" not in answer.text
        assert store.subscribers.find(gone.email).status is Status.UNSUBSCRIBED
