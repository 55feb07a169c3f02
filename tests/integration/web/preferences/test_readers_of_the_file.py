"""The preferences page of readers whose settings are kept in a file."""

import pytest

from digest.config import subscribers_of
from digest.core.subscriber import Status
from digest.core.tokens import Purpose
from tests.builders import NOW
from tests.integration.web.preferences.conftest import FORM

FILE = """
[digest]
[maildir]
path = "outbox"
sender = "digest@example.org"
[[subscribers]]
email = "file@example.org"
interests = [{ term = "maps", weight = 0.5 }]
"""


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

    def test_a_form_from_before_they_stood_there_is_told_where_they_stand(self, client, path):
        answer = client.post(path, data=FORM)
        assert answer.status_code == 400
        assert "Nothing was saved: your settings stand in a file of this list" in answer.text

    def test_a_pause_and_an_unsubscribe_outlast_the_next_start(
        self, client, path, store, workspace, reader
    ):
        client.post(path, data={"do": "pause", "until": "2026-12-24"})
        store.subscribers.sync(subscribers_of(workspace.config), now=NOW)
        assert store.subscribers.find(reader.email).status is Status.PAUSED
        client.post(path, data={"do": "leave"})
        store.subscribers.sync(subscribers_of(workspace.config), now=NOW)
        assert store.subscribers.find(reader.email).status is Status.UNSUBSCRIBED
