"""The bytes of a mail: headers and two bodies that say the same (RFC 5322, RFC 2046, 5.1.4).

The same inputs give the same bytes, so a mail that is sent again is the same mail.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from digest.core import quoted_printable
from digest.core.header_text import mailbox, phrase, unstructured
from digest.core.text import MAX_URL, ascii_host, clean, clip, safe_url
from digest.errors import RecordError

_EMPTY_LINE = b"\r\n"
_MAX_SUBJECT = 100
_MAX_ADDRESS = 254
_MAX_LIST_ID = 255
_PART_OF_TEXT, _PART_OF_HTML = (
    b"\r\nContent-Type: text/%b; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" % subtype
    for subtype in (b"plain", b"html")
)
_KEPT, _DOMAINS_KEPT, _SUBJECTS_KEPT = 64, 1_024, 4_096
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_MAILTO = re.compile(r"mailto:[!-;=?-~]+@[!-;=?-~]+")
_PLAIN_HTTPS = re.compile(r"https://[a-z0-9]+(?:[.-][a-z0-9]+)*/[A-Za-z0-9_/-]+")
"""What ``safe_url`` leaves as it is, told at a glance: such are our own links."""

_FEEDBACK_UNSAFE = re.compile(r"[^!-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """What the header fields of one mail say.

    Attributes:
        sender_name: display name in From.
        sender_address: address in From.
        recipient_name: display name in To, or "".
        recipient_address: address in To.
        subject: any text; cut at 100 characters.
        date: when the mail was made.
        message_id: from ``message_id``, angle brackets included.
        list_id_name: the list's name.
        list_id_domain: the list's identity, a name below the sender's domain (RFC 2919).
        unsubscribe_url: one-click address (https), or "".
        unsubscribe_mailto: ``mailto:`` address that unsubscribes, or "".
        feedback_id: what Gmail groups complaints by, or "".
    """

    sender_name: str
    sender_address: str
    recipient_name: str
    recipient_address: str
    subject: str
    date: datetime
    message_id: str
    list_id_name: str
    list_id_domain: str
    unsubscribe_url: str = ""
    unsubscribe_mailto: str = ""
    feedback_id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail, its lines ended by CRLF.

    More header fields, such as a signature, may go before the head.

    Attributes:
        head: the header fields, the last one's line end included.
        body: what follows the empty line.
        has_dots: a line may begin with a dot, which SMTP has to double (RFC 5321, 4.5.2);
            what ``assemble`` makes has none, and looking for one would cost more than sending.
    """

    head: bytes
    body: bytes
    has_dots: bool = True

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return len(self.head) + len(_EMPTY_LINE) + len(self.body)

    @property
    def is_ascii(self) -> bool:
        """True when no byte needs 8BITMIME (RFC 6152)."""
        return self.head.isascii() and self.body.isascii()

    def under(self, fields: bytes) -> "Message":
        """Return it with more header fields on top; none of their lines begins with a dot."""
        return Message(fields + self.head, self.body, self.has_dots) if fields else self

    def __bytes__(self) -> bytes:
        return _EMPTY_LINE.join((self.head, self.body))


def build_message(headers: Headers, *, text: str, html: str) -> bytes:
    """Return the mail of two bodies given as text: the plain way, by which to judge others.

    Raises:
        RecordError: an address or the Message-ID is none; nothing else can be wrong.
    """
    encode = quoted_printable.encode
    return bytes(assemble(headers, text=[encode(text)], html=[encode(html)]))


def assemble(headers: Headers, *, text: Sequence[bytes], html: Sequence[bytes]) -> Message:
    """Return the mail of two bodies that are encoded already, each in parts.

    Raises:
        RecordError: an address or the Message-ID is none; nothing else can be wrong.
    """
    boundary = "=_" + hashlib.sha256(headers.message_id.encode()).hexdigest()[:32]
    head = (
        f"{_identity_fields(headers)}{_list_fields(headers)}MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'
    )
    closing = quoted_printable.closing
    delimiter = b"--" + boundary.encode("ascii")
    body = (
        delimiter, _PART_OF_TEXT, *text, closing(text), b"\r\n",
        delimiter, _PART_OF_HTML, *html, closing(html), b"\r\n",
        delimiter, b"--\r\n",
    )  # fmt: skip
    return Message(head.encode(), b"".join(body), has_dots=False)


