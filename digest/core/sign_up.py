"""Signing up: what somebody asks for on a page, and how much of it is allowed.

Whatever needs the agreement of an address's owner by mail goes this way: signing up itself, a
change of address (see ``moves``), and mail that is to be let through again.

Nobody's record changes before the owner of the address agrees (double opt-in), and an address
gets few mails however often it is entered: a form that mails whatever is typed into it is
a weapon (https://www.spamhaus.org/resource-hub/email-security/subscription-bombing/).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.core.bounces import SuppressedBy
from digest.core.schedule import Schedule
from digest.core.subscriber import Interests, Status, Subscriber

HOUR = timedelta(hours=1)
ADDRESS_REST = timedelta(hours=24)
"""How long an address gets no second mail."""
ADDRESS_WINDOW = timedelta(days=30)
MOST_IN_WINDOW = 3
LIFTED_BY_READER = frozenset({SuppressedBy.BOUNCES, SuppressedBy.ERASED})
"""Suppressions that the owner of an address can undo by signing up again. Whoever complained is
not asked again at a stranger's wish, and what an operator decided an operator undoes."""

_DOTLESS = frozenset({"gmail.com", "googlemail.com"})
_RETRY_FIRST = timedelta(minutes=1)
_RETRY_CAP = timedelta(hours=1)


class SignUpKind(StrEnum):
    """What somebody asks for."""

    SUBSCRIBE = "subscribe"
    OLD_END = "old-end"
    """A change of address, at the address that a reader has."""
    NEW_END = "new-end"
    """A change of address, at the one that the reader wants."""
    ALLOW = "allow"
    """Mail to a reader's suppressed address, again."""


class Answer(StrEnum):
    """What a form is answered; none of them depends on whose address it holds."""

    TAKEN = "taken"
    CLIENT_LIMIT = "client-limit"
    """This client has asked too often within an hour."""
    HOUR_LIMIT = "hour-limit"
    """All clients together have."""
    READER_LIMIT = "reader-limit"
    """This reader has, within a day."""


class MailState(StrEnum):
    """What became of the mail that a sign-up asks for."""

    NONE = "none"
    """The address has had one: nothing is sent."""
    DUE = "due"
    SENT = "sent"
    FAILED = "failed"


class Notice(StrEnum):
    """The mail to write."""

    CONFIRM = "confirm"
    ALREADY = "already"
    """To a reader of the list: only the mail may tell that."""
    OLD_END = "old-end"
    NEW_END = "new-end"
    TAKEN = "taken"
    """To a reader whose address another reader wanted to have."""
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many sign-ups are taken within an hour: from one client, and from all."""

    per_client: int
    per_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """What somebody typed into a form.

    Attributes:
        id: the store's number; 0 before it is stored.
        kind: what is asked for.
        subscriber_id: the reader who asks; None for whoever subscribes.
        email: the address, normalised.
        client: whence it came, in a form that tells no address of a network.
        interests: what to look for.
        schedule: when to send.
        asked_at: when (UTC).
        mail: what became of the mail.
        attempts: how often the mail was tried.
        confirmed_at: when the owner of the address agreed (UTC), or None.
        withdrawn_at: when the reader took it back, or asked for something else (UTC), or None.
    """

    id: int = 0
    kind: SignUpKind = SignUpKind.SUBSCRIBE
    subscriber_id: int | None = None
    email: str
    client: str
    interests: Interests = Interests()
    schedule: Schedule = Schedule()
    asked_at: datetime
    mail: MailState = MailState.DUE
    attempts: int = 0
    confirmed_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How much was asked for before.

    Attributes:
        by_client: sign-ups of this client within the hour.
        by_all: mails caused by all clients within the hour.
        last_mail: when this address last had one, or None.
        mails: how many this address had within ``ADDRESS_WINDOW``.
    """

    by_client: int
    by_all: int
    last_mail: datetime | None
    mails: int


def answer(asked: Asked, limits: Limits) -> Answer:
    """Say whether one more is taken; the address plays no part in it."""
    if asked.by_client >= limits.per_client:
        return Answer.CLIENT_LIMIT
    if asked.by_all >= limits.per_hour:
        return Answer.HOUR_LIMIT
    return Answer.TAKEN


def may_be_mailed(asked: Asked, *, now: datetime) -> bool:
    """Tell whether the address of a sign-up that is taken gets a mail."""
    rested = asked.last_mail is None or now - asked.last_mail >= ADDRESS_REST
    return rested and asked.mails < MOST_IN_WINDOW


def notice_for(reader: Subscriber | None, suppressed_by: SuppressedBy | None) -> Notice | None:
    """Choose the mail to an address: from what is known of it, None for none at all."""
    if suppressed_by is not None and suppressed_by not in LIFTED_BY_READER:
        return None
    if reader is not None and reader.status in {Status.ACTIVE, Status.PAUSED}:
        return Notice.CONFIRM if suppressed_by else Notice.ALREADY
    return Notice.CONFIRM


def retry_at(attempts: int, *, now: datetime) -> datetime:
    """Return when to try a mail again that was not taken: later each time."""
    pause = _RETRY_FIRST * float(2 ** min(attempts, 10))
    return now + min(pause, _RETRY_CAP)


def mailbox_key(email: str) -> str:
    """Return what the addresses of one mailbox have in common, so that they share a limit.

    Most providers deliver ``ada+anything`` to ``ada`` (RFC 5233), and Gmail knows no dots.
    """
    local, _, domain = email.casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"
