"""The preferences page: settings, pauses, what was said of papers, and one's own data."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import html5lib
import pytest

from digest.config import subscribers_of
from digest.core.feedback import Verdict
from digest.core.paper import PaperId
from digest.core.schedule import Cadence
from digest.core.subscriber import Keyword, Status, TextField
from digest.core.tokens import Purpose
from digest.pipeline.feedback import give_feedback
from tests.builders import NOW, a_delivery, a_harvest, a_paper, an_edition

FORM = {
    "do": "save",
    "interests": "sparse retrieval ^2\r\ntitle: agents",
    "exclude": "survey\r\nposition paper",
    "authors": "Grace Hopper",
    "exclude_authors": "",
    "categories": "cs.IR",
    "text": "how letters are delivered",
    "name": "Ada L.",
    "cadence": "weekly:fri",
    "send_at": "08:15",
    "timezone": "Europe/Paris",
    "max_papers": "8",
}
HOSTILE = "</textarea><script>alert(1)</script>\"'>"
FILE = """
[digest]
[maildir]
path = "outbox"
sender = "digest@example.org"
[[subscribers]]
email = "file@example.org"
interests = [{ term = "maps", weight = 0.5 }]
"""


@pytest.fixture
def path(token, ada):
    return f"/preferences/{token(Purpose.PREFERENCES, ada)}"


@pytest.fixture
def stored(store, ada):
    return lambda: store.subscribers.by_id([ada.id]).get(ada.id)


def test_the_page_shows_what_is_set(client, path):
    text = client.get(path).text
    assert "ada@example.org" in text
    assert ">\ndense retrieval</textarea>" in text
    assert '<option value="daily" selected>' in text
    assert 'value="07:30"' in text
    assert text.count("<h1>") == 1


def test_every_field_has_a_label(client, path):
    text = client.get(path).text
    for name in [*(set(FORM) - {"do"}), "until"]:
        assert f'<label for="{name}">' in text
        assert f'id="{name}"' in text


def test_reading_changes_nothing(client, path, dump):
    before = dump()
    for method in ("GET", "HEAD", "OPTIONS") * 3:
        client.request(method, path)
        client.request(method, f"{path}?do=leave")
        client.request(method, f"{path}?do=delete-for-good")
    assert dump() == before


# Settings


def test_what_is_saved_is_kept_and_the_next_mail_shown(client, path, stored, ada):
    answer = client.post(path, data=FORM)
    assert answer.status_code == 200
    assert "Saved. Mail comes each Friday at 08:15 (Europe/Paris)." in answer.text
    assert "Your next mail would hold" in answer.text
    assert "Sparse retrieval in the small" in answer.text
    chips = [part.split("</span>")[0] for part in answer.text.split('class="chip">')[1:]]
    assert any("sparse retrieval" in chip for chip in chips)
    assert "Friday 27 November, 08:15" in answer.text
    now = stored()
    assert now.interests.keywords == (
        Keyword(term="sparse retrieval", weight=2.0),
        Keyword(term="agents", field=TextField.TITLE),
    )
    assert now.interests.exclude == ("survey", "position paper")
    assert now.interests.text == "how letters are delivered"
    assert (now.name, now.max_papers) == ("Ada L.", 8)
    assert now.schedule.cadence == Cadence.parse("weekly:fri")
    assert (now.schedule.send_at, now.schedule.timezone) == (time(8, 15), "Europe/Paris")
    assert (now.email, now.status, now.min_score) == (ada.email, ada.status, ada.min_score)


def test_one_can_look_before_saving(client, path, dump):
    before = dump()
    answer = client.post(path, data=FORM | {"do": "look"})
    assert "Nothing is saved yet." in answer.text
    assert "Sparse retrieval in the small" in answer.text
    assert "sparse retrieval ^2\ntitle: agents</textarea>" in answer.text
    assert dump() == before


def test_nothing_that_a_form_does_not_show_is_lost(client, path, store, stored, ada):
    odd = (
        Keyword(term="a", weight=0.123456789),
        Keyword(term="title: b ^2", weight=-1.5, field=TextField.ABSTRACT),
    )
    liked = (PaperId("arxiv:2406.00003"),)
    wanted = replace(ada.interests, keywords=odd, liked=liked)
    before = replace(ada, interests=wanted, min_score=0.125, theme="plain")
    store.subscribers.update(before)
    fields = _fields(client.get(path).text)
    client.post(path, data=fields | {"do": "save"})
    assert stored() == before


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("interests", "good\nbad ^1000"), "Line 2 is not a word or a phrase"),
        (("interests", "x" * 201), "Line 1 is not a word or a phrase"),
        (("exclude", "\n".join(map(str, range(201)))), "At most 200 lines, please."),
        (("cadence", "hourly"), "This is not one of the list."),
        (("send_at", "25:00"), "This is not a time from 00:00 to 23:59."),
        (("send_at", ""), "This is not a time from 00:00 to 23:59."),
        (("timezone", "Mars/Olympus"), "This is not a name such as Europe/Paris or UTC."),
        (("timezone", "../../etc/passwd"), "This is not a name such as Europe/Paris or UTC."),
        (("max_papers", "many"), "This is not a whole number from 1 to 100."),
        (("max_papers", "0"), "This is not a whole number from 1 to 100."),
        (("text", "x" * 5001), "This is not a text of at most 5000 characters."),
    ],
)
def test_what_is_not_right_is_told_at_the_field_and_kept(client, path, dump, wrong, sentence):
    field, value = wrong
    before = dump()
    answer = client.post(path, data=FORM | {field: value})
    assert answer.status_code == 400
    assert f'<span class="error" id="{field}-error">{sentence}' in answer.text
    assert "position paper" in answer.text or field == "exclude"
    assert dump() == before


def test_papers_are_prepared_once_for_those_who_save_within_a_minute(
    client, path, store, clock, monkeypatch
):
    opened = []
    read = type(store.papers).papers_since

    def counted(self, *args, **fields):
        opened.append(1)
        return read(self, *args, **fields)

    monkeypatch.setattr(type(store.papers), "papers_since", counted)
    for _ in range(3):
        client.post(path, data=FORM)
    assert len(opened) == 1
    clock.now += timedelta(minutes=1)
    client.post(path, data=FORM)
    assert len(opened) == 2


def test_a_paper_that_came_in_meanwhile_is_looked_at(client, path, store):
    client.post(path, data=FORM)
    late = a_paper("2406.00009", title="Sparse retrieval, the sequel")
    store.papers.record_harvest("a", a_harvest(late), now=NOW, not_before=None)
    assert "Sparse retrieval, the sequel" in client.post(path, data=FORM).text


def test_a_keyword_that_does_not_work_is_told(client, path):
    answer = client.post(path, data=FORM | {"interests": "survey"})
    assert "survey" in answer.text.split('class="hint">')[1]


def test_hostile_settings_are_text(client, path, stored):
    for wish in ("look", "save"):
        answer = client.post(path, data=FORM | {"interests": HOSTILE, "do": wish})
        assert "<script>" not in answer.text
        assert "&lt;/textarea&gt;&lt;script&gt;" in answer.text
    assert stored().interests.keywords[0].term == HOSTILE


def test_an_unsubscribe_while_a_form_is_open_stands(client, path, token, ada, stored):
    fields = _fields(client.get(path).text)
    client.post(f"/unsubscribe/{token(Purpose.UNSUBSCRIBE, ada)}")
    client.post(path, data=fields | {"do": "save", "name": "Ada B."})
    assert (stored().name, stored().status) == ("Ada B.", Status.UNSUBSCRIBED)


# Pauses


def test_a_pause_ends_where_the_reader_is(client, path, store, stored, ada):
    tokyo = replace(ada, schedule=replace(ada.schedule, timezone="Asia/Tokyo"))
    store.subscribers.update(tokyo)
    answer = client.post(path, data={"do": "pause", "until": "2026-12-24"})
    assert "Done. Mail is paused until 24 Dec." in answer.text
    assert stored().paused_until == datetime(2026, 12, 23, 15, tzinfo=UTC)
    client.post(path, data={"do": "back"})
    assert (stored().status, stored().paused_until) == (Status.ACTIVE, None)


@pytest.mark.parametrize("until", ["", "tomorrow", "2026-11-23", "2020-01-01", "9999-12-31"])
def test_a_pause_needs_a_day_to_come(client, path, dump, until):
    before = dump()
    answer = client.post(path, data={"do": "pause", "until": until})
    assert (answer.status_code, 'id="until-error"' in answer.text) == (400, True)
    assert dump() == before


def test_one_can_leave_and_return(client, path, stored):
    assert "Subscribe again" in client.post(path, data={"do": "leave"}).text
    assert stored().status is Status.UNSUBSCRIBED
    client.post(path, data={"do": "pause", "until": "2026-12-24"})
    assert stored().status is Status.UNSUBSCRIBED
    client.post(path, data={"do": "back"})
    assert stored().status is Status.ACTIVE


# What was said, and one's own data


def test_what_was_said_of_papers_is_shown(client, path, store, ada):
    said = (("00001", Verdict.MORE), ("00002", Verdict.SAVE), ("00003", Verdict.FEWER))
    for number, verdict in said:
        give_feedback(store, ada, PaperId(f"arxiv:2406.{number}"), verdict, NOW)
    store.subscribers.update(
        replace(ada, interests=replace(ada.interests, liked=(PaperId("x:unknown"),)))
    )
    text = client.get(path).text.split('id="judged"')[1]
    liked, saved, disliked = (text.index(f"<h3>{each}") for each in ("Liked", "Saved", "Disliked"))
    assert liked < text.index("Dense retrieval at scale") < saved
    assert saved < text.index("Sparse retrieval in the small") < disliked
    assert "Diffusion without tears" in text


def test_authors_left_out_by_a_verdict_are_shown(client, path, store, ada):
    give_feedback(store, ada, PaperId("arxiv:2406.00002"), Verdict.NOT_AUTHOR, NOW)
    assert "Grace Hopper" in client.get(path).text.split("Authors left out</h3>")[1]


def test_all_data_can_be_taken_away(client, path, store, ada):
    give_feedback(store, ada, PaperId("arxiv:2406.00001"), Verdict.SAVE, NOW)
    sent = a_paper("2406.00002", title="Sparse retrieval in the small")
    store.editions.add_editions([(an_edition(ada, sent), a_delivery(ada))])
    answer = client.post(path, data={"do": "data"})
    assert "attachment" in answer.headers["Content-Disposition"]
    data = json.loads(answer.text)
    assert data["settings"]["email"] == ada.email
    assert data["settings"]["interests"] == ["dense retrieval"]
    assert data["feedback"][0]["paper"] == "arxiv:2406.00001"
    assert data["editions"][0]["papers"] == ["arxiv:2406.00002"]
    assert data["editions"][0]["state"] == "queued"


def test_everything_is_deleted_after_being_asked_twice(client, path, stored, ada, dump):
    before = dump()
    assert "Delete everything?" in client.post(path, data={"do": "delete"}).text
    assert dump() == before
    assert "Everything is deleted" in client.post(path, data={"do": "delete-for-good"}).text
    assert stored() is None
    assert not [line for line in dump() if ada.email in line]
    assert client.get(path).status_code == 404
    assert client.post(path, data={"do": "delete-for-good"}).status_code == 404


# Who may


def test_links_are_good_for_thirty_days(client, path, clock):
    clock.now = NOW + timedelta(days=29)
    assert client.get(path).status_code == 200
    clock.now = NOW + timedelta(days=31)
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (404, client.get("/nowhere").text)


@pytest.mark.parametrize("bad", ["x", "of-another-page", "of-nobody"])
def test_tokens_that_are_not_right_look_the_same(client, token, ada, bad):
    tokens = {
        "of-another-page": token(Purpose.FEEDBACK, ada),
        "of-nobody": token(Purpose.PREFERENCES, 999),
    }
    for answer in (
        client.get(f"/preferences/{tokens.get(bad, bad)}"),
        client.post(f"/preferences/{tokens.get(bad, bad)}", data=FORM),
    ):
        assert (answer.status_code, answer.text) == (404, client.get("/nowhere").text)


@pytest.mark.parametrize("wish", ["save", "pause", "leave", "back", "data", "delete-for-good"])
def test_a_form_on_another_site_does_nothing(client, path, dump, wish):
    before = dump()
    answer = client.post(
        path,
        data=FORM | {"do": wish, "until": "2026-12-24"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert dump() == before


@pytest.mark.parametrize("wish", ["", "dance"])
def test_an_unknown_wish_is_refused(client, path, wish):
    assert client.post(path, data={"do": wish}).status_code == 400


def test_a_form_is_not_without_end(client, path):
    assert client.post(path, data=FORM | {"text": "x" * 70_000}).status_code == 413
    many = {f"field{number}": "x" for number in range(200)}
    assert client.post(path, data=many).status_code == 400


class TestReadersOfTheFile:
    @pytest.fixture
    def configuration(self):
        return FILE

    @pytest.fixture
    def reader(self, store):
        return store.subscribers.find("file@example.org")

    @pytest.fixture
    def path(self, token, reader):
        return f"/preferences/{token(Purpose.PREFERENCES, reader)}"

    def test_settings_are_shown_and_not_to_be_changed(self, client, path, dump):
        text = client.get(path).text
        assert "keeps your settings in a file" in text
        assert "maps ^0.5" in text
        assert "<textarea" not in text
        before = dump()
        for wish in ("save", "look", "delete", "delete-for-good"):
            assert client.post(path, data=FORM | {"do": wish}).status_code == 400
        assert dump() == before

    def test_a_pause_and_an_unsubscribe_outlast_the_next_start(
        self, client, path, store, workspace, reader
    ):
        client.post(path, data={"do": "pause", "until": "2026-12-24"})
        store.subscribers.sync(subscribers_of(workspace.config), now=NOW)
        assert store.subscribers.find(reader.email).status is Status.PAUSED
        client.post(path, data={"do": "leave"})
        store.subscribers.sync(subscribers_of(workspace.config), now=NOW)
        assert store.subscribers.find(reader.email).status is Status.UNSUBSCRIBED


def _fields(text):
    """Return the fields of a page as a browser would send them."""
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    fields = {each.get("name"): each.text or "" for each in tree.iter("textarea")}
    fields |= {each.get("name"): each.get("value") for each in tree.iter("input")}
    for choice in tree.iter("select"):
        chosen = [each for each in choice if each.get("selected") is not None]
        fields[choice.get("name")] = chosen[0].get("value")
    return {name: value for name, value in fields.items() if value is not None}