def message_id(token: str, domain: str) -> str:
    """Return a Message-ID (RFC 5322, 3.6.4): unique if ``token`` is, in the sender's domain.

    Raises:
        RecordError: the token has other characters than an atom may have, or the domain is none.
    """
    if not (token.isascii() and _LOCAL_PART.fullmatch(token)):
        raise RecordError(f"{token!r} cannot be in a Message-ID; allowed: letters, digits, - _ .")
    return f"<{token}@{_domain(domain)}>"


def needs_smtputf8(address: str) -> bool:
    """Tell whether every hop must offer SMTPUTF8 for this address (RFC 6531, 3.2).

    A domain alone never needs it: it is sent as A-labels.
    """
    return not address.rpartition("@")[0].isascii()


def _identity_fields(headers: Headers) -> str:
    """Who writes what to whom, and when."""
    sender = _mailbox_of_list("From", headers.sender_name, headers.sender_address)
    recipient = mailbox("To", headers.recipient_name, _address(headers.recipient_address))
    return (
        f"From: {sender}\r\n"
        f"To: {recipient}\r\n"
        f"Subject: {_subject(headers.subject, headers.list_id_name, headers.list_id_domain)}\r\n"
        f"Date: {_date(headers.date.replace(microsecond=0))}\r\n"
        f"Message-ID: {_checked_message_id(headers.message_id)}\r\n"
    )


def _list_fields(headers: Headers) -> str:
    """What tells a list's mail from a person's, and how to leave (RFC 2369, 2919, 3834, 8058)."""
    page = _https(headers.unsubscribe_url)
    mailto = headers.unsubscribe_mailto if _MAILTO.fullmatch(headers.unsubscribe_mailto) else ""
    ways = ",\r\n ".join([f"<{way}>" for way in (page, mailto) if way])
    feedback = _FEEDBACK_UNSAFE.sub("-", headers.feedback_id)[:_MAX_LIST_ID]
    fields = (
        f"List-Id: {_list_id(headers.list_id_name, headers.list_id_domain)}\r\n",
        f"List-Unsubscribe: {ways}\r\n" if ways else "",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" if page else "",
        "Auto-Submitted: auto-generated\r\nPrecedence: bulk\r\n",
        f"Feedback-ID: {feedback}\r\n" if feedback else "",
    )
    return "".join(fields)


@lru_cache(_KEPT)
def _mailbox_of_list(field: str, name: str, address: str) -> str:
    return mailbox(field, name, _address(address))


@lru_cache(_SUBJECTS_KEPT)
def _subject(subject: str, list_name: str, list_domain: str) -> str:
    """Return the subject as a field's value; a mail without one has the list's name."""
    says = clean(subject) or clean(list_name) or list_domain
    return unstructured("Subject", clip(says, _MAX_SUBJECT))


def _https(url: str) -> str:
    """Return an address that one click may post to (RFC 8058, 3.1: https), or ""."""
    if _PLAIN_HTTPS.fullmatch(url) and len(url) <= MAX_URL:
        return url
    safe = safe_url(url)
    return safe if safe.startswith("https:") else ""


def _address(address: str) -> str:
    """Return an address with its domain in A-labels; refuse what could end the field early."""
    local, _, domain = address.rpartition("@")
    if not _LOCAL_PART.fullmatch(local) or len(address) > _MAX_ADDRESS or clean(local) != local:
        raise RecordError(f"{address!r} is no e-mail address; allowed: name@example.org")
    return f"{local}@{_domain(domain)}"


@lru_cache(_DOMAINS_KEPT)
def _domain(domain: str) -> str:
    try:
        return ascii_host(domain)
    except ValueError:
        raise RecordError(f"{domain!r} is no domain; allowed: a host name") from None


def _checked_message_id(raw: str) -> str:
    left, at, domain = raw.removeprefix("<").removesuffix(">").rpartition("@")
    if not at or message_id(left, domain) != raw:
        raise RecordError(f"{raw!r} is no Message-ID; allowed: <unique@example.org>")
    return raw


@lru_cache(_KEPT)
def _date(moment: datetime) -> str:
    """Return a date of RFC 5322, section 3.3, in UTC, whatever the machine's language is."""
    day = moment.astimezone(UTC)
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day:%Y %H:%M:%S} +0000"


@lru_cache(_KEPT)
def _list_id(name: str, domain: str) -> str:
    """Return the list's name and identity; without the name when it would be too long."""
    identity = f"<{_domain(domain)}>"
    words = phrase("List-Id", name)
    if not words or len(words) + len(identity) >= _MAX_LIST_ID:
        return identity
    return f"{words}\r\n {identity}"
