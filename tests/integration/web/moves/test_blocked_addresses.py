"""An address whose mail came back is let through again by its owner."""

from digest.core.bounces import BounceKind
from digest.core.tokens import Purpose
from tests.builders import NOW
from tests.integration.web.conftest import link_in, suppress


def test_a_blocked_address_is_let_through_by_a_mailed_link(client, path, store, ada, mails):
    for days in range(3):
        suppress(store, ada, BounceKind.HARD, at=NOW.replace(day=NOW.day - days))
    assert "mails to it came back" in client.get(path).text
    assert "on its way" in client.post(path, data={"do": "allow"}).text
    client.post(path, data={"do": "allow"})
    ((to, mail),) = mails()
    assert (to, mail["Subject"]) == (ada.email, "Let the mail of Trending papers through again")
    link = link_in(mail)
    assert "Let it through" in client.get(link).text
    assert store.suppressions.find(ada.email)
    assert "Mail is let through again" in client.post(link).text
    assert store.suppressions.find(ada.email) is None
    suppress(store, ada, BounceKind.COMPLAINT)
    client.post(link)
    assert store.suppressions.find(ada.email)  # a link serves once


def test_a_complaint_is_not_the_reader_s_to_lift(client, path, store, ada, mails):
    suppress(store, ada, BounceKind.COMPLAINT)
    assert 'value="allow"' not in client.get(path).text
    assert client.post(path, data={"do": "allow"}).status_code == 400
    assert mails() == []


def test_of_mail_that_is_held_back_nothing_says_when_it_comes(client, path, store, ada, token):
    assert "Mail comes every day" in client.get(path).text
    suppress(store, ada, BounceKind.COMPLAINT)
    shown = [client.get(path), client.post(path, data={"do": "save", "max_papers": "3"})]
    shown.append(client.get(f"/unsubscribe/{token(Purpose.UNSUBSCRIBE, ada)}"))
    for answer in shown:
        assert "Mail to this address is held back" in answer.text
        assert "Mail comes" not in answer.text


def test_of_a_pause_and_of_held_back_mail_both_are_told(client, path, store, ada):
    suppress(store, ada, BounceKind.COMPLAINT)
    text = client.post(path, data={"do": "pause", "until": "2026-12-24"}).text
    assert "Mail is paused until 24 Dec. Mail to this address is held back" in text
