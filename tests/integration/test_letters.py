"""Letters: an edition rendered for its reader, addressed and ready for the wire."""

from dataclasses import replace
from email import message_from_bytes, policy
from functools import cache

import pytest

from digest.core.edition import Edition, Match
from digest.core.feedback import Feedback, Verdict
from digest.core.links import LinkMaker
from digest.core.paper import PaperId
from digest.core.render import MailList, Renderer
from digest.core.schedule import Slot
from digest.core.tokens import KeyRing
from digest.errors import StoreError
from digest.pipeline.desk import Desk, RecentPapers
from digest.pipeline.letters import Letterhead, LetterRoom
from tests.builders import NOW, a_delivery, a_paper, a_subscriber

READER = a_subscriber("jörg@bücher.example", name="Jörg <b>", id=7)
EDITION = Edition(
    id=3,
    subscriber_id=7,
    slot=Slot.parse("2026-11-23"),
    created_at=NOW,
    cutoff=1,
    considered=1,
    matched=1,
    picks=(Match(paper=a_paper(title="Dense <i>Retrieval</i> & more"), score=1.0),),
)


@pytest.fixture
def room(theme):
    @cache
    def renderer(_name):
        return Renderer(theme, MailList(name="Lab papers", sender_address="d@example.org"))

    return LetterRoom(
        letterhead=Letterhead(
            list_name="Lab papers", sender_name="", sender_address="d@example.org"
        ),
        renderer=renderer,
        links=LinkMaker(
            base_url="https://digest.example.org",
            sender_address="d@example.org",
            keys=KeyRing((b"k" * 16,)),
        ),
        clock=lambda: NOW,
    )


def parse(letter):
    return message_from_bytes(bytes(letter.message), policy=policy.default)


def test_letter_is_addressed_and_says_what_list_it_is_from(room):
    message = parse(room.write(EDITION, READER, "<m@example.org>"))
    assert message["From"].addresses[0].display_name == "Lab papers"
    assert message["Message-ID"] == "<m@example.org>"
    assert "digest.example.org" in message["List-Id"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "<https://digest.example.org/unsubscribe/" in message["List-Unsubscribe"]
    assert "<mailto:d@example.org?subject=unsubscribe" in message["List-Unsubscribe"]


def test_hostile_titles_are_text_in_both_parts(room):
    message = parse(room.write(EDITION, READER, "<m@example.org>"))
    html = message.get_body(("html",)).get_content()
    text = message.get_body(("plain",)).get_content()
    assert "Dense &lt;i&gt;Retrieval&lt;/i&gt; &amp; more" in html
    assert "Dense <i>Retrieval</i> & more" in text
    assert "Dense <i>Retrieval</i> & more" in message["Subject"]


def test_the_same_letter_twice_has_the_same_bytes(room):
    first = room.write(EDITION, READER, "<m@example.org>")
    assert first.message == room.write(EDITION, READER, "<m@example.org>").message


def test_letter_comes_whole_or_as_head_and_body(room):
    message = room.write(EDITION, READER, "<m@example.org>").message
    assert bytes(message) == message.head + b"\r\n" + message.body
    assert message.size == len(bytes(message))
    assert message.head.endswith(b"\r\n")
    assert b"\r\n\r\n" not in message.head
    assert message.body.startswith(b"--=_")


def test_signature_stands_before_what_it_signs(room):
    signed = []

    def sign(head, body):
        signed.append((head, body))
        return b"DKIM-Signature: v=1\r\n"

    plain = room.write(EDITION, READER, "<m@example.org>")
    letter = replace(room, sign=sign).write(EDITION, READER, "<m@example.org>")
    assert signed == [(plain.message.head, plain.message.body)]
    assert bytes(letter.message) == b"DKIM-Signature: v=1\r\n" + bytes(plain.message)


def test_envelope_is_from_the_list_or_from_the_return_path_of_the_mail(room):
    own = replace(room, return_path=lambda message_id: f"bounce+{message_id[1:2]}@example.org")
    assert room.write(EDITION, READER, "<m@example.org>").envelope.sender == "d@example.org"
    assert own.write(EDITION, READER, "<m@example.org>").envelope.sender == "bounce+m@example.org"


def test_rendering_shows_what_the_letter_says(room):
    message = parse(room.write(EDITION, READER, "<m@example.org>"))
    shown = room.render(EDITION, READER)
    assert shown.subject == message["Subject"]
    assert shown.text == message.get_body(("plain",)).get_content().replace("\r\n", "\n")


class Shelf:
    """Stands in for the stores with one edition and one reader, who likes a paper by feedback."""

    def __init__(self, edition, reader):
        self._edition, self._reader = edition, reader

    def editions(self, ids, *, known):
        assert isinstance(known, RecentPapers)
        return dict.fromkeys(ids, self._edition) if self._edition else {}

    def by_id(self, _ids):
        return {self._reader.id: self._reader} if self._reader else {}

    def standing(self, ids):
        liked = Feedback(paper=PaperId("x:1"), verdict=Verdict.MORE, at=NOW)
        return {number: [liked] for number in ids}


def test_letter_goes_to_the_address_that_the_delivery_was_made_for(room):
    moved = replace(READER, email="new@example.org")
    shelf = Shelf(EDITION, moved)
    desk = Desk(room=room, editions=shelf, subscribers=shelf, feedback=shelf)
    (make,) = desk([a_delivery(READER, recipient="old@example.org", message_id="<m@example.org>")])
    _, envelope = make()
    assert (envelope.sender, envelope.recipient) == ("d@example.org", "old@example.org")


def test_letter_names_what_the_reader_said_of_papers_among_the_interests(room):
    shelf = Shelf(EDITION, READER)
    (make,) = Desk(room=room, editions=shelf, subscribers=shelf, feedback=shelf)(
        [a_delivery(READER, message_id="<m@example.org>")]
    )
    message, _ = make()
    parsed = message_from_bytes(bytes(message), policy=policy.default)
    assert "papers you liked" in parsed.get_body(("plain",)).get_content()


@pytest.mark.parametrize("shelf", [Shelf(None, READER), Shelf(EDITION, None)])
def test_a_delivery_whose_edition_or_reader_is_gone_is_named(room, shelf):
    (make,) = Desk(room=room, editions=shelf, subscribers=shelf, feedback=shelf)(
        [a_delivery(READER)]
    )
    with pytest.raises(StoreError, match="its edition or its reader is gone"):
        make()


def test_only_the_papers_used_last_are_kept_at_hand():
    papers = RecentPapers(most=2)
    for serial in (1, 2):
        papers.keep(serial, a_paper(f"x:{serial}"))
    assert papers.get(1).id == "x:1"
    papers.keep(3, a_paper("x:3"))
    assert papers.get(2) is None
    assert [papers.get(serial).id for serial in (1, 3)] == ["x:1", "x:3"]
