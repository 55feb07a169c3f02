"""The bytes of a mail: joined from pieces, they are those of the text encoded as a whole."""

import re
from binascii import a2b_qp
from dataclasses import replace
from datetime import time
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.edition import Edition, Match, Reason, ReasonKind
from digest.core.links import LinkMaker
from digest.core.message import build_message
from digest.core.paper import PaperId, Signals
from digest.core.render import MailList, Renderer
from digest.core.render.templates import Templates
from digest.core.schedule import Cadence, Schedule, Slot
from digest.core.subscriber import Interests, Keyword, TextField
from digest.core.tokens import KeyRing
from digest.pipeline.letters import Letterhead, LetterRoom
from tests.builders import NOW, a_paper, a_subscriber
from tests.plain_rendering import PlainMail

LIST = MailList(name="From: lab = papers", byline=". by us", sender_address="d@example.org")
BITS = st.sampled_from(
    [
        ".", "..", "From ", "=", "=20", " ", "\t", "\n", "a", "word ", "深度学习", "😀", "e\u0301",
        "👩‍👩‍👧", "שלום", "<b>", "&amp;", "%s", "%", "{{ x }}", "x" * 76, "long words " * 9,
        "\r\n.", "\ufdd0", "\ufdd2", "\x00", "\ud800",
    ]
)  # fmt: skip
TEXTS = st.lists(BITS, max_size=8).map("".join) | st.text(max_size=90)
URLS = st.sampled_from(
    ["", "https://arxiv.org/abs/1?a=.b&c=From%20d", "https://x.example/" + "=." * 60]
)
REASONS = st.builds(
    Reason,
    kind=st.sampled_from(ReasonKind),
    text=TEXTS,
    field=st.sampled_from([None, *TextField]),
    count=st.integers(1, 3),
    points=st.sampled_from([-1.0, 0.0, 1.0]),
)
PAPERS = st.builds(
    a_paper,
    st.just("x:1"),
    id=TEXTS.map(lambda text: PaperId(f"x:{text}")),
    title=TEXTS,
    abstract=st.lists(TEXTS, max_size=6).map(". ".join),
    authors=st.lists(TEXTS, max_size=6).map(tuple),
    categories=st.lists(TEXTS, max_size=2).map(tuple),
    url=URLS,
    pdf_url=URLS,
    signals=st.builds(Signals, upvotes=st.sampled_from([None, 3, 41_000])),
)
MATCHES = st.builds(
    Match, paper=PAPERS, score=st.just(0.5), reasons=st.lists(REASONS, max_size=6).map(tuple)
)
READERS = st.builds(
    a_subscriber,
    st.just("ada@example.org"),
    name=TEXTS,
    interests=st.builds(
        Interests,
        keywords=st.lists(st.builds(Keyword, term=TEXTS), max_size=5).map(tuple),
        authors=st.lists(TEXTS, max_size=2).map(tuple),
    ),
    schedule=st.sampled_from(
        [Schedule(), Schedule(cadence=Cadence.parse("weekly:fri"), send_at=time(23, 5))]
    ),
)
EDITIONS = st.builds(
    Edition,
    subscriber_id=st.just(1),
    slot=st.sampled_from([Slot.parse("2026-11-23"), Slot.parse("2026-W47")]),
    created_at=st.just(NOW),
    cutoff=st.just(1),
    considered=st.sampled_from([0, 1_043]),
    matched=st.sampled_from([0, 40]),
    picks=st.lists(MATCHES, max_size=3).map(tuple),
    trending=st.lists(PAPERS, max_size=2).map(tuple),
)


@pytest.fixture(scope="module")
def templates(theme):
    return Templates(theme)


@pytest.fixture(scope="module")
def rooms(theme):
    """Rooms that keep what they made, with and without pages to link to."""

    @cache
    def renderer(_name):
        return Renderer(theme, LIST)

    return [
        LetterRoom(
            letterhead=Letterhead(list_name="Papers", sender_name="", sender_address="d@x.org"),
            renderer=renderer,
            links=LinkMaker(
                base_url=base_url, sender_address="d@x.org", keys=KeyRing((b"k" * 16,))
            ),
            clock=lambda: NOW,
        )
        for base_url in ("https://digest.example.org", "")
    ]


