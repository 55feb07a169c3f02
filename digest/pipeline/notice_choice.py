"""Choose the mail that answers a sign-up: by what is asked, and what is known of the address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from digest.core.message import Message
from digest.core.moves import Move, may_ask, notice_at_new_end
from digest.core.sign_up import LIFTED_BY_READER, Notice, SignUp, SignUpKind, notice_for
from digest.core.subscriber import Subscriber
from digest.errors import UsageError
from digest.ports import Envelope, RelayStore, SubscriberStore
from digest.ports.bounces import SuppressionStore
from digest.ports.moves import MoveStore
from digest.ports.sign_ups import SignUpStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A mail to be written.

    Attributes:
        notice: which one.
        sign_up: what it answers; it goes to the address in there.
        reader: whose links it holds.
        other: in a change of address that of the other end, else "".
    """

    notice: Notice
    sign_up: SignUp
    reader: Subscriber
    other: str = ""


WriteNotice = Callable[[Wanted, str], tuple[Message, Envelope]]
"""Writes a notice under a Message-ID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDesk:
    """What it takes to answer sign-ups.

    Attributes:
        sign_ups: what was asked for.
        moves: which of it are the ends of a change of address.
        subscribers: who is a reader already; whoever is new is added here, pending.
        suppressions: addresses that must not be mailed.
        relays: remembers which way out is in trouble.
        new_reader: makes a pending reader of a sign-up.
        new_message_id: makes the Message-ID of a sign-up's mail, the same each time.
        write: makes the mail.
        clock: gives the present (UTC).
    """

    sign_ups: SignUpStore
    moves: MoveStore
    subscribers: SubscriberStore
    suppressions: SuppressionStore
    relays: RelayStore
    new_reader: Callable[[SignUp], Subscriber]
    new_message_id: Callable[[SignUp], str]
    write: WriteNotice
    clock: Callable[[], datetime]


def choose(desk: NoticeDesk, sign_up: SignUp) -> Wanted | None:
    """Return the mail that a sign-up wants, None for none at all."""
    if sign_up.kind is SignUpKind.SUBSCRIBE:
        return _for_newcomer(desk, sign_up)
    asks = sign_up.subscriber_id or 0
    reader = desk.subscribers.by_id([asks]).get(asks)
    if reader is None or sign_up.withdrawn_at is not None:
        return None
    if sign_up.kind is SignUpKind.ALLOW:
        return _for_blocked(desk, sign_up, reader)
    move = desk.moves.of(asks)
    if move is None or move.is_agreed or not move.has_end(sign_up.id):
        return None
    if sign_up.kind is SignUpKind.OLD_END:
        return _for_old_end(desk, move, reader)
    return _for_new_end(desk, move, reader)


def _for_newcomer(desk: NoticeDesk, sign_up: SignUp) -> Wanted | None:
    reader = desk.subscribers.find(sign_up.email) or _added(desk, sign_up)
    suppression = desk.suppressions.find(reader.email)
    notice = notice_for(reader, suppression.kind if suppression else None)
    return Wanted(notice=notice, sign_up=sign_up, reader=reader) if notice else None


def _added(desk: NoticeDesk, sign_up: SignUp) -> Subscriber:
    try:
        return desk.subscribers.add(desk.new_reader(sign_up), now=desk.clock())
    except UsageError:  # somebody else added the same address meanwhile
        return desk.subscribers.find(sign_up.email) or desk.new_reader(sign_up)


def _for_blocked(desk: NoticeDesk, sign_up: SignUp, reader: Subscriber) -> Wanted | None:
    stands = desk.suppressions.find(reader.email)
    is_same = reader.email.casefold() == sign_up.email.casefold()
    if not is_same or stands is None or stands.kind not in LIFTED_BY_READER:
        return None
    return Wanted(notice=Notice.ALLOW, sign_up=sign_up, reader=reader)


def _for_old_end(desk: NoticeDesk, move: Move, reader: Subscriber) -> Wanted | None:
    stands = desk.suppressions.find(move.old.email)
    if not may_ask(stands.kind if stands else None):
        return None
    return Wanted(notice=Notice.OLD_END, sign_up=move.old, reader=reader, other=move.new.email)


def _for_new_end(desk: NoticeDesk, move: Move, reader: Subscriber) -> Wanted | None:
    holder = desk.subscribers.find(move.new.email)
    stands = desk.suppressions.recall(move.new.email)
    match notice_at_new_end(holder, stands.kind if stands else None):
        case None:
            return None
        case Notice.TAKEN if holder is not None:
            return Wanted(notice=Notice.TAKEN, sign_up=move.new, reader=holder)
        case notice:
            return Wanted(notice=notice, sign_up=move.new, reader=reader, other=move.old.email)
