"""The commands that offer a mail to a server, and the reasons why it cannot be offered.

Extensions are used when the server has named them (RFC 5321, 2.2): SIZE (RFC 1870),
SMTPUTF8 (RFC 6531), 8BITMIME (RFC 6152). Our own mails need neither of the last two unless
an address itself is not ASCII.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from digest.core.message import Message
from digest.core.outcome import Cause, Refused
from digest.core.smtp_reply import Phase
from digest.ports import Envelope, Mail

Command = tuple[Phase, bytes]
_ONE_ADDRESS = re.compile(r"[^<> ,;@]*@[^<> ,;]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a server has said that it can do.

    Attributes:
        pipelining: commands may be sent in groups.
        size: SIZE is known.
        most_bytes: the largest message that it takes, 0 when it names no limit.
        eight_bit: 8BITMIME is known.
        utf8: SMTPUTF8 is known.
    """

    pipelining: bool
    size: bool
    most_bytes: int
    eight_bit: bool
    utf8: bool

    @classmethod
    def parse(cls, extensions: Mapping[str, str]) -> "Offer":
        """Read the extensions of an EHLO reply: keywords in lower case, their parameters."""
        limit = extensions.get("size", "")
        return cls(
            pipelining="pipelining" in extensions,
            size="size" in extensions,
            most_bytes=int(limit) if limit.isascii() and limit.isdigit() else 0,
            eight_bit="8bitmime" in extensions,
            utf8="smtputf8" in extensions,
        )


def obstacle(mail: Mail, offer: Offer, relay: str) -> Refused | None:
    """Return why a mail cannot be offered to this server, or None when it can."""
    envelope = mail.envelope
    for address in (envelope.sender, envelope.recipient):
        if not _is_one_address(address):
            what = f"no address that can be put on the wire: {address!r}"
            return Refused(what, cause=Cause.ADDRESS_INVALID)
    if _needs_utf8(envelope) and not offer.utf8:
        what = f"{relay} does not offer SMTPUTF8, which this address needs (RFC 6531)"
        return Refused(what, cause=Cause.NO_SMTPUTF8)
    if offer.most_bytes and mail.message.size > offer.most_bytes:
        what = f"{mail.message.size} bytes are more than {relay} takes ({offer.most_bytes})"
        return Refused(what, cause=Cause.TOO_LARGE)
    return None


def commands(mail: Mail, offer: Offer) -> tuple[Command, Command, Command]:
    """Return MAIL, RCPT and DATA for a mail without an obstacle."""
    options = ""
    if offer.size:
        options += f" SIZE={mail.message.size}"
    if offer.eight_bit and not mail.message.is_ascii:
        options += " BODY=8BITMIME"
    if _needs_utf8(mail.envelope):
        options += " SMTPUTF8"
    return (
        (Phase.MAIL, f"MAIL FROM:<{mail.envelope.sender}>{options}\r\n".encode()),
        (Phase.RCPT, f"RCPT TO:<{mail.envelope.recipient}>\r\n".encode()),
        (Phase.DATA, b"DATA\r\n"),
    )


def content(message: Message) -> tuple[bytes, ...]:
    """Return a message as it goes on the wire, the final dot included (RFC 5321, 4.5.2)."""
    if not message.has_dots:
        return message.head, b"\r\n", message.body, b".\r\n"
    lines = bytes(message).split(b"\r\n")
    stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
    return stuffed, b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"


def _needs_utf8(envelope: Envelope) -> bool:
    return not (envelope.sender.isascii() and envelope.recipient.isascii())


def _is_one_address(address: str) -> bool:
    """Tell whether an address reaches the wire as it is."""
    return address.isprintable() and _ONE_ADDRESS.fullmatch(address) is not None
