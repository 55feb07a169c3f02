from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from digest.core.edition import Edition, Match
from digest.core.links import LinkMaker
from digest.core.schedule import Slot
from digest.core.tokens import KeyRing, Purpose, read
from tests.builders import NOW, a_paper, a_subscriber

KEYS = KeyRing((b"k" * 32,))
READER = a_subscriber(id=7)
PAPER = a_paper()
EDITION = Edition(
    subscriber_id=7,
    slot=Slot.parse("2026-11-23"),
    created_at=NOW,
    cutoff=1,
    considered=1,
    matched=1,
    picks=(Match(paper=PAPER, score=1.0),),
)


def a_maker(base_url="https://digest.example.org"):
    return LinkMaker(base_url=base_url, sender_address="digest@example.org", keys=KEYS)


def claims(url, purpose):
    return read(urlsplit(url).path.rpartition("/")[2], purpose, keys=KEYS, now=NOW)


def test_without_pages_the_only_link_is_the_mail_that_unsubscribes():
    links = a_maker("").links(READER, EDITION, NOW)
    assert links.unsubscribe.startswith("mailto:digest@example.org?subject=unsubscribe")
    assert (links.preferences, links.view, links.more, links.feedback_more) == ("", "", "", {})
    assert a_maker("").unsubscribe_url(READER, NOW) == ""


def test_the_mail_that_unsubscribes_names_the_reader_by_a_signed_token():
    query = urlsplit(a_maker().unsubscribe_mailto(READER, NOW)).query
    word, token = parse_qs(query)["subject"][0].split()
    assert word == "unsubscribe"
    assert read(token, Purpose.UNSUBSCRIBE, keys=KEYS, now=NOW).subscriber_id == 7


@pytest.mark.parametrize(
    ("name", "page", "purpose"),
    [
        ("unsubscribe", "/unsubscribe/", Purpose.UNSUBSCRIBE),
        ("preferences", "/preferences/", Purpose.PREFERENCES),
        ("view", "/editions/", Purpose.EDITION),
    ],
)
def test_each_page_has_a_link_signed_for_its_purpose_alone(name, page, purpose):
    url = getattr(a_maker().links(READER, EDITION, NOW), name)
    assert url.startswith(f"https://digest.example.org{page}")
    assert claims(url, purpose).subscriber_id == 7


def test_feedback_links_carry_the_wish_and_the_paper():
    links = a_maker().links(READER, EDITION, NOW)
    more = claims(links.feedback_more[PAPER.id], Purpose.FEEDBACK)
    fewer = claims(links.feedback_fewer[PAPER.id], Purpose.FEEDBACK)
    assert more.payload == f"more {PAPER.id}"
    assert fewer.payload == f"fewer {PAPER.id}"


def test_an_address_with_odd_characters_stays_one_mailto():
    maker = LinkMaker(base_url="", sender_address="digest+x?&@example.org", keys=KEYS)
    url = maker.unsubscribe_mailto(READER, NOW)
    assert url.count("?") == 1
    assert unquote(urlsplit(url).path) == "digest+x?&@example.org"
