"""A change of address is asked for on the page, and told in a mail to each inbox."""

from datetime import timedelta

import html5lib
import pytest

from digest.core.bounces import BounceKind
from digest.core.subscriber import Origin, Status
from digest.core.tokens import Purpose
from tests.builders import NOW, a_subscriber
from tests.integration.web.conftest import link_in, suppress, text_of
from tests.integration.web.moves.conftest import NEW


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


def test_so_many_asks_a_day_are_taken(ask, inboxes, clock):
    codes = []
    for number in range(4):
        answer = ask(f"a{number}@new.example")
        codes.append(answer.status_code)
        inboxes()
        clock.now += timedelta(hours=1, seconds=1)  # a client may ask again
    assert codes == [200, 200, 200, 429]
    assert answer.headers["Retry-After"] == "86400"
    assert "In 24 hours at the latest it will be taken again." in answer.text
    assert len(inboxes()) == 4
