"""Every page is HTML that parses without a fault, with a label for each field."""

from collections import Counter

import html5lib
import pytest

from digest.core.tokens import Purpose

WRONG = {"do": "save", "timezone": "Mars", "max_papers": "0", "interests": "a ^1000"}


@pytest.fixture
def addresses(token, ada):
    return {
        purpose.value: f"/{purpose}/{token(purpose, ada)}?more=arxiv:2406.00001"
        for purpose in (Purpose.UNSUBSCRIBE, Purpose.PREFERENCES, Purpose.FEEDBACK)
    }


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("unsubscribe", None),
        ("unsubscribe", {}),
        ("unsubscribe", {"do": "pause"}),
        ("preferences", None),
        ("preferences", WRONG),
        ("preferences", {"do": "look"}),
        ("preferences", {"do": "pause", "until": "x"}),
        ("preferences", {"do": "leave"}),
        ("preferences", {"do": "delete"}),
        ("preferences", {"do": "move", "email": "x"}),
        ("preferences", {"do": "move", "email": "new@example.org"}),
        ("preferences", {"do": "new-feed"}),
        ("feedback", None),
        ("feedback", {"verdict": "save"}),
        ("feedback", {}),
    ],
)
def test_a_page_has_no_fault(client, addresses, name, form):
    address = addresses[name]
    answer = client.get(address) if form is None else client.post(address, data=form)
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page = parser.parse(answer.text)
    assert page.get("lang") == "en"
    assert len([*page.iter("h1")]) == 1
    ids = Counter(each.get("id") for each in page.iter() if each.get("id"))
    assert set(ids.values()) == {1}
    labelled = {label.get("for") for label in page.iter("label")}
    fields = [each for kind in ("input", "textarea", "select") for each in page.iter(kind)]
    assert {each.get("id") for each in fields if each.get("type") != "hidden"} == labelled
    described = [each.get("aria-describedby") for each in fields if each.get("aria-describedby")]
    assert {word for each in described for word in each.split()} <= set(ids)
    assert not [*page.iter("script")]
    assert not [each for each in page.iter() if each.get("style")]
