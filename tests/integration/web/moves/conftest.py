"""A site with a relay, a change of address asked for, and the mails it leads to."""

import pytest

from tests.integration.web.conftest import link_in

NEW = "ada@new.example"


@pytest.fixture
def configuration(relay):
    return f"""
[digest]
base_url = "https://digest.example.org"
[smtp]
host = "127.0.0.1"
port = {relay.port}
security = "none"
sender = "Papers <digest@example.org>"
[web]
sign_up = false
trusted_proxy_header = "X-Forwarded-For"
"""


@pytest.fixture
def ask(client, path):
    def post(address=NEW, **fields):
        return client.post(path, data={"do": "move", "email": address} | fields)

    return post


@pytest.fixture
def inboxes(mails):
    """Return the last mail to each address."""
    return lambda: dict(mails())


@pytest.fixture
def links(ask, inboxes):
    """Ask for the change; return the link in the mail to each address."""
    ask()
    return {to: link_in(mail) for to, mail in inboxes().items()}


@pytest.fixture
def address(store, ada):
    return lambda: store.subscribers.by_id([ada.id])[ada.id].email


def agree(client, link):
    return client.post(link, data={"do": "agree"})
