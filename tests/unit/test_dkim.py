"""Signatures hold for every mail as it is, and for no mail that somebody changed."""

import base64
import hashlib
import os
import random
import re
from datetime import UTC, datetime, timedelta
from functools import partial

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from digest.core.dkim import Algorithm, Signer, _body_hash, _relaxed, signatures
from digest.core.message import Headers, build_message

MAILS = int(os.environ.get("DIGEST_TEST_MAILS", "60"))
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
RSA = generate_private_key(65537, 2048)
EDWARDS = Ed25519PrivateKey.generate()
SIGNERS = (
    Signer(
        domain="example.org",
        selector="rsa",
        algorithm=Algorithm.RSA,
        sign=partial(RSA.sign, padding=PKCS1v15(), algorithm=Prehashed(SHA256())),
    ),
    Signer(domain="example.org", selector="ed", algorithm=Algorithm.ED25519, sign=EDWARDS.sign),
)
RECORDS = {
    b"rsa._domainkey.example.org.": b"v=DKIM1; k=rsa; p="
    + base64.b64encode(
        RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ),
    b"ed._domainkey.example.org.": b"v=DKIM1; k=ed25519; p="
    + base64.b64encode(EDWARDS.public_key().public_bytes_raw()),
}
HOSTILE = "\r\n\t\x00\x0b\x0c=?_\"'<>@:;,.()\\ éß€“—漢字カナ🧪\u0301\u200d\u202e\ud800abcXYZ0123   "


def headers(**changed):
    fields = {
        "sender_name": "Papers",
        "sender_address": "digest@example.org",
        "recipient_name": "Ada",
        "recipient_address": "ada@example.net",
        "subject": "Dense retrieval",
        "date": NOW,
        "message_id": "<d.1@example.org>",
        "list_id_name": "Papers",
        "list_id_domain": "digest.example.org",
        "unsubscribe_url": "https://digest.example.org/u/token",
        "unsubscribe_mailto": "mailto:digest@example.org?subject=unsubscribe",
        "feedback_id": "day:digest:example.org",
    }
    return Headers(**fields | changed)


def parted(mail):
    head, _, body = mail.partition(b"\r\n\r\n")
    return head + b"\r\n", body


def a_mail(**changed):
    return parted(build_message(headers(**changed), text="Text.\n", html="<p>Text.</p>\n"))


def signed(head, body, *, signers=SIGNERS, **how):
    return signatures(head, body, signers=signers, now=NOW, **how) + head + b"\r\n" + body


def verdicts(mail):
    """Return whether each of the two signatures holds, for an implementation not ours."""
    check = dkim.DKIM(mail)
    verdicts = []
    for index in range(2):
        try:
            verdicts.append(check.verify(index, dnsfunc=lambda name, **_: RECORDS.get(name, b"")))
        except dkim.DKIMException:
            verdicts.append(False)
    return verdicts


def some_text(dice, most=120):
    return "".join(dice.choices(HOSTILE, k=dice.randint(0, most)))


def some_field(dice):
    """Return a raw field, folded and spaced as other software may do it."""
    name = dice.choice(["X-Note", "list-help", "Received", "REFERENCES", "Content-Language"])
    gaps = [b" ", b"\t", b"  \t ", b"\r\n ", b"\r\n\t  ", b" \r\n \r\n "]
    words = [b"word", b"a:b", b"=?utf-8?q?=C3=A9?=", b"caf\xc3\xa9", b";", b"x" * 60]
    value = b"".join(dice.choice(gaps) + dice.choice(words) for _ in range(dice.randint(0, 6)))
    return name.encode() + b":" + value + b"\r\n"


def some_body(dice):
    lines = [
        b"",
        b" ",
        b"\t",
        b"  two  ",
        b"a\t \tb",
        b"soft =",
        b"text",
        b".",
        b"..",
        b"From me",
        b"trailing \t ",
        b"caf\xc3\xa9",
    ]
    body = b"\r\n".join(dice.choices(lines, k=dice.randint(0, 8)))
    ends_in_blank = body.endswith((b" ", b"\t"))  # which a relay makes a line: not so dkimpy
    return body + b"\r\n" * dice.randint(int(ends_in_blank), 4)


def some_mail(dice):
    head, body = a_mail(
        subject=some_text(dice),
        sender_name=some_text(dice, 40),
        recipient_name=some_text(dice, 160),
        list_id_name=some_text(dice, 40) or "x",
        unsubscribe_url=dice.choice(["", "https://digest.example.org/u/" + "t" * 60]),
    )
    head += b"".join(some_field(dice) for _ in range(dice.randint(0, 4)))
    return head, dice.choice([body, some_body(dice)])


def test_another_implementation_verifies_both_signatures_of_any_mail():
    dice = random.Random(8463)  # noqa: S311 - made-up mails, no secret
    for number in range(MAILS):
        head, body = some_mail(dice)
        mail = signed(head, body)
        assert verdicts(mail) == [True, True], (number, head, body)


def test_signature_lines_are_short_and_are_fields():
    dice = random.Random(6376)  # noqa: S311 - made-up mails, no secret
    for _ in range(50):
        for line in signatures(*some_mail(dice), signers=SIGNERS, now=NOW).splitlines(True):
            assert re.fullmatch(rb"(DKIM-Signature:| )[ -~]+\r\n", line)
            assert len(line) <= 78


