"""An address whose mail came back is let through again by its owner."""

from digest.core.bounces import BounceKind
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
