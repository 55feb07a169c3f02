from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from digest.core.edition import Edition, Match
from digest.core.links import LinkMaker
from digest.core.schedule import Slot
from digest.core.tokens import KeyRing, Purpose, read
from tests.builders import NOW, a_paper, a_subscriber

KEYS = KeyRing((b"k" * 32,))
READER = a_subscriber(id=7)
EDITION = Edition(
    subscriber_id=7,
    slot=Slot.parse("2026-11-23"),
    created_at=NOW,
    cutoff=1,
    considered=1,
    matched=1,
    picks=(Match(paper=a_paper(), score=1.0),),
)


def a_maker(base_url="https://digest.example.org"):
    return LinkMaker(base_url=base_url, sender_address="digest@example.org", keys=KEYS)


def claims(url, purpose):
    return read(urlsplit(url).path.rpartition("/")[2], purpose, keys=KEYS, now=NOW)


def test_without_pages_the_only_link_is_the_mail_that_unsubscribes():
    links = a_maker("").links(READER, EDITION, NOW)
    shown = links.shown
    assert shown.unsubscribe.startswith("mailto:digest@example.org?subject=unsubscribe")
    assert (shown.preferences, shown.view, shown.more, shown.feedback) == ("", "", "", "")
    assert (links.unsubscribe_url, links.unsubscribe_mailto) == ("", shown.unsubscribe)


def test_the_mail_that_unsubscribes_names_the_reader_by_a_signed_token():
    query = urlsplit(a_maker().links(READER, EDITION, NOW).unsubscribe_mailto).query
    word, token = parse_qs(query)["subject"][0].split()
    assert word == "unsubscribe"
    assert read(token, Purpose.UNSUBSCRIBE, keys=KEYS, now=NOW).subscriber_id == 7


@pytest.mark.parametrize(
    ("name", "page", "purpose"),
    [
        ("unsubscribe", "/unsubscribe/", Purpose.UNSUBSCRIBE),
        ("preferences", "/preferences/", Purpose.PREFERENCES),
        ("view", "/editions/", Purpose.EDITION),
        ("feedback", "/feedback/", Purpose.FEEDBACK),
    ],
)
def test_each_page_has_a_link_signed_for_its_purpose_alone(name, page, purpose):
    url = getattr(a_maker().links(READER, EDITION, NOW).shown, name)
    assert url.startswith(f"https://digest.example.org{page}")
    assert claims(url, purpose).subscriber_id == 7


def test_feedback_is_about_one_edition_of_one_reader():
    url = a_maker().links(READER, EDITION, NOW).shown.feedback
    assert claims(url, Purpose.FEEDBACK).payload == "2026-11-23"


def test_one_click_and_the_visible_link_leave_by_the_same_token():
    links = a_maker().links(READER, EDITION, NOW)
    assert links.unsubscribe_url == links.shown.unsubscribe
    assert links.unsubscribe_mailto.endswith(links.unsubscribe_url.rpartition("/")[2])


def test_an_address_with_odd_characters_stays_one_mailto():
    maker = LinkMaker(base_url="", sender_address="digest+x?&@example.org", keys=KEYS)
    url = maker.links(READER, EDITION, NOW).unsubscribe_mailto
    assert url.count("?") == 1
    assert unquote(urlsplit(url).path) == "digest+x?&@example.org"
