"""The mail that is built of headers and two bodies, byte by byte."""

import email
import re
from datetime import datetime, timedelta, timezone
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core import message
from digest.core.message import Headers, Message, build_message, message_id, needs_smtputf8
from digest.core.text import clean, clip, safe_url
from digest.errors import RecordError
from tests.bodies import BODIES
from tests.builders import NOW

GOLDEN = Path(__file__).parents[1] / "golden" / "message"
NAMES = [
    "Ada",
    "Ada Lovelace",
    'J. "R" Smith, \\ Jr.',
    "Zoë Müller",
    "山田 太郎",
    "=?utf-8?q?x?=",
    "a<b>c",
]
TEXTS = st.text(st.characters(), max_size=150) | st.lists(
    st.sampled_from([*NAMES, "a", "ü", "😀", " ", "\r\n", "X: y", "=?=", "long" * 20])
).map("".join)


def headers(**fields):
    return Headers(
        **{
            "sender_name": "Trending papers",
            "sender_address": "digest@example.org",
            "recipient_name": "Ada",
            "recipient_address": "ada@example.net",
            "subject": "Trending papers: 2 for you",
            "date": NOW,
            "message_id": "<2026-11-23.abc@example.org>",
            "list_id_name": "Trending papers",
            "list_id_domain": "digest.example.org",
            "unsubscribe_url": "https://digest.example.org/unsubscribe/AQEabcdefghijklmnop",
            "unsubscribe_mailto": "mailto:digest@example.org?subject=unsubscribe%20AQEabcdef",
            "feedback_id": "2026-11-23:digest:example.org",
        }
        | fields
    )


def built(text="Hello.\n", html="<p>Hello.</p>\n", **fields):
    return build_message(headers(**fields), text=text, html=html)


def parsed(**fields):
    return email.message_from_bytes(built(**fields), policy=policy.default)


