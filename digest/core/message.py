"""The bytes of a mail: headers and two bodies that say the same (RFC 5322, RFC 2046, 5.1.4).

The same inputs give the same bytes, so a mail that is sent again is the same mail.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from digest.core import quoted_printable
from digest.core.header_text import mailbox, phrase, unstructured
from digest.core.text import ascii_host, clean, clip, safe_url
from digest.errors import RecordError

_MAX_SUBJECT = 100
_MAX_ADDRESS = 254
_MAX_LIST_ID = 255
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_MAILTO = re.compile(r"mailto:[!-;=?-~]+@[!-;=?-~]+")
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


def build_message(headers: Headers, *, text: str, html: str) -> bytes:
    """Return the mail, ready for the wire: CRLF line ends, nothing that needs 8BITMIME.

    Raises:
        RecordError: an address or the Message-ID is none; nothing else can be wrong.
    """
    boundary = "=_" + hashlib.sha256(headers.message_id.encode()).hexdigest()[:32]
    fields = [
        *_identity_fields(headers),
        *_list_fields(headers),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields).encode()
    delimiter = f"\r\n--{boundary}".encode()
    return b"".join(
        (
            head,
            delimiter,
            _part("plain", text),
            delimiter,
            _part("html", html),
            delimiter,
            b"--\r\n",
        )
    )


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


def _identity_fields(headers: Headers) -> list[tuple[str, str]]:
    """Who writes what to whom, and when."""
    says = clean(headers.subject) or clean(headers.list_id_name) or headers.list_id_domain
    sender, recipient = _address(headers.sender_address), _address(headers.recipient_address)
    return [
        ("From", mailbox("From", headers.sender_name, sender)),
        ("To", mailbox("To", headers.recipient_name, recipient)),
        ("Subject", unstructured("Subject", clip(says, _MAX_SUBJECT))),
        ("Date", _date(headers.date)),
        ("Message-ID", _checked_message_id(headers.message_id)),
    ]


def _list_fields(headers: Headers) -> list[tuple[str, str]]:
    """What tells a list's mail from a person's, and how to leave (RFC 2369, 2919, 3834, 8058)."""
    fields = [("List-Id", _list_id(headers.list_id_name, headers.list_id_domain))]
    page = safe_url(headers.unsubscribe_url)
    page = page if page.startswith("https:") else ""
    mailto = headers.unsubscribe_mailto if _MAILTO.fullmatch(headers.unsubscribe_mailto) else ""
    if ways := [f"<{way}>" for way in (page, mailto) if way]:
        fields.append(("List-Unsubscribe", ",\r\n ".join(ways)))
    if page:
        fields.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    fields += [("Auto-Submitted", "auto-generated"), ("Precedence", "bulk")]
    if feedback := _FEEDBACK_UNSAFE.sub("-", headers.feedback_id)[:_MAX_LIST_ID]:
        fields.append(("Feedback-ID", feedback))
    return fields


def _part(subtype: str, body: str) -> bytes:
    """Return one body with its own fields, from the end of the delimiter on."""
    fields = (
        f"\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return fields.encode("ascii") + quoted_printable.encode(body)


def _address(address: str) -> str:
    """Return an address with its domain in A-labels; refuse what could end the field early."""
    local, _, domain = address.rpartition("@")
    if not _LOCAL_PART.fullmatch(local) or len(address) > _MAX_ADDRESS or clean(local) != local:
        raise RecordError(f"{address!r} is no e-mail address; allowed: name@example.org")
    return f"{local}@{_domain(domain)}"


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


def _date(moment: datetime) -> str:
    """Return a date of RFC 5322, section 3.3, in UTC, whatever the machine's language is."""
    day = moment.astimezone(UTC)
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day:%Y %H:%M:%S} +0000"


def _list_id(name: str, domain: str) -> str:
    """Return the list's name and identity; without the name when it would be too long."""
    identity = f"<{_domain(domain)}>"
    words = phrase("List-Id", name)
    if not words or len(words) + len(identity) >= _MAX_LIST_ID:
        return identity
    return f"{words}\r\n {identity}"
