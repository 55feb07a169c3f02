"""The form of Ada's preferences filled in, and what is stored of her."""

import html5lib
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


def fields_in(text):
    """Return the fields of a page as a browser would send them."""
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    fields = {each.get("name"): each.text or "" for each in tree.iter("textarea")}
    fields |= {each.get("name"): each.get("value") for each in tree.iter("input")}
    for choice in tree.iter("select"):
        chosen = [each for each in choice if each.get("selected") is not None]
        fields[choice.get("name")] = chosen[0].get("value")
    return {name: value for name, value in fields.items() if value is not None}