@pytest.mark.parametrize(
    "added",
    [
        b"Subject: You have won\r\n", b"From: Other <other@example.com>\r\n",
        b"To: other@example.com\r\n", b"Sender: other@example.com\r\n",
        b"Reply-To: other@example.com\r\n", b"Cc: other@example.com\r\n",
        b"Date: Thu, 26 Nov 2026 13:00:00 +0000\r\n", b"Message-ID: <2@example.com>\r\n",
        b"List-Unsubscribe: <https://example.com/>\r\n", b"MIME-Version: 1.0\r\n",
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        b"Content-Type: text/plain\r\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("at_top", [True, False])
def test_a_field_that_somebody_adds_breaks_the_signatures(added, at_top):
    head, body = a_mail(unsubscribe_url="", unsubscribe_mailto="")
    fields = signatures(head, body, signers=SIGNERS, now=NOW)
    longer = added + fields + head if at_top else fields + head + added
    assert verdicts(fields + head + b"\r\n" + body) == [True, True]
    assert verdicts(longer + b"\r\n" + body) == [False, False]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"To: Ada <ada@", b"To: Ada <eve@"),
        (b"Subject: Dense", b"Subject: dense"),
        (b"/u/token", b"/u/other"),
        (b"Auto-Submitted: auto-generated\r\n", b""),
        (b"Feedback-ID: day", b"Feedback-ID: way"),
        (b"Text.", b"Text!"),
        (b"</p>", b" </p>"),
    ],
)
def test_a_changed_byte_breaks_the_signatures(old, new):
    mail = signed(*a_mail())
    assert old in mail
    assert verdicts(mail.replace(old, new, 1)) == [False, False]


def test_text_put_behind_the_mail_breaks_the_signatures_and_empty_lines_do_not():
    mail = signed(*a_mail())
    assert verdicts(mail + b"\r\n\r\n") == [True, True]
    assert verdicts(mail + b"more\r\n") == [False, False]


def test_what_a_relay_may_do_to_fields_leaves_the_signatures_whole():
    head, body = a_mail()
    mail = signed(head, body)
    relayed = mail.replace(b"\r\nSubject: Dense retrieval", b"\r\nSUBJECT:\tDense\r\n   retrieval")
    assert relayed != mail
    assert verdicts(b"Received: from a by b; now\r\n" + relayed) == [True, True]


def test_what_a_relay_may_do_to_blanks_of_the_body_leaves_the_signatures_whole():
    head, body = a_mail()
    mail = signed(head, body + b"two  blanks\tand some at the end \r\n")
    relayed = mail.replace(b"two  blanks\tand some at the end ", b"two blanks and some at the end")
    assert relayed != mail
    assert verdicts(relayed) == [True, True]
    assert verdicts(mail.replace(b"blanks", b"bl anks")) == [False, False]


def test_field_says_what_is_signed_by_whom_when_and_until_when():
    head, body = a_mail()
    signer = Signer(
        domain="example.org", selector="s1", algorithm=Algorithm.RSA,
        sign=lambda _digest: b"raw" * 40, lifetime=timedelta(days=7),
    )  # fmt: skip
    field = signatures(head, body, signers=[signer], now=NOW).decode()
    assert field.startswith(
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1;\r\n"
        f" t={int(NOW.timestamp())}; x={int(NOW.timestamp()) + 7 * 86400};\r\n bh="
    )
    tags = dict(
        tag.strip().split("=", 1) for tag in re.sub(r"\s", "", field).partition(":")[2].split(";")
    )
    assert base64.b64decode(tags["b"]) == b"raw" * 40
    assert not {"l", "i", "z"} & tags.keys()
    names = tags["h"].split(":")
    for name in ("from", "to", "subject", "date", "list-unsubscribe", "list-unsubscribe-post"):
        assert names.count(name) == 2
    for name in ("list-id", "auto-submitted", "feedback-id", "cc", "reply-to", "sender"):
        assert names.count(name) == 1


def test_nobody_signs_when_there_is_no_key():
    assert signatures(*a_mail(), signers=(), now=NOW) == b""


def test_key_is_not_in_a_signer_s_text():
    assert "sign=" not in repr(SIGNERS[0])


# What the standards print


def test_header_is_made_relaxed_as_the_standard_shows():
    fields = _relaxed(b"A: X\r\nB : Y\t\r\n\tZ  \r\n")  # RFC 6376, 3.4.5
    assert fields == {"a": [b"a:X\r\n"], "b": [b"b:Y Z\r\n"]}


@pytest.mark.parametrize(
    ("body", "signed_as"),
    [
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),  # RFC 6376, 3.4.5
        (b"", b""),
        (b"\r\n\r\n", b""),
        (b" \t\r\n \r\n", b""),
        (b"a\r\n\t \r\n\r\nb \r\n \r\n", b"a\r\n\r\n\r\nb\r\n"),
        (b"a     b\t\tc \t d\r\n", b"a b c d\r\n"),
        (b"softly =\r\nended\r\n", b"softly =\r\nended\r\n"),
        (b"no end of line", b"no end of line\r\n"),
        (b"no end of line \t", b"no end of line\r\n"),
    ],
)
def test_body_is_made_relaxed_as_the_standard_shows(body, signed_as):
    assert _body_hash(body) == hashlib.sha256(signed_as).digest()


def test_hash_of_an_empty_body_is_the_standard_s():
    known = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="  # RFC 6376, 3.4.4
    assert base64.b64encode(_body_hash(b"")).decode() == known


def test_key_printed_in_rfc_8463_signs_so_that_its_record_verifies():
    seed = base64.b64decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    record = b"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    signer = Signer(
        domain="football.example.com", selector="brisbane", algorithm=Algorithm.ED25519,
        sign=Ed25519PrivateKey.from_private_bytes(seed).sign,
    )  # fmt: skip
    mail = signed(*a_mail(), signers=[signer])
    assert dkim.verify(mail, dnsfunc=lambda *_, **__: record)
