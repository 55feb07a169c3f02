"""A change of address over a real relay: asked for on the page, confirmed in both inboxes."""

import html5lib
import pytest

from digest.config import subscribers_of
from digest.core.bounces import BounceKind
from digest.core.subscriber import Origin, Status
from digest.core.tokens import Purpose
from tests.builders import NOW, a_subscriber
from tests.integration.web.conftest import link_in, suppress, text_of

NEW = "ada@new.example"
FILED = """
[[subscribers]]
email = "file@example.org"
interests = ["maps"]
[[subscribers]]
email = "both@example.org"
interests = ["maps"]
"""


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
def path(token, ada):
    return f"/preferences/{token(Purpose.PREFERENCES, ada)}"


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


@pytest.mark.parametrize("order", [("ada@example.org", NEW), (NEW, "ada@example.org")])
def test_the_address_changes_once_both_inboxes_have_confirmed(client, path, links, address, order):
    assert links.keys() == {"ada@example.org", NEW}
    first, second = (links[each] for each in order)
    assert "Change the address?" in client.get(first).text
    assert f"link in the mail to a***@{order[1].partition('@')[2]}" in agree(client, first).text
    assert address() == "ada@example.org"
    assert f"still to be confirmed at {order[1]}." in client.get(path).text
    done = agree(client, second)
    assert "a***@new.example takes the place of a***@example.org from now on." in done.text
    assert address() == NEW
    assert "still to be confirmed" not in client.get(path).text
    assert NEW in client.get(path).text  # the old link goes on working


def test_only_the_new_end_is_given_a_link_to_the_preferences(client, links):
    agree(client, links["ada@example.org"])
    assert "/preferences/" in agree(client, links[NEW]).text
    assert "/preferences/" not in client.get(links["ada@example.org"]).text


def test_the_page_says_where_to_look(ask):
    assert "Asked. Look into both inboxes, and confirm at both." in ask().text


def test_the_old_mail_says_what_was_asked_and_the_new_one_does_not_tell_who(ask, inboxes):
    ask()
    old, new = (inboxes()[each] for each in ("ada@example.org", NEW))
    assert f"be sent to {NEW} in place of this address" in " ".join(text_of(old).split())
    assert old["Subject"] == "Change your address for Trending papers?"
    assert "/unsubscribe/" in old["List-Unsubscribe"]
    assert "until now a***@example.org" in " ".join(text_of(new).split())
    for part in ("ada@example.org", "/unsubscribe/", "/preferences/"):
        assert part not in new.as_string().replace("digest@example.org", "")
    for mail in (old, new):
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link_in(mail) in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize("form", [{"do": "refuse"}, {"List-Unsubscribe": "One-Click"}])
@pytest.mark.parametrize("end", ["ada@example.org", NEW])
def test_either_end_can_refuse(client, links, address, end, form):
    assert "Nothing has changed" in client.post(links[end], data=form).text
    assert {agree(client, link).status_code for link in links.values()} == {404}
    assert address() == "ada@example.org"


def test_one_can_keep_the_address_after_all(client, path, links, address):
    assert "Keep ada@example.org" in client.get(path).text
    assert "stays as it is" in client.post(path, data={"do": "stay"}).text
    assert {agree(client, link).status_code for link in links.values()} == {404}
    assert address() == "ada@example.org"


def test_looking_at_a_link_changes_nothing_and_an_empty_form_neither(client, links, dump):
    before = dump()
    for link in links.values():
        for method in ("GET", "HEAD", "OPTIONS"):
            client.request(method, link)
        assert client.post(link).status_code == 400
        assert client.post(link, data={"do": "dance"}).status_code == 400
        away = {"Sec-Fetch-Site": "cross-site"}
        assert client.post(link, data={"do": "agree"}, headers=away).status_code == 403
    assert dump() == before


