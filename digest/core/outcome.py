"""What came of handing a message to the next hop, and whose fault it was when it was not taken."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Who has to change something before the mail can be taken."""

    RECIPIENT = "recipient"
    """The address or its mailbox."""
    RELAY = "relay"
    """The line or the server; it says nothing about this mail."""
    OURS = "ours"
    """The configuration: the login, or the sender's address."""
    POLICY = "policy"
    """A policy of somebody's; only what happens to other mails tells whether it is ours."""


class Cause(StrEnum):
    """Why a delivery stands where it stands, as a code for scripts."""

    NONE = ""
    ACCEPTED = "accepted"
    ADDRESS_UNKNOWN = "address-unknown"
    ADDRESS_INVALID = "address-invalid"
    MAILBOX_FULL = "mailbox-full"
    MAILBOX_DISABLED = "mailbox-disabled"
    TOO_LARGE = "too-large"
    NO_SMTPUTF8 = "no-smtputf8"
    POLICY = "policy"
    CONTENT = "content"
    REFUSED = "refused"
    TEMPORARY = "temporary"
    RELAY_BUSY = "relay-busy"
    RELAY_UNREACHABLE = "relay-unreachable"
    TLS_FAILED = "tls-failed"
    LOGIN_REFUSED = "login-refused"
    SENDER_REFUSED = "sender-refused"
    LINE_BROKEN = "line-broken"
    QUOTA = "quota"
    ACK_LOST = "ack-lost"
    SENDER_DIED = "sender-died"
    NOT_MADE = "not-made"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    NOT_WANTED = "not-wanted"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The next hop took responsibility (RFC 5321, 4.2.5), no more.

    Attributes:
        reply: its line.
        code: its reply code.
        status: its enhanced status code (RFC 3463) such as "2.0.0", or "".
    """

    reply: str
    code: int = 250
    status: str = ""

    @property
    def cause(self) -> Cause:
        """Always the same."""
        return Cause.ACCEPTED


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now (4yz, no connection): try again later.

    Attributes:
        reply: the server's line, or what went wrong.
        code: SMTP reply code (RFC 5321, 4.2), or None when there was no reply.
        status: its enhanced status code (RFC 3463), or "".
        cause: why.
        fault: whose trouble it is.
    """

    reply: str
    code: int | None = None
    status: str = ""
    cause: Cause = Cause.TEMPORARY
    fault: Fault = Fault.RECIPIENT


@dataclass(frozen=True, slots=True)
class Refused:
    """Never for this message (5yz); fields as in ``Deferred``."""

    reply: str
    code: int | None = None
    status: str = ""
    cause: Cause = Cause.REFUSED
    fault: Fault = Fault.RECIPIENT


@dataclass(frozen=True, slots=True)
class Unknown:
    """The line broke between the final dot and its reply (RFC 1047)."""

    reply: str
    code: None = None
    status: str = ""

    @property
    def cause(self) -> Cause:
        """Always the same."""
        return Cause.ACK_LOST


Outcome = Accepted | Deferred | Refused | Unknown
