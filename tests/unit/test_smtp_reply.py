"""Replies of SMTP servers are read whole, however they arrive."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.smtp_reply import MAX_REPLY_BYTES, Reply, ReplyReader, one_line
from tests.replies import read


@pytest.mark.parametrize(
    ("wire", "code", "text"),
    [
        (b"250 2.1.0 Ok\r\n", 250, "2.1.0 Ok"),
        (b"250\r\n", 250, ""),
        (b"250 \r\n", 250, ""),
        (b"354 go ahead\n", 354, "go ahead"),  # a lone LF is no reason to wait for ever
        (b"250-one\r\n250-two\r\n250 three\r\n", 250, "one two three"),
        (b"550-5.1.1 no\r\n550\r\n", 550, "5.1.1 no"),
        (b"421-busy\r\n450 later\r\n", 450, "busy later"),  # the last line has the last word
    ],
)
def test_a_reply_is_one_code_and_its_lines_as_one(wire, code, text):
    assert read(wire) == Reply(code, text)


@pytest.mark.parametrize(
    "wire", [b"\r\n", b"\n", b"hello\r\n", b"2x0 ok\r\n", b"\xb2\xb9\xb2 x\r\n"]
)
def test_what_is_no_reply_has_code_zero(wire):
    assert read(wire).code == 0


def test_several_replies_come_in_one_piece():
    replies = ReplyReader().feed(b"250 a\r\n250-b\r\n250 c\r\n354 d\r\n250-e")
    assert [str(reply) for reply in replies] == ["250 a", "250 b c", "354 d"]


def test_a_reply_is_awaited_to_its_last_byte():
    reader = ReplyReader()
    assert reader.feed(b"") == reader.feed(b"250-first\r\n") == reader.feed(b"250 second\r") == []
    assert reader.feed(b"\n") == [Reply(250, "first second")]


@pytest.mark.parametrize("piece", [b"x" * 1_000, b"250-more\r\n" * 100, b"\0" * 1_000])
def test_a_reply_without_end_is_cut_off(piece):
    reader = ReplyReader()
    reader.feed(piece)
    with pytest.raises(ValueError, match="without end"):  # noqa: PT012 - which one, is open
        for _ in range(MAX_REPLY_BYTES):
            reader.feed(piece)


def test_many_short_replies_at_once_are_not_one_without_end():
    assert len(ReplyReader().feed(b"250 ok\r\n" * 20_000)) == 20_000


def test_what_a_server_says_is_one_printable_line_of_bounded_length():
    said = read(b"550-\x1b[31mred\x07\t\r\n550-" + b"long " * 500 + b"\r\n550 \xff\xfe\r\n")
    assert said.text.startswith("[31mred long long")
    assert said.text.isprintable()
    assert len(said.text) == 300


LINES = st.lists(
    st.builds(
        lambda code, text, end: code + text.replace(b"\n", b"") + end,
        st.sampled_from([b"250 ", b"250-", b"354 ", b"550-", b"550 ", b"", b"4"]),
        st.binary(max_size=12),
        st.sampled_from([b"\r\n", b"\n"]),
    ),
    max_size=12,
)


@given(LINES, st.lists(st.integers(0, 200), max_size=20))
def test_replies_are_the_same_however_the_bytes_arrive(lines, cuts):
    wire = b"".join(lines)
    at_once = ReplyReader().feed(wire)
    reader = ReplyReader()
    edges = [0, *sorted(min(cut, len(wire)) for cut in cuts), len(wire)]
    pieces = [wire[start:end] for start, end in pairwise(edges)]
    assert [reply for piece in pieces for reply in reader.feed(piece)] == at_once


@given(st.text())
def test_one_line_is_one_line(text):
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= 300
    assert "  " not in line


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("5.1.1 no such user", "5.1.1"),
        ("4.7.650", "4.7.650"),
        ("2.0.0 Ok: queued", "2.0.0"),
        ("3.1.1 there is no such class", ""),
        ("5.1 too short", ""),
        ("5.1.1234 too long", ""),
        ("see 5.1.1", ""),
        ("5.1.1.example.org", ""),
        ("", ""),
    ],
)
def test_the_enhanced_status_stands_at_the_beginning(text, status):
    assert Reply(550, text).status == status
