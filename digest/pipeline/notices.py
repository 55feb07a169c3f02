"""Send the mails that answer sign-ups, and record what became of them.

A notice goes out by the same transports as editions, but from an outbox of its own: its
reader is none yet. Each is tried until somebody takes or refuses it, for a day.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from digest.core.delivery import Delivery
from digest.core.outcome import Accepted, Outcome, Refused, Unknown
from digest.core.sign_up import MailState, SignUp, retry_at
from digest.errors import RecordError
from digest.pipeline.notice_choice import NoticeDesk, Wanted, choose
from digest.pipeline.relays import remember
from digest.ports import Halt, Mail, Transport

_AT_ONCE = 20
_LEASE = timedelta(minutes=15)
_GIVE_UP_AFTER = timedelta(hours=24)
_log = structlog.get_logger(__name__)


class NoticeOutbox:
    """The ``ports.Outbox`` of a few mails that nobody else sends.

    Attributes:
        outcomes: what came of those that were tried.
    """

    def __init__(self, mails: Iterable[Mail]) -> None:
        self._waiting = deque(mails)
        self.outcomes: dict[Mail, Outcome] = {}

    async def next(self) -> Mail | None:
        """See ``ports.Outbox``."""
        return self.at_hand()

    def at_hand(self) -> Mail | None:
        """See ``ports.Outbox``."""
        return self._waiting.popleft() if self._waiting else None

    async def begin(self, mail: Mail) -> bool:  # noqa: ARG002 - the port's signature
        """See ``ports.Outbox``; the claim on the sign-up is the record."""
        return True

    def tell(self, mail: Mail, outcome: Outcome) -> None:
        """See ``ports.Outbox``."""
        self.outcomes[mail] = outcome

    def give_back(self, mail: Mail) -> None:
        """See ``ports.Outbox``."""
        self._waiting.appendleft(mail)


async def send_notices(desk: NoticeDesk, transports: Callable[[], Sequence[Transport]]) -> int:
    """Answer the sign-ups whose mail is due; return how many mails somebody took.

    Args:
        desk: reads and records.
        transports: opens the ways out, in their order, when there is something to send.

    Raises:
        DigestError: the database or the configuration cannot be used; what was not settled
            is tried again after the lease.
    """
    taken = 0
    while claimed := await asyncio.to_thread(_claim, desk):
        mails = await asyncio.to_thread(_written, desk, claimed)
        outbox = NoticeOutbox(mails)
        for transport in transports() if mails else ():
            halt = await transport.carry(outbox)
            await asyncio.to_thread(_remember, desk, transport, halt)
            if halt is None:
                break
        await asyncio.to_thread(_settle, desk, mails, outbox.outcomes)
        taken += sum(isinstance(outcome, Accepted) for outcome in outbox.outcomes.values())
    return taken


def _remember(desk: NoticeDesk, transport: Transport, halt: Halt | None) -> None:
    if halt is not None:
        _log.warning("relay_stopped", relay=transport.name, why=halt.reply)
    remember(desk.relays, transport.name, halt, now=desk.clock())


def _claim(desk: NoticeDesk) -> Sequence[SignUp]:
    now = desk.clock()
    return desk.sign_ups.claim(now=now, lease_until=now + _LEASE, limit=_AT_ONCE)


def _written(desk: NoticeDesk, claimed: Sequence[SignUp]) -> dict[Mail, SignUp]:
    """Write the mails of some sign-ups; those that want none are settled at once."""
    mails: dict[Mail, SignUp] = {}
    for sign_up in claimed:
        wanted = choose(desk, sign_up)
        if wanted is None:
            _record(desk, sign_up, MailState.NONE)
        elif mail := _mail(desk, wanted):
            mails[mail] = sign_up
        else:
            _record(desk, sign_up, MailState.FAILED)
    return mails


def _mail(desk: NoticeDesk, wanted: Wanted) -> Mail | None:
    sign_up = wanted.sign_up
    message_id = desk.new_message_id(sign_up)
    try:
        message, envelope = desk.write(wanted, message_id)
    except RecordError as error:
        _log.warning("notice_not_written", sign_up=sign_up.id, why=str(error))
        return None
    delivery = Delivery(
        edition_id=0,
        subscriber_id=wanted.reader.id,
        recipient=sign_up.email,
        message_id=message_id,
        next_attempt_at=sign_up.asked_at,
        expires_at=sign_up.asked_at + _GIVE_UP_AFTER,
    )
    return Mail(delivery, envelope, message)


def _settle(desk: NoticeDesk, mails: dict[Mail, SignUp], outcomes: dict[Mail, Outcome]) -> None:
    """Record what became of mails; one in doubt counts as sent, for nobody is to get two."""
    for mail, sign_up in mails.items():
        outcome = outcomes.get(mail)
        too_old = desk.clock() >= mail.delivery.expires_at
        if isinstance(outcome, (Accepted, Unknown)):
            _record(desk, sign_up, MailState.SENT)
        elif isinstance(outcome, Refused) or too_old:
            _log.info("notice_failed", sign_up=sign_up.id, reply=outcome and outcome.reply)
            _record(desk, sign_up, MailState.FAILED)
        else:
            _record(desk, sign_up, MailState.DUE)


def _record(desk: NoticeDesk, sign_up: SignUp, mail: MailState) -> None:
    again = retry_at(sign_up.attempts, now=desk.clock())
    tried = replace(sign_up, mail=mail, attempts=sign_up.attempts + 1)
    desk.sign_ups.settle(tried, next_attempt_at=again)
