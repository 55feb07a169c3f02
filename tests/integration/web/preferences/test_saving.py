"""The preferences page shows what is set and saves what is right."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from digest.core.paper import PaperId
from digest.core.schedule import Cadence
from digest.core.subscriber import Keyword, Status, TextField
from digest.core.tokens import Purpose
from tests.builders import NOW, a_harvest, a_paper
from tests.integration.web.preferences.conftest import FORM, fields_in

HOSTILE = "</textarea><script>alert(1)</script>\"'>"


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


TYPED = "agents, RAG ^2\nnot survey\n-benchmark\nauthor: Jane Doe\ncs.CL\ncategory: cs.LG"


def test_lines_go_to_the_fields_where_the_sign_up_form_puts_them(client, path, stored):
    client.post(path, data={"do": "save", "interests": TYPED})
    now = stored().interests
    assert now.keywords == (Keyword(term="agents"), Keyword(term="RAG", weight=2.0))
    assert now.exclude == ("survey", "benchmark")
    assert now.authors == ("Jane Doe",)
    assert now.categories == ("cs.CL", "cs.LG")


def test_a_look_shows_lines_in_the_fields_where_they_will_be(client, path):
    fields = fields_in(client.post(path, data={"do": "look", "interests": TYPED}).text)
    assert fields["interests"].strip() == "agents\nRAG ^2"
    assert fields["exclude"].strip() == "survey\nbenchmark"


def test_a_phrase_with_a_comma_that_was_shown_stays_one(client, path, store, stored, ada):
    odd = (Keyword(term="a, b"), Keyword(term="not survey"))
    store.subscribers.update(replace(ada, interests=replace(ada.interests, keywords=odd)))
    client.post(path, data={"do": "save", "interests": "a, b\nnot  survey"})
    assert stored().interests.keywords == odd


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
    fields = fields_in(client.get(path).text)
    client.post(path, data=fields | {"do": "save"})
    assert stored() == before


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("interests", "good\nbad ^1000"), "Line 2 is not a word or a phrase"),
        (("interests", "x" * 201), "Line 1 is not a word or a phrase"),
        (
            ("interests", "good\nauthor:"),
            "Line 2: “author:” has nothing after it; allowed: such as",
        ),
        (("interests", "x ^abc"), "Line 1: “x ^abc” ends with no weight; allowed: such as"),
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


def test_a_category_that_nobody_has_heard_of_is_told_at_the_field_and_saved(client, path, stored):
    for wish in ("look", "save"):
        fields = FORM | {"categories": "cs.LG\nnonsense <cat>", "do": wish}
        answer = client.post(path, data=fields)
        assert answer.status_code == 200
        note = answer.text.split('id="categories-note">')[1].split("</span>")[0]
        assert note.startswith("&#34;nonsense &lt;cat&gt;&#34; is no category of arXiv")
        assert 'aria-describedby="categories-hint categories-note"' in answer.text
    assert stored().interests.categories == ("cs.LG", "nonsense <cat>")
    assert "categories-note" not in client.post(path, data=FORM).text


def test_hostile_settings_are_text(client, path, stored):
    for wish in ("look", "save"):
        answer = client.post(path, data=FORM | {"interests": HOSTILE, "do": wish})
        assert "<script>" not in answer.text
        assert "&lt;/textarea&gt;&lt;script&gt;" in answer.text
    assert stored().interests.keywords[0].term == HOSTILE


def test_an_unsubscribe_while_a_form_is_open_stands(client, path, token, ada, stored):
    fields = fields_in(client.get(path).text)
    client.post(f"/unsubscribe/{token(Purpose.UNSUBSCRIBE, ada)}")
    client.post(path, data=fields | {"do": "save", "name": "Ada B."})
    assert (stored().name, stored().status) == ("Ada B.", Status.UNSUBSCRIBED)


def test_what_is_saved_as_it_was_goes_on_following_the_list(client, path, store, stored, ada):
    store.subscribers.update(replace(ada, follows=frozenset({"max_papers", "theme", "timezone"})))
    client.post(path, data=FORM | {"max_papers": str(ada.max_papers)})
    assert stored().schedule.timezone == "Europe/Paris"
    assert stored().follows == {"max_papers", "theme"}
