"""Hand messages to a relay over as many connections as it bears.

The first connection is a probe; once it has carried a mail, others are opened, as many as
``Concurrency`` finds good. A relay in trouble ends the run: the mails wait, nobody is lost.
"""

import asyncio
import ssl
from collections import Counter

import aiosmtplib
import structlog

from digest.core.concurrency import Concurrency
from digest.core.outcome import Accepted, Cause, Deferred, Fault, Outcome, Refused
from digest.errors import StoreError
from digest.ports import Halt, Mail, Outbox, Pace
from digest.transports.line import Line
from digest.transports.relay import Relay, RelayError, open_connection, tls_context

_BREAK_SECONDS = 0.5
_LAST_WORDS_SECONDS = 10
_CUTS_PER_MAIL = 2
_REFUSALS_BEFORE_HALT = 20
_log = structlog.get_logger(__name__)


class SmtpTransport:
    """The way to one relay.

    Args:
        relay: where to, and how many at a time.
        pace: when the next mail may go.
        break_seconds: the wait after a connection that came to nothing.

    Raises:
        RelayError: ``ca_file`` cannot be read.
    """

    def __init__(self, relay: Relay, pace: Pace, *, break_seconds: float = _BREAK_SECONDS) -> None:
        self._relay = relay
        self._pace = pace
        self._context = tls_context(relay)
        self._break_seconds = break_seconds

    @property
    def name(self) -> str:
        """See ``ports.Transport``."""
        return str(self._relay)

    async def carry(self, outbox: Outbox) -> Halt | None:
        """See ``ports.Transport``."""
        run = _Run(self._relay, self._pace, self._context, outbox, self._break_seconds)
        return await run.carry()


class _Run:
    """One run over a relay: its connections, and what is learnt from them."""

    def __init__(
        self,
        relay: Relay,
        pace: Pace,
        context: ssl.SSLContext,
        outbox: Outbox,
        break_seconds: float,
    ) -> None:
        self._relay = relay
        self._pace = pace
        self._context = context
        self._outbox = outbox
        self._break_seconds = break_seconds
        self._concurrency = Concurrency(relay.connections)
        self._lines: set[asyncio.Task[None]] = set()
        self._carrying = 0
        self._cuts: Counter[Mail] = Counter()
        self._refusals = 0
        self._is_empty = False
        self._store_is_lost = False
        self._halt: Halt | None = None
        self._changed = asyncio.Event()

    async def carry(self) -> Halt | None:
        """Keep lines open until the outbox is empty or the relay fails."""
        try:
            while self._open_lines():
                await self._changed.wait()
                self._changed.clear()
                self._collect()
        except StoreError:
            self._store_is_lost = True  # replies to mails on their way are still heard
            if self._lines:
                await asyncio.wait(self._lines, timeout=_LAST_WORDS_SECONDS)
            raise
        finally:
            for line in self._lines:
                line.cancel()
            await asyncio.gather(*self._lines, return_exceptions=True)
        return self._halt

    def _open_lines(self) -> bool:
        """Open lines as long as there is room and work; tell whether any is open."""
        while not (self._is_empty or self._halt) and len(self._lines) < self._concurrency.lines:
            line = asyncio.create_task(self._line())
            line.add_done_callback(lambda _line: self._changed.set())
            self._lines.add(line)
        return bool(self._lines)

    def _collect(self) -> None:
        """Forget lines that have ended.

        Raises:
            StoreError: the outbox cannot be used.
        """
        for line in [line for line in self._lines if line.done()]:
            self._lines.remove(line)
            line.result()

    async def _line(self) -> None:
        """Open one connection for a mail, and let it carry on with others."""
        mail = await self._outbox.next()
        if mail is None:
            self._is_empty = True
            return
        connection, trouble = None, None
        try:
            connection = await self._connection()
        except RelayError as error:
            trouble = error
        finally:  # also when the run is cut short
            if connection is None:
                self._give_back(mail)
        if trouble:
            await self._came_to_nothing(trouble)
        elif connection:
            await self._carry(connection, mail)

    async def _connection(self) -> aiosmtplib.SMTP | None:
        """Return a connection when a mail's place in time has come; None when none comes."""
        if halt := await self._pace.turn():
            self._halt = self._halt or halt
            return None
        return await open_connection(self._relay, self._context)

    async def _carry(self, connection: aiosmtplib.SMTP, mail: Mail) -> None:
        line = Line(
            connection=connection,
            relay=self._relay,
            outbox=self._outbox,
            pace=self._pace,
            may_go_on=self._may_go_on,
            told=self._note,
        )
        self._carrying += 1
        try:
            await line.carry(mail)
        finally:
            self._carrying -= 1
            self._halt = self._halt or line.halt
            self._is_empty = (self._is_empty or line.drained) and not line.left_one
            if line.unsent:
                self._leave(line.unsent, line.trouble)
        if line.trouble and not line.mails:
            await self._came_to_nothing(RelayError(f"smtp {self._relay}: {line.trouble}"))

    def _leave(self, mail: Mail, trouble: str) -> None:
        """Put back a mail that its line did not take; not for ever, if it is what cuts lines."""
        self._cuts[mail] += bool(trouble)
        if self._cuts[mail] < _CUTS_PER_MAIL:
            self._give_back(mail)
        else:
            what = f"the line broke before the content: {trouble}"
            outcome = Deferred(what, cause=Cause.LINE_BROKEN, fault=Fault.RELAY)
            self._outbox.tell(mail, outcome)

    def _give_back(self, mail: Mail) -> None:
        self._outbox.give_back(mail)
        self._is_empty = False

    def _may_go_on(self) -> bool:
        return (
            not (self._halt or self._store_is_lost) and len(self._lines) <= self._concurrency.lines
        )

    def _note(self, outcome: Outcome) -> None:
        """Learn from an outcome how many connections are good, and whether to go on at all."""
        if isinstance(outcome, Accepted):
            self._refusals = 0
            before = self._concurrency.lines
            self._concurrency.succeeded()
            if self._concurrency.lines > before:
                self._changed.set()
        elif isinstance(outcome, Deferred | Refused) and outcome.fault is not Fault.RECIPIENT:
            self._refusals += 1
            if self._refusals >= _REFUSALS_BEFORE_HALT:
                fault = Fault.RELAY if outcome.fault is Fault.RELAY else Fault.OURS
                self._stop(outcome.reply, outcome.code, outcome.cause, fault)

    async def _came_to_nothing(self, error: RelayError) -> None:
        """Learn from a connection without a mail; wait a little before the next one.

        It is told as it happens: a server that says nothing takes minutes to give up on.
        """
        _log.warning("connection_failed", relay=str(self._relay), why=str(error))
        if self._carrying:
            self._concurrency.was_one_too_many()
        else:
            self._concurrency.failed()
        if error.fault is Fault.OURS or self._concurrency.is_dead:
            self._stop(str(error), error.code, error.cause, error.fault)
        else:
            await asyncio.sleep(self._break_seconds)

    def _stop(self, reply: str, code: int | None, cause: Cause, fault: Fault) -> None:
        self._halt = self._halt or Halt(
            relay=str(self._relay), reply=reply, code=code, cause=cause, fault=fault
        )