def simply_made(room, edition, reader):
    """Return the mail made the plain way: rendered as text, then encoded as a whole."""
    links = room.links.links(reader, edition, NOW)
    proof = room.renderer("default").proof(edition, reader, links.shown)
    headers = room.headers(
        edition, reader, message_id="<m@x.org>", subject=proof.subject, links=links, date=NOW
    )
    return build_message(headers, text=proof.text, html=proof.html)


@given(EDITIONS, READERS, st.sampled_from([0, 1]))
def test_joined_mail_is_the_simple_mail_byte_for_byte(rooms, templates, edition, reader, which):
    room = rooms[which]
    letter = room.write(edition, reader, "<m@x.org>")
    assert bytes(letter.message) == simply_made(room, edition, reader)
    links = room.links.links(reader, edition, NOW).shown
    assert (
        room.render(edition, reader)
        == PlainMail(templates, LIST, edition, reader, links).rendered()
    )


@given(EDITIONS, READERS, st.sampled_from([0, 1]))
def test_nothing_is_left_to_mend_on_the_way(rooms, edition, reader, which):
    letter = rooms[which].write(edition, reader, "<m@x.org>")
    lines = bytes(letter.message).split(b"\r\n")
    assert bytes(letter.message).endswith(b"--\r\n")
    assert not re.search(rb"[\x00\x80-\xff]|\r(?!\n)|(?<!\r)\n", bytes(letter.message))
    assert not [line for line in lines if line.startswith((b".", b"From ")) or line.endswith(b" ")]
    assert max(map(len, letter.message.body.split(b"\r\n"))) <= 76


@given(EDITIONS, READERS)
def test_parts_decode_to_what_people_see(rooms, edition, reader):
    mail, shown = rooms[0].write(edition, reader, "<m@x.org>"), rooms[0].render(edition, reader)
    parts = re.split(rb"(?:^|\r\n)--=_[0-9a-f]+(?:--)?\r\n", mail.message.body)
    texts = [a2b_qp(part.partition(b"\r\n\r\n")[2]).decode() for part in parts[1:3]]
    assert [text.replace("\r\n", "\n").removesuffix("\n") for text in texts] == [
        text.removesuffix("\n") for text in (shown.text, shown.html)
    ]


def many(count, **fields):
    papers = [
        a_paper(
            f"x:{i}", title=f". From {i} = 学习 " + "word " * 30, abstract="Long. " * 90, **fields
        )
        for i in range(count)
    ]
    reason = Reason(kind=ReasonKind.TERM, text="=.", count=2)
    return tuple(Match(paper=paper, score=0.5, reasons=(reason,)) for paper in papers)


@pytest.mark.parametrize("count", [20, 21, 60, 400])
@pytest.mark.parametrize("which", [0, 1])
def test_mails_too_long_for_cards_alone_are_the_same_too(count, which, rooms, templates):
    matches = many(count)
    trending = tuple(match.paper for match in many(200, doi="10.1/x"))
    edition = Edition(
        subscriber_id=1, slot=Slot.parse("2026-11"), created_at=NOW, cutoff=1, considered=900,
        matched=500, picks=matches, trending=trending,
    )  # fmt: skip
    reader = a_subscriber()
    room = rooms[which]
    letter = room.write(edition, reader, "<m@x.org>")
    assert bytes(letter.message) == simply_made(room, edition, reader)
    links = room.links.links(reader, edition, NOW).shown
    rendered = room.render(edition, reader)
    assert len(rendered.html.encode()) < 90_000
    assert rendered == PlainMail(templates, LIST, edition, reader, links).rendered()


def test_mail_of_a_paper_whose_numbers_rose_shows_the_new_ones(rooms):
    [match] = many(1, signals=Signals(upvotes=3))
    edition = Edition(
        subscriber_id=1, slot=Slot.parse("2026-11-23"), created_at=NOW, cutoff=1, considered=1,
        matched=1, picks=(match,),
    )  # fmt: skip
    liked = match._replace(paper=replace(match.paper, signals=Signals(upvotes=777)))
    before, after = (
        bytes(rooms[0].write(each, a_subscriber(), "<m@x.org>").message)
        for each in (edition, replace(edition, picks=(liked,)))
    )
    assert b"777" not in before
    assert b"777" in after
