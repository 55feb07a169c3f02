"""Hand messages to a relay over a few kept connections, one verdict for each message.

Each transaction is staged command by command, so that it is known in which phase a line
broke: before DATA nothing can have been accepted; from DATA to the reply of the final dot
it is unknown (RFC 1047).
"""

import asyncio
from dataclasses import dataclass

import aiosmtplib
from aiosmtplib import errors

from digest.core.delivery import Accepted, Deferred, Outcome, Refused, Unknown
from digest.ports import Envelope
from digest.transports.rate import Rate
from digest.transports.relay import (
    Relay,
    RelayError,
    one_line,
    open_connection,
    tls_context,
)

_PERMANENT = 500
_LOGIN_WANTED = 530  # RFC 4954, 6
_CLOSING = 421


@dataclass(slots=True)
class _Line:
    """A connection and how many messages it has carried."""

    connection: aiosmtplib.SMTP
    messages: int = 0


class SmtpTransport:
    """A pool of connections to one relay.

    Args:
        relay: where to, and how many at a time.
    """

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._context = tls_context(relay)
        self._idle: list[_Line] = []
        self._places = asyncio.Semaphore(relay.connections)
        self._rate = Rate(relay.rate_per_minute)

    async def send(self, message: bytes, envelope: Envelope) -> Outcome:
        """Hand over one message; see ``ports.Transport``."""
        async with self._places:
            await self._rate.turn()
            try:
                line, kept = await self._line()
            except RelayError as error:
                return Deferred(str(error), error.code, relay=True)
            outcome = await self._transact(line, message, envelope)
            if kept and _line_was_dead(outcome):
                return await self._send_on_new_line(message, envelope)
            return outcome

    async def close(self) -> None:
        """Say QUIT on every idle connection."""
        lines, self._idle = self._idle, []
        await asyncio.gather(*(_quit(line.connection) for line in lines))

    async def _send_on_new_line(self, message: bytes, envelope: Envelope) -> Outcome:
        """Try again after a kept connection turned out to be closed by the server."""
        try:
            line = _Line(await open_connection(self._relay, self._context))
        except RelayError as error:
            return Deferred(str(error), error.code, relay=True)
        return await self._transact(line, message, envelope)

    async def _line(self) -> tuple[_Line, bool]:
        """Return a connection and whether it had been used before."""
        while self._idle:
            line = self._idle.pop()
            if line.connection.is_connected:
                return line, True
        return _Line(await open_connection(self._relay, self._context)), False

    async def _transact(self, line: _Line, message: bytes, envelope: Envelope) -> Outcome:
        outcome = await _transaction(line.connection, message, envelope, self._relay)
        line.messages += 1
        await self._put_back(line, outcome)
        return outcome

    async def _put_back(self, line: _Line, outcome: Outcome) -> None:
        if not line.connection.is_connected or getattr(outcome, "code", None) == _CLOSING:
            line.connection.close()
        elif line.messages >= self._relay.max_per_connection:
            await _quit(line.connection)
        else:
            self._idle.append(line)


async def _transaction(
    connection: aiosmtplib.SMTP, message: bytes, envelope: Envelope, relay: Relay
) -> Outcome:
    """Run MAIL, RCPT and DATA, and judge what was said (RFC 5321, 4.2.1)."""
    if not (_is_one_address(envelope.sender) and _is_one_address(envelope.recipient)):
        return Refused(f"no address that can be put on the wire: {envelope.recipient!r}")
    needs_utf8 = not (envelope.sender.isascii() and envelope.recipient.isascii())
    if needs_utf8 and not connection.supports_extension("smtputf8"):
        return Refused(f"{relay} does not offer SMTPUTF8, which this address needs (RFC 6531)")
    encoding = "utf-8" if needs_utf8 else "ascii"
    options = ["SMTPUTF8"] if needs_utf8 else []
    if connection.supports_extension("size"):
        options.append(f"SIZE={len(message)}")
    try:
        await connection.mail(envelope.sender, options=options, encoding=encoding)
        await connection.rcpt(envelope.recipient, encoding=encoding)
    except errors.SMTPResponseException as error:
        await _reset(connection)
        return _verdict(error, relay=isinstance(error, errors.SMTPSenderRefused))
    except (errors.SMTPException, OSError) as error:
        connection.close()
        return Deferred(f"the line broke before DATA: {one_line(str(error))}", relay=True)
    return await _data(connection, message, relay)


async def _data(connection: aiosmtplib.SMTP, message: bytes, relay: Relay) -> Outcome:
    try:
        response = await connection.data(message, timeout=relay.data_timeout)
    except errors.SMTPResponseException as error:
        await _reset(connection)
        return _verdict(error, relay=False)
    except (errors.SMTPException, OSError) as error:
        connection.close()
        reply = one_line(str(error)) or type(error).__name__
        return Unknown(f"the line broke before the reply to the final dot: {reply}")
    return Accepted(f"{response.code} {one_line(response.message)}")


def _is_one_address(address: str) -> bool:
    """Tell whether an address reaches the wire as it is; the library would rewrite others."""
    return address.isprintable() and not set(address) & set("<> ,;") and "@" in address


def _verdict(error: errors.SMTPResponseException, *, relay: bool) -> Outcome:
    reply = f"{error.code} {one_line(error.message)}"
    if error.code >= _PERMANENT and not relay:
        return Refused(reply, error.code)
    if error.code >= _PERMANENT:
        # Refusing our sender is our fault, not the reader's: keep the mail, tell the operator.
        mend = "set smtp.username" if error.code == _LOGIN_WANTED else "check smtp.sender"
        return Deferred(f"the sender was refused: {reply}; {mend}", error.code, relay)
    return Deferred(reply, error.code, relay=relay or error.code == _CLOSING)


def _line_was_dead(outcome: Outcome) -> bool:
    return isinstance(outcome, Deferred) and outcome.relay and outcome.code is None


async def _reset(connection: aiosmtplib.SMTP) -> None:
    """Clear the transaction; a connection that cannot is closed."""
    try:
        await connection.rset()
    except (errors.SMTPException, OSError):
        connection.close()


async def _quit(connection: aiosmtplib.SMTP) -> None:
    """Say good-bye; the mails on this connection have their verdicts already."""
    try:
        await connection.quit(timeout=5)
    except (errors.SMTPException, OSError):
        connection.close()
