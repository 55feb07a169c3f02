"""Header fields of hostile messages: always a short, clean line, never an exception."""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

from digest.core.text import clean, clip

_LONGEST = 2_000
_MOST = 20
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,64}@[^\s<>()\[\],;:\"]{1,255}")
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,255}>")
_SENT_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To")


def field(message: Message, name: str) -> str:
    """Return a field's value decoded, in one line, "" when it is not there."""
    raw = str(message.get(name, ""))[:_LONGEST]
    try:
        return clean(str(make_header(decode_header(raw))))
    except (HeaderParseError, LookupError, ValueError):
        return clean(raw)


def line(raw: str) -> str:
    """Return a text of the other side as one line of at most 200 characters."""
    return clip(clean(raw[:_LONGEST]), 200)


def addresses_in(text: str) -> tuple[str, ...]:
    """Return what looks like an address in a text."""
    return tuple(dict.fromkeys(_ADDRESS.findall(text[:_LONGEST])))[:_MOST]


def message_ids_in(text: str) -> tuple[str, ...]:
    """Return what looks like a Message-ID in a text."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[:_MOST]


def sent_to(message: Message) -> tuple[str, ...]:
    """Return the addresses that a message was sent to, those of its envelope first."""
    values = [str(value) for name in _SENT_TO for value in message.get_all(name, [])]
    return tuple(dict.fromkeys(a for value in values[:_MOST] for a in addresses_in(value)))


def inside(part: Message) -> list[Message]:
    """Return the messages that a part is made of; a text is made of none."""
    payload = part.get_payload()
    return (
        [inner for inner in payload if isinstance(inner, Message)]
        if isinstance(payload, list)
        else []
    )
