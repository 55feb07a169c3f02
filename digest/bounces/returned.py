"""The mail that a report gives back, whole or its header alone: which one it was."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from digest.bounces.fields import field, inside, message_ids_in

_TOKEN = re.compile(r"(?:/unsubscribe/|subject=unsubscribe(?:%20|\+| ))([A-Za-z0-9_-]{40,200})")
_ID_LINES = re.compile(
    r"^[> \t]{0,20}Message-ID:[ \t]{0,20}(<[^<>\s]{3,450}>)", re.IGNORECASE | re.MULTILINE
)
_REFERENCES = ("In-Reply-To", "References", "X-Original-Message-ID")


@dataclass(frozen=True, slots=True)
class Returned:
    """What tells which mail a report is about.

    Attributes:
        message_ids: Message-IDs, the given-back mail's own first.
        token: the unsubscribe token in its List-Unsubscribe, or "".
    """

    message_ids: tuple[str, ...]
    token: str


def returned(report: Message, body: str = "") -> Returned:
    """Look through a report for the mail it is about.

    Args:
        report: the whole message.
        body: its text, where reports without structure quote the mail.
    """
    mails = [*_mails(report)]
    said = " ".join(field(mail, "Message-ID") for mail in mails)
    quoted = " ".join(_ID_LINES.findall(body))
    referred = " ".join(field(report, name) for name in _REFERENCES)
    tokens = (_TOKEN.search(field(mail, "List-Unsubscribe")) for mail in mails)
    return Returned(
        message_ids=message_ids_in(f"{said} {quoted} {referred}"),
        token=next((found[1] for found in tokens if found), ""),
    )


def _mails(report: Message) -> Iterator[Message]:
    for part in report.walk():
        match part.get_content_type():
            case "message/rfc822" | "message/global":
                yield from inside(part)[:1]
            case "text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers":
                yield HeaderParser().parsestr(_text_of(part))
            case _:
                continue


def _text_of(part: Message) -> str:
    """Return the text of a part, whatever its encoding claims to be."""
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload.decode("utf-8", "replace")
    return "".join(inner.as_string() for inner in inside(part)[:1])
