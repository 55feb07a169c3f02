"""Bodies in quoted-printable: safe on every hop, and joined from pieces."""

import binascii

from hypothesis import given
from hypothesis import strategies as st

from digest.core import quoted_printable
from tests.bodies import BODIES


@given(BODIES)
def test_quoted_printable_is_safe_on_every_hop(text):
    encoded = quoted_printable.encode(text)
    lines = encoded.split(b"\r\n")
    assert lines[-1] == b""
    assert encoded.isascii()
    assert max(map(len, lines)) <= 76
    assert not [line for line in lines if line.startswith((b".", b"From "))]
    assert not [line for line in lines if line.endswith((b" ", b"\t"))]
    assert binascii.a2b_qp(encoded).decode().replace("\r\n", "\n").removesuffix(
        "\n"
    ) == text.removesuffix("\n")


@given(BODIES, BODIES)
def test_what_was_encoded_apart_can_be_joined(first, second):
    first += "\n"
    assert quoted_printable.encode(first) + quoted_printable.encode(
        second
    ) == quoted_printable.encode(first + second)


@given(BODIES, BODIES)
def test_what_stands_between_seams_is_encoded_as_if_it_stood_alone(first, second):
    seam = quoted_printable.SEAM
    encode = quoted_printable.encode
    assert encode(first + seam + second) == encode(first) + encode(second)


@given(BODIES)
def test_the_size_of_an_encoded_text_is_told_without_decoding_it(text):
    encoded = quoted_printable.encode(text)
    decoded = binascii.a2b_qp(encoded).replace(b"\r\n", b"\n")
    assert quoted_printable.decoded_size(encoded) == len(decoded)


@given(st.text("abFr.om =/%&-", min_size=60, max_size=200))
def test_long_plain_words_are_broken_as_safely_as_any_text(text):
    lines = quoted_printable.encode(text).split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert not [line for line in lines if line.startswith((b".", b"From ")) or line[-1:] == b" "]
    assert binascii.a2b_qp(b"\r\n".join(lines)).decode() == text


def test_an_encoded_body_ends_for_good_before_what_follows():
    assert quoted_printable.closing([b"a=\r\n"]) == b"\r\n"
    assert quoted_printable.closing([b"a=3D\r\n", b""]) == b""
    assert quoted_printable.closing([b"a\r\n", b"a=\r\n", b""]) == b"\r\n"
    assert quoted_printable.closing([]) == b""


def test_line_ends_controls_and_surrogates_of_bodies_are_mended():
    assert quoted_printable.encode("a\rb\r\nc\x00\x1b\x7f\ud800") == b"a\r\nb\r\nc?=\r\n"


def test_a_text_of_nothing_that_may_be_sent_is_an_empty_body():
    assert quoted_printable.encode("\0\0") == quoted_printable.encode("") == b""
