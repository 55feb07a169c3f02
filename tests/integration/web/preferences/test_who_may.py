"""Who may open and send the form of the preferences page."""

from datetime import timedelta

import pytest

from digest.core.tokens import Purpose
from tests.builders import NOW
from tests.integration.web.preferences.conftest import FORM


def test_links_are_good_for_thirty_days(client, path, clock):
    clock.now = NOW + timedelta(days=29)
    assert client.get(path).status_code == 200
    clock.now = NOW + timedelta(days=31)
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (404, client.get("/preferences/nobodys").text)


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
        assert (answer.status_code, answer.text) == (404, client.get("/preferences/nobodys").text)


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
