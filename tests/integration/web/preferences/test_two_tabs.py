"""Preferences that were opened twice: the page saved last does not undo the other unawares."""

from dataclasses import replace

import pytest

from tests.integration.web.preferences.conftest import FORM, fields_in

NOT_SAVED = "Nothing was saved: these settings were changed elsewhere"


@pytest.fixture
def first(client, path):
    return fields_in(client.get(path).text) | {"do": "save"}


@pytest.fixture
def second(client, path, first):
    """Other interests and another cadence, saved on a second page after the first was opened."""
    fields = first | {"interests": "speech", "cadence": "monthly"}
    assert client.post(path, data=fields).status_code == 200
    return fields


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize("wish", ["save", "look"])
def test_a_form_that_is_out_of_date_changes_nothing(client, path, first, dump, wish):
    before = dump()
    answer = client.post(path, data=first | {"max_papers": "3", "do": wish})
    assert answer.status_code == 409
    assert NOT_SAVED in answer.text
    assert dump() == before


@pytest.mark.usefixtures("second")
def test_it_is_shown_with_what_was_typed_and_what_is_stored(client, path, first, stored):
    answer = client.post(path, data=first | {"max_papers": "3"})
    assert "-error" not in answer.text
    client.post(path, data=fields_in(answer.text) | {"do": "save"})
    now = stored()
    assert [keyword.term for keyword in now.interests.keywords] == ["speech"]
    assert (str(now.schedule.cadence), now.max_papers) == ("monthly", 3)


@pytest.mark.usefixtures("second")
def test_a_field_that_both_changed_says_what_is_stored(client, path, first):
    answer = client.post(path, data=first | {"interests": "music", "cadence": "weekdays"})
    assert "Stored now: speech." in answer.text
    assert "Stored now: on the first of each month." in answer.text
    fields = fields_in(answer.text)
    assert (fields["interests"].strip(), fields["cadence"]) == ("music", "weekdays")


def test_a_button_pressed_twice_saves_once_and_does_not_wonder(client, path, first):
    fields = first | {"interests": "speech\nnot survey"}
    for _ in range(2):
        assert client.post(path, data=fields).status_code == 200


@pytest.mark.usefixtures("second")
def test_a_form_without_a_stamp_is_saved_as_before(client, path, stored):
    assert client.post(path, data=FORM).status_code == 200
    assert stored().name == FORM["name"]


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("stamp", ["x", "." * 10, "é.<script>", "0" * 9_000])
def test_a_stamp_that_nobody_made_is_one_that_is_out_of_date(client, path, dump, stamp):
    before = dump()
    answer = client.post(path, data=FORM | {"filled_with": stamp})
    assert answer.status_code == 409
    assert dump() == before


def test_what_is_saved_between_reading_and_writing_is_not_lost(
    client, path, first, store, monkeypatch
):
    change = type(store.subscribers).change
    (ada,) = store.subscribers.all()

    def too_late(self, number, how):
        monkeypatch.undo()
        store.subscribers.update(replace(ada, name="Countess"))
        return change(self, number, how)

    monkeypatch.setattr(type(store.subscribers), "change", too_late)
    assert client.post(path, data=first | {"max_papers": "3"}).status_code == 409
    (kept,) = store.subscribers.all()
    assert (kept.name, kept.max_papers) == ("Countess", ada.max_papers)