def body(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def name_in(raw, field):
    # not display_name: Python 3.11 puts spaces between encoded-words there
    value = "".join(email.message_from_bytes(raw)[field].splitlines())
    return str(make_header(decode_header(parseaddr(value)[0])))


def head_of(raw):
    return raw.partition(b"\r\n\r\n")[0]


def test_message_is_as_it_was_agreed():
    raw = built(
        subject="Trending papers: 2 for you, 23 Nov · Schrödinger’s cat, revisited at scale",
        recipient_name="Lovelace, Ada",
        text="Schrödinger’s cat\n.hidden\nFrom here on\n",
        html='<h1 lang="de">Schrödinger’s cat</h1>\n<p>' + "long line " * 12 + "</p>\n",
    )
    assert raw == (GOLDEN / "digest.eml").read_bytes()


@given(TEXTS, TEXTS)
def test_hostile_subjects_and_names_arrive_as_text(subject, name):
    raw = built(subject=subject, recipient_name=name, sender_name=name)
    message = email.message_from_bytes(raw, policy=policy.default)
    shown = clip(clean(name.replace("@", " at ")), 100)
    assert message["Subject"] == (clip(clean(subject), 100) or "Trending papers")
    assert name_in(raw, "To") == name_in(raw, "From") == shown
    assert message["From"].addresses[0].addr_spec == "digest@example.org"
    assert not message.defects
    assert set(message.keys()) == set(parsed().keys())


@given(TEXTS, TEXTS)
def test_headers_are_short_ascii_lines_of_known_fields(subject, name):
    head = head_of(built(subject=subject, recipient_name=name, sender_name=name, list_id_name=name))
    lines = head.split(b"\r\n")
    assert head.isascii()
    assert b"\r" not in head.replace(b"\r\n", b"")
    assert b"\n" not in head.replace(b"\r\n", b"")
    assert max(len(line) for line in lines if b"Unsubscribe" not in line) <= 78
    assert all(len(line) <= 76 for line in lines if b"=?utf-8?" in line)
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", head))
    assert all(re.match(rb"[A-Za-z-]+: \S| \S", line) for line in lines)


@given(BODIES, BODIES)
def test_bodies_arrive_as_written(text, html):
    message = parsed(text=text, html=html)
    for kind, written in (("plain", text), ("html", html)):
        assert body(message, kind).removesuffix("\n") == written.removesuffix("\n")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_same_inputs_give_the_same_bytes():
    assert built() == built()
    assert built() != built(message_id="<other@example.org>")


def test_boundary_cannot_occur_in_quoted_printable():
    message = parsed(text="--=_\n")
    assert message.get_boundary().startswith("=_")


@pytest.mark.parametrize(
    ("url", "mailto", "expected"),
    [
        ("https://x.org/u", "mailto:a@x.org", "<https://x.org/u>, <mailto:a@x.org>"),
        ("https://x.org/u", "", "<https://x.org/u>"),
        ("", "mailto:a@x.org", "<mailto:a@x.org>"),
        ("http://x.org/u", "mailto:a@x.org>\r\nX: y", None),
    ],
)
def test_one_click_is_offered_over_https_only(url, mailto, expected):
    message = parsed(unsubscribe_url=url, unsubscribe_mailto=mailto)
    assert message["List-Unsubscribe"] == expected
    assert (message["List-Unsubscribe-Post"] is not None) == url.startswith("https:")


@given(
    st.from_regex(message._PLAIN_HTTPS, fullmatch=True)
    | st.text("https:/.-_a0A@%", max_size=30).map("https://{}".format)
)
def test_an_address_that_is_told_to_be_fit_at_a_glance_is_fit(url):
    assert message._https(url) == safe_url(url)


def test_unsubscribe_addresses_are_never_broken():
    url, mailto = "https://x.org/" + "t" * 300, "mailto:a@x.org?subject=" + "s" * 200
    head = head_of(built(unsubscribe_url=url, unsubscribe_mailto=mailto))
    assert f"<{url}>,\r\n <{mailto}>".encode() in head


def test_machines_see_that_a_machine_wrote():
    message = parsed()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message["List-Id"] == "Trending papers <digest.example.org>"


def test_feedback_id_is_optional_and_harmless():
    assert parsed(feedback_id="")["Feedback-ID"] is None
    assert parsed(feedback_id="a\r\nX: ü:b")["Feedback-ID"] == "a-X:-:b"


def test_a_list_name_that_is_too_long_is_left_out_of_its_identity():
    assert parsed(list_id_name="ü" * 90)["List-Id"] == "<digest.example.org>"
    assert parsed(list_id_name="")["List-Id"] == "<digest.example.org>"


def test_a_list_name_cannot_imitate_an_identity():
    assert b"List-Id: =?utf-8?" in head_of(built(list_id_name="x <evil.example>"))


def test_dates_are_in_utc_with_a_numeric_zone():
    tokyo = timezone(timedelta(hours=9))
    message = parsed(date=datetime(2026, 3, 1, 8, 5, 9, tzinfo=tokyo))
    assert str(message["Date"]) == "Sat, 28 Feb 2026 23:05:09 +0000"


def test_long_ascii_subjects_are_folded_between_words():
    subject = "Trending papers: " + "word " * 15 + "end"
    head = head_of(built(subject=subject))
    assert b"=?" not in head
    assert parsed(subject=subject)["Subject"] == subject


@pytest.mark.parametrize("subject", ["", "\r\n", "\u202e"])
def test_an_empty_subject_becomes_the_name_of_the_list(subject):
    assert parsed(subject=subject)["Subject"] == "Trending papers"


def test_a_mail_without_names_has_bare_addresses():
    message = parsed(recipient_name="", sender_name="")
    assert (message["To"], message["From"]) == ("ada@example.net", "digest@example.org")


def test_names_hold_no_address():
    assert (
        parsed(sender_name="it@bank.example")["From"].addresses[0].display_name
        == "it at bank.example"
    )


def test_domains_are_sent_as_a_labels():
    assert (
        parsed(recipient_address="ada@Bücher.example")["To"].addresses[0].domain
        == "xn--bcher-kva.example"
    )


@pytest.mark.parametrize(
    ("address", "needed"),
    [("ada@example.org", False), ("ada@bücher.example", False), ("zoë@example.org", True)],
)
def test_only_other_letters_before_the_at_sign_need_smtputf8(address, needed):
    assert needs_smtputf8(address) is needed
    assert head_of(built(recipient_address=address)).isascii() is not needed


@pytest.mark.parametrize(
    "address",
    [
        "", "ada", "@x.org", "ada@", "a b@x.org", "ada@x.org>", "ada@x.org\r\nBcc: b@x.org",
        "a\r\nb@x.org", "a..b@x.org", '"a b"@x.org', "a\u202eb@x.org", "a,b@x.org",
        "a" * 250 + "@x.org", "ada@x y.org",
    ],
)  # fmt: skip
def test_what_is_no_address_gets_no_mail(address):
    with pytest.raises(RecordError):
        built(recipient_address=address)


def test_message_ids_are_made_of_a_token_and_the_domain():
    assert message_id("2026-W47.abc", "Bücher.example") == "<2026-W47.abc@xn--bcher-kva.example>"


@pytest.mark.parametrize("token", ["", "a b", "a>", "a@b", "ü", "a\r\n"])
def test_other_tokens_make_no_message_id(token):
    with pytest.raises(RecordError, match="Message-ID"):
        message_id(token, "example.org")


@pytest.mark.parametrize("raw", ["", "a@x.org", "<a>", "<a@x.org>\r\nX: y", "<a@x org>"])
def test_other_message_ids_are_refused(raw):
    with pytest.raises(RecordError):
        built(message_id=raw)


def test_a_message_tells_its_size_and_what_it_needs_on_the_way():
    sent = Message(b"Subject: tea\r\n", b"caf\xc3\xa9\r\n")
    assert sent.size == len(bytes(sent))
    assert not sent.is_ascii
    assert Message(sent.head, b"cafe\r\n").is_ascii


def test_fields_that_are_added_stand_on_top():
    sent = Message(b"Subject: tea\r\n", b"tea\r\n")
    assert bytes(sent.under(b"X: y\r\n")) == b"X: y\r\n" + bytes(sent)
    assert sent.under(b"") is sent
