"""Replies of an SMTP server: reading them from the wire, and what each means for the mail.

The same code means different things at MAIL, RCPT and DATA, so a verdict needs the phase
(RFC 5321, 4.2 and 4.3.2; enhanced status codes: RFC 3463, RFC 5248).
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from digest.core.blame import blames_recipient
from digest.core.outcome import Accepted, Cause, Deferred, Fault, Outcome, Refused

MAX_REPLY_BYTES = 64_000
_MAX_TEXT = 300
_CLOSING = 421  # RFC 5321, 3.8: at any time
_TLS_NOT_NOW = 454  # RFC 3207, 4
_LOGIN_WANTED = 530  # RFC 4954, 6
_TOO_LARGE = 552  # RFC 1870, 6.1
_FAILED = 554
_CONFUSED = {500, 502, 503, 504}  # the server and we have lost each other
_BAD_ARGUMENT = {501, 555}  # RFC 5321, 4.2.2: here, the address
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?: |$)")
_CAUSES = {
    "1.1": Cause.ADDRESS_UNKNOWN,
    "1.2": Cause.ADDRESS_UNKNOWN,
    "1.3": Cause.ADDRESS_INVALID,
    "1.6": Cause.ADDRESS_UNKNOWN,
    "1.10": Cause.ADDRESS_UNKNOWN,
    "2.1": Cause.MAILBOX_DISABLED,
    "2.2": Cause.MAILBOX_FULL,
    "2.3": Cause.TOO_LARGE,
    "3.4": Cause.TOO_LARGE,
    "6.7": Cause.NO_SMTPUTF8,
}
_QUOTA = "4.5"  # "mail system congestion"; Gmail's word for the sender's daily limit, as 550
_ABOUT_SENDER = frozenset({"1.7", "1.8"})  # "bad sender's mailbox", "bad sender's system"


class Phase(Enum):
    """Where in a transaction a reply belongs."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "the final dot"

    @property
    def wants(self) -> range:
        """The codes with which the transaction goes on (RFC 5321, 4.3.2)."""
        return range(300, 400) if self is Phase.DATA else range(200, 300)


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole reply.

    Attributes:
        code: three digits; 0 for what is no SMTP reply.
        text: its lines as one, printable, at most 300 characters.
    """

    code: int
    text: str

    @property
    def is_permanent(self) -> bool:
        """True for 5yz."""
        return 500 <= self.code < 600  # noqa: PLR2004 - RFC 5321, 4.2.1

    @property
    def status(self) -> str:
        """The enhanced status code at the beginning of the text, or ""."""
        found = _STATUS.match(self.text)
        return found[1] if found else ""

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class ReplyReader:
    """Puts replies together from what arrives; lines may come in any pieces."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []

    def feed(self, data: bytes) -> list[Reply]:
        """Return the replies that are complete now.

        Raises:
            ValueError: a reply grows without end.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        replies = []
        for line in lines:
            if line[3:4] == b"-":
                self._lines.append(line)
            elif self._lines:
                replies.append(_reply_of(*self._lines, line))
                self._lines = []
            else:
                replies.append(_reply_of(line))
        if len(self._rest) + sum(map(len, self._lines)) > MAX_REPLY_BYTES:
            raise ValueError("a reply without end")
        return replies


def judge(reply: Reply, phase: Phase) -> Outcome | None:
    """Return what a reply means for the mail; None when the transaction goes on.

    Only the reply to the content can accept a mail.
    """
    if reply.code in phase.wants:
        return _accepted(reply) if phase is Phase.CONTENT else None
    if reply.code in {_CLOSING, _TLS_NOT_NOW} or not 400 <= reply.code < 600:  # noqa: PLR2004
        return _deferred(reply, Cause.RELAY_BUSY, Fault.RELAY)
    if not reply.is_permanent:
        return _temporary(reply, phase)
    return _permanent(reply, phase)


def is_about_size(reply: Reply) -> bool:
    """Tell whether the mail was too large for the server or the mailbox.

    552 also stands for a full mailbox or a blocked attachment; then its status says so.
    """
    return reply.status in {"5.3.4", "5.2.3"} or (reply.code == _TOO_LARGE and not reply.status)


def _temporary(reply: Reply, phase: Phase) -> Outcome:
    if phase is Phase.MAIL:  # before any recipient was named
        return _deferred(reply, Cause.RELAY_BUSY, Fault.RELAY)
    return _deferred(reply, _cause(reply, Cause.TEMPORARY), Fault.RECIPIENT)


def _permanent(reply: Reply, phase: Phase) -> Outcome:
    about = reply.status[2:]
    if reply.code == _LOGIN_WANTED:
        text = f"the sender was refused: {reply}; check smtp.security and smtp.username"
        return _refused(reply, Cause.LOGIN_REFUSED, Fault.OURS, text)
    if about == _QUOTA:
        return _refused(reply, Cause.QUOTA, Fault.OURS)
    if is_about_size(reply):
        return _refused(reply, Cause.TOO_LARGE, Fault.RECIPIENT)
    if reply.code in _CONFUSED and not about.startswith("1."):
        return _deferred(reply, Cause.RELAY_BUSY, Fault.RELAY)
    if phase is Phase.MAIL or about in _ABOUT_SENDER:
        text = f"the sender was refused: {reply}; check smtp.sender"
        return _refused(reply, Cause.SENDER_REFUSED, Fault.OURS, text)
    return _of_recipient(reply, phase)


def _of_recipient(reply: Reply, phase: Phase) -> Outcome:
    """Judge a refusal that is not openly ours; one that gives no reason may be ours all the same.

    Without a status the words have to tell "550 no such user" from "550 relay not permitted".
    """
    if reply.status[2:].startswith("7."):
        return _refused(reply, Cause.POLICY, Fault.POLICY)
    if reply.code in _BAD_ARGUMENT:
        return _refused(reply, Cause.ADDRESS_INVALID, Fault.RECIPIENT)
    cause = _cause(reply, Cause.REFUSED)
    if phase is Phase.CONTENT and reply.code == _FAILED and cause is Cause.REFUSED:
        return _refused(reply, Cause.CONTENT, Fault.POLICY)
    is_theirs = reply.status or blames_recipient(reply.code, "", reply.text)
    return _refused(reply, cause, Fault.RECIPIENT if is_theirs else Fault.POLICY)


def _cause(reply: Reply, otherwise: Cause) -> Cause:
    return _CAUSES.get(reply.status[2:], otherwise)


def _accepted(reply: Reply) -> Accepted:
    return Accepted(str(reply), reply.code, reply.status)


def _deferred(reply: Reply, cause: Cause, fault: Fault) -> Deferred:
    return Deferred(str(reply), reply.code or None, reply.status, cause, fault)


def _refused(reply: Reply, cause: Cause, fault: Fault, text: str = "") -> Refused:
    return Refused(text or str(reply), reply.code, reply.status, cause, fault)


@lru_cache(maxsize=64)  # "250 2.1.0 Ok" comes with every mail
def _reply_of(*lines: bytes) -> Reply:
    code = lines[-1][:3]
    texts = (line[4:].rstrip(b"\r").decode("utf-8", "replace") for line in lines)
    return Reply(int(code) if code.isdigit() else 0, one_line(" ".join(texts)))


def one_line(text: str) -> str:
    """Return what a server said as one printable line of bounded length."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.split())[:_MAX_TEXT]
