"""One connection and the mails that it carries, each with a verdict of its own.

With PIPELINING a mail costs one round trip: the final dot of one goes out together with
MAIL, RCPT and DATA of the next (RFC 2920, 3.1). Replies come back in the order of the
commands, so each finds its mail; a refusal inside a group concerns its own mail alone.
Before the content leaves, nothing can have been accepted; from then to the reply to the
final dot it is unknown (RFC 1047).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import aiosmtplib
from aiosmtplib import errors

from digest.core.outcome import Accepted, Cause, Deferred, Fault, Outcome, Unknown
from digest.core.smtp_reply import Phase, Reply, judge
from digest.ports import Halt, Mail, Outbox, Pace
from digest.transports.envelope import Command, Offer, commands, content, obstacle
from digest.transports.relay import Relay
from digest.transports.wire import LineBrokenError, Wire

_CLOSING = 421
_GO_AHEAD = 354
_QUIT_SECONDS = 5


@dataclass(slots=True, kw_only=True)
class Line:
    """Carries mails over one open connection until it has to be closed.

    Attributes:
        connection: open, greeted and logged in.
        relay: whose it is.
        outbox: where mails come from and verdicts go.
        pace: when the next mail may go.
        may_go_on: asked before each mail; False ends the line.
        told: called with every outcome.
        mails: how many were accepted.
        unsent: a mail that was drawn and not taken: for another line.
        trouble: why the line ended, or "" when it came to its natural end.
        halt: why no line should go on, or None.
        drained: the outbox has no more.
        left_one: a mail may not begin, which the outbox has to look at again.
    """

    connection: aiosmtplib.SMTP
    relay: Relay
    outbox: Outbox
    pace: Pace
    may_go_on: Callable[[], bool]
    told: Callable[[Outcome], None]
    mails: int = 0
    unsent: Mail | None = None
    trouble: str = ""
    halt: Halt | None = None
    drained: bool = False
    left_one: bool = False
    _wire: Wire = field(init=False)
    _offer: Offer = field(init=False)
    _offered: tuple[Command, ...] = field(default=(), init=False)
    _reset_first: bool = field(default=False, init=False)
    _messages: int = field(default=0, init=False)
    _is_clean: bool = field(default=False, init=False)

    async def carry(self, first: Mail) -> None:
        """Carry ``first`` and whatever the outbox gives after it."""
        protocol = self.connection.protocol
        transport = cast("asyncio.Transport | None", self.connection.transport)
        if protocol is None or transport is None:
            self.unsent, self.trouble = first, "the server closed the connection"
            return
        self._offer = Offer.parse(self.connection.esmtp_extensions)
        self._wire = Wire(transport, protocol)
        self.unsent = first
        try:
            while self.unsent:
                await self._carry(self.unsent)
            self._is_clean = True
        except LineBrokenError as error:
            self.trouble = str(error)
        finally:
            self._wire.let_go()
            await self._close()

    async def _carry(self, mail: Mail) -> None:
        """Carry one mail; ``unsent`` is the next one afterwards, offered already or not."""
        if not self._offered and (refused := obstacle(mail, self._offer, str(self.relay))):
            self._tell(mail, refused)
            await self._draw_next()
            return
        if verdict := await self._negotiate(mail):
            if verdict.code == _CLOSING:
                raise LineBrokenError(verdict.reply)
            self._tell(mail, verdict)
            await self._draw_next()
            return
        if not await self.outbox.begin(mail):
            self.unsent = None  # 354 was said: only a cut connection takes it back
            self.left_one = True
            raise LineBrokenError("")
        self._messages += 1
        self.unsent = self.outbox.at_hand() if self._may_draw() else None
        self._send_content(mail)
        outcome = await self._hear_content(mail)
        if isinstance(outcome, Unknown) or outcome.code == _CLOSING:
            raise LineBrokenError(outcome.reply)
        if self.unsent is None:
            await self._draw_next()
        elif not self._offered:
            await self._wait_for_place()

    async def _negotiate(self, mail: Mail) -> Outcome | None:
        """Offer a mail; return why it is not wanted, or None when its content is awaited."""
        verdict: Outcome | None = None
        offer = self._offered or self._write_offer(mail)
        self._offered = ()
        if self._reset_first:
            await self._wire.reply(self.relay.timeout)
            self._reset_first = False
        reply = Reply(0, "")
        for phase, command in offer:
            if not self._offer.pipelining:
                if verdict:
                    break
                self._wire.write(command)
            seconds = self.relay.start_timeout if phase is Phase.DATA else self.relay.timeout
            reply = await self._wire.reply(seconds)
            if reply.code == _CLOSING:
                return judge(reply, phase)
            verdict = verdict or judge(reply, phase)
        if verdict:
            await self._leave_transaction(reply)
        return verdict

    def _write_offer(self, mail: Mail) -> tuple[Command, ...]:
        """Put the offer on the line, whole if that may be; else what has to come before it."""
        reset = [b"RSET\r\n"] if self._reset_first else []
        offer = commands(mail, self._offer)
        if self._offer.pipelining:
            self._wire.write(*reset, *_bytes_of(offer))
        elif reset:
            self._wire.write(*reset)
        return offer

    async def _leave_transaction(self, last: Reply) -> None:
        """End a transaction that was refused in part (RFC 2920, 3.1)."""
        if last.code == _GO_AHEAD:  # content for nobody is awaited: a lone dot ends it
            self._wire.write(b".\r\n")
            await self._wire.reply(self.relay.data_timeout)
        else:
            self._reset_first = True

    def _send_content(self, mail: Mail) -> None:
        """Put the content on the line, and the offer of the next mail if there is one."""
        following = self.unsent
        if (
            following
            and self._offer.pipelining
            and not obstacle(following, self._offer, str(self.relay))
            and self.pace.ready()
        ):
            self._offered = commands(following, self._offer)
            self._wire.write(*content(mail.message), *_bytes_of(self._offered))
        else:
            self._wire.write(*content(mail.message))

    async def _hear_content(self, mail: Mail) -> Outcome:
        try:
            reply = await self._wire.reply(self.relay.data_timeout)
        except LineBrokenError as error:
            outcome: Outcome = Unknown(f"the line broke before the reply to the final dot: {error}")
        else:
            outcome = judge(reply, Phase.CONTENT) or _nonsense(reply)
        self._tell(mail, outcome)
        return outcome

    async def _draw_next(self) -> None:
        """Wait for the next mail and for its place in time."""
        self.unsent = None
        if not self._may_draw():
            return
        self.unsent = await self.outbox.next()
        self.drained = self.unsent is None
        if self.unsent:
            await self._wait_for_place()

    async def _wait_for_place(self) -> None:
        self.halt = await self.pace.turn()
        if self.halt:
            raise LineBrokenError("")

    def _may_draw(self) -> bool:
        return self._messages < self.relay.max_per_connection and self.may_go_on()

    def _tell(self, mail: Mail, outcome: Outcome) -> None:
        self.mails += isinstance(outcome, Accepted)
        self.outbox.tell(mail, outcome)
        self.told(outcome)

    async def _close(self) -> None:
        """Say QUIT if anybody listens; the mails on this line have their verdicts already."""
        if not (self._is_clean and self.connection.is_connected):
            self.connection.close()
            return
        try:
            await self.connection.quit(timeout=_QUIT_SECONDS)
        except (errors.SMTPException, OSError):
            self.connection.close()


def _bytes_of(offer: tuple[Command, ...]) -> list[bytes]:
    return [command for _, command in offer]


def _nonsense(reply: Reply) -> Outcome:
    return Deferred(str(reply), reply.code, cause=Cause.RELAY_BUSY, fault=Fault.RELAY)