def test_the_answer_does_not_tell_what_is_known_of_the_new_address(client, store, token, inboxes):
    def reader(name, **fields):
        made = a_subscriber(f"{name}@example.org", **({"origin": Origin.WEB} | fields))
        return store.subscribers.add(made, now=NOW)

    known = {
        "active": reader("active"),
        "gone": reader("gone", status=Status.UNSUBSCRIBED),
        "pending": reader("pending", status=Status.PENDING),
        "complained": reader("complained"),
    }
    suppress(store, known["complained"], BounceKind.COMPLAINT)
    pages = set()
    for number, name in enumerate([*known, "unknown"]):
        asker = reader(f"asker{number}")
        path = f"/preferences/{token(Purpose.PREFERENCES, asker)}"
        data = {"do": "move", "email": f"{name}@example.org"}
        own = {"X-Forwarded-For": f"192.0.2.{number}"}
        answer = client.post(path, data=data, headers=own)
        text = answer.text.replace(asker.email, "ASKER").replace(f"{name}@example.org", "NEW")
        pages.add((answer.status_code, _without_feed(text)))
    assert [status for status, _ in pages] == [200]
    told = {to: mail["Subject"].split()[0] for to, mail in inboxes().items()}
    news = {to: word for to, word in told.items() if not to.startswith("asker")}
    assert news == {
        "active@example.org": "This",
        "gone@example.org": "This",
        "pending@example.org": "Confirm",
        "unknown@example.org": "Confirm",
    }


def _without_feed(text):
    return "\n".join(line for line in text.splitlines() if "/feed/" not in line)


def test_the_mail_to_another_reader_holds_that_reader_s_links(client, store, ask, inboxes):
    store.subscribers.add(a_subscriber("bob@example.org", origin=Origin.WEB), now=NOW)
    ask("bob@example.org")
    mail = inboxes()["bob@example.org"]
    assert "ada" not in text_of(mail)
    assert "bob@example.org" in client.get(link_in(mail, "preferences")).text


def test_an_address_that_was_signed_up_meanwhile_is_told(client, store, links, address):
    store.subscribers.add(a_subscriber(NEW, origin=Origin.WEB), now=NOW)
    agree(client, links[NEW])
    assert "belongs to another reader" in agree(client, links["ada@example.org"]).text
    assert address() == "ada@example.org"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("no address", "This is no mail address"),
        ("", "This is no mail address"),
        ("a@example.org\r\nBcc: b@example.org", "This is no mail address"),
        ("ADA@example.org", "This is your address already."),
    ],
)
def test_what_is_no_new_address_is_told_at_the_field(ask, dump, typed, sentence):
    before = dump()
    answer = ask(typed)
    assert answer.status_code == 400
    assert f'id="email-error">{sentence}' in answer.text
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert dump() == before


def test_hostile_addresses_are_text(ask):
    assert "<script>" not in ask('"><script>alert(1)</script>@example.org').text


def test_so_many_asks_a_day_are_taken(ask, inboxes):
    codes = []
    for number in range(4):
        codes.append(ask(f"a{number}@new.example").status_code)
        inboxes()
    assert codes == [200, 200, 200, 429]
    assert len(inboxes()) == 4


@pytest.mark.usefixtures("links")
def test_a_link_of_one_end_or_page_opens_no_other(client, token, ada, store):
    move = store.moves.of(ada.id)
    eve = store.subscribers.add(a_subscriber("eve@example.org", origin=Origin.WEB), now=NOW)
    forged = [
        token(Purpose.CONFIRM, eve, str(move.new.id)),
        token(Purpose.CONFIRM, ada, str(move.new.id + 5)),
        token(Purpose.PREFERENCES, ada, str(move.new.id)),
        token(Purpose.FEED, ada, str(move.new.id)),
    ]
    assert {agree(client, f"/confirm/{each}").status_code for each in forged} == {404}
    mine = token(Purpose.CONFIRM, ada, str(move.old.id))
    for page in ("preferences", "unsubscribe", "feed", "editions"):
        assert client.get(f"/{page}/{mine}").status_code == 404


def test_the_change_stands_in_the_reader_s_own_data(client, path, links):
    agree(client, links[NEW])
    told = client.post(path, data={"do": "data"}).json()["change_of_address"]
    assert (told["from"], told["to"]) == ("ada@example.org", NEW)
    assert (told["confirmed_at_old"], bool(told["confirmed_at_new"])) == (None, True)


def test_erasing_a_reader_forgets_both_addresses(client, path, links, dump):
    assert len(links) == 2
    client.post(path, data={"do": "delete-for-good"})
    assert not [line for line in dump() if NEW in line or "ada@example.org" in line]


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
