"""Words too long for the line of a header."""

from email.header import decode_header, make_header
from email.utils import parseaddr

from digest.core.header_text import mailbox, unstructured


def test_a_word_too_long_for_any_line_is_encoded_and_read_back_whole():
    folded = unstructured("Subject", "a" * 2_000)
    assert max(map(len, f"Subject: {folded}".split("\r\n"))) <= 78
    assert str(make_header(decode_header(folded))) == "a" * 2_000


def test_a_name_too_long_for_its_line_is_encoded():
    folded = mailbox("From", "a" * 90, "ada@example.org")
    assert max(map(len, f"From: {folded}".split("\r\n"))) <= 78
    assert parseaddr(str(make_header(decode_header(folded)))) == ("a" * 90, "ada@example.org")
