"""A site with a form to sign up, a relay for its mails, and the form filled in."""

import pytest

FORM = {
    "email": "bo@example.org",
    "interests": "dense retrieval, author: Percy Liang\ncs.IR, not survey",
    "cadence": "weekly:fri",
    "send_at": "09:00",
    "timezone": "Europe/Paris",
}
PROXY = "X-Forwarded-For"


@pytest.fixture
def web():
    """Keys of the configuration's [web]; a test may add some."""
    return {"trusted_proxy_header": f'"{PROXY}"'}


@pytest.fixture
def configuration(relay, web):
    keys = "\n".join(f"{key} = {value}" for key, value in web.items())
    return f"""
[digest]
base_url = "https://digest.example.org"
timezone = "Europe/Berlin"
trending = 1
[smtp]
host = "127.0.0.1"
port = {relay.port}
security = "none"
sender = "Papers <digest@example.org>"
[web]
{keys}
"""


def sign_up(client, *, client_address="192.0.2.1", **fields):
    return client.post("/subscribe", data=FORM | fields, headers={PROXY: client_address})
