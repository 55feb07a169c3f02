"""Whose address cannot be changed on the page."""

import pytest

from digest.config import subscribers_of
from digest.core.subscriber import Origin
from digest.core.tokens import Purpose
from tests.builders import NOW, a_subscriber
from tests.integration.web.moves.conftest import NEW

FILED = """
[[subscribers]]
email = "file@example.org"
interests = ["maps"]
[[subscribers]]
email = "both@example.org"
interests = ["maps"]
"""


class TestReadersOfTheFile:
    @pytest.fixture
    def configuration(self, configuration):
        return configuration + FILED

    def test_their_address_is_changed_there(self, client, store, token, dump):
        reader = store.subscribers.find("file@example.org")
        path = f"/preferences/{token(Purpose.PREFERENCES, reader)}"
        assert "keeps your address in a file" in client.get(path).text
        before = dump()
        answer = client.post(path, data={"do": "move", "email": NEW})
        assert answer.status_code == 400
        assert dump() == before

    def test_so_is_one_that_came_in_by_another_door_first(self, client, store, token, workspace):
        filed = store.subscribers.find("both@example.org")
        store.subscribers.delete(filed.id)
        made = a_subscriber("both@example.org", origin=Origin.WEB)
        reader = store.subscribers.add(made, now=NOW)
        store.subscribers.sync(subscribers_of(workspace.config), now=NOW)
        path = f"/preferences/{token(Purpose.PREFERENCES, reader)}"
        assert "Whoever runs this list can change your address." in client.get(path).text
        assert client.post(path, data={"do": "move", "email": NEW}).status_code == 400


class TestWithoutAWayOut:
    @pytest.fixture
    def configuration(self):
        return '[digest]\n[maildir]\npath = "outbox"\nsender = "digest@example.org"\n'

    def test_no_form_is_shown(self, client, path, ask):
        assert 'name="email"' not in client.get(path).text
        assert ask().status_code == 400
