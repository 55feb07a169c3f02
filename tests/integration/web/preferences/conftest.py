"""The form of Ada's preferences filled in, and what is stored of her."""

import pytest

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


@pytest.fixture
def stored(store, ada):
    return lambda: store.subscribers.by_id([ada.id]).get(ada.id)
