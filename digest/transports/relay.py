"""Open one authenticated connection to a relay, and say in one line why it cannot be done.

Security is what the configuration says and nothing weaker: with ``starttls`` a server that
does not offer STARTTLS (or whose offer was stripped on the way) gets no credentials and no
mail (RFC 3207, section 6); certificates and host names are always verified.
"""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import aiosmtplib
from aiosmtplib import errors

from digest.core.outcome import Cause, Fault
from digest.core.smtp_reply import one_line
from digest.errors import TransportError
from digest.transports.access_tokens import AccessTokens, LoginError
from digest.transports.xoauth2 import log_in

_PERMANENT = 500


class Security(StrEnum):
    """How the connection is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Where to hand mail over, and how.

    Attributes:
        host: name or address of the server.
        port: TCP port.
        security: protection of the line.
        username: for AUTH; "" sends none.
        password: gives the password when a connection is opened; never kept or shown.
        tokens: gives an access token in place of the password, or None.
        ca_file: certificates to trust in place of the system's, or None.
        connections: the most connections at a time.
        max_per_connection: messages after which a connection is replaced.
        rate_per_minute: the most messages a minute, 0 for no limit.
        rate_per_day: the most messages a day (UTC), 0 for no limit.
        timeout: seconds to wait for a connection and for the replies to MAIL and RCPT.
        start_timeout: seconds to wait for the reply to DATA (RFC 5321, 4.5.3.2.4).
        data_timeout: seconds to wait for the reply to the final dot.
    """

    host: str
    port: int
    security: Security
    username: str = ""
    password: Callable[[], str] = field(default=str, repr=False)
    tokens: AccessTokens | None = field(default=None, repr=False)
    ca_file: Path | None = None
    connections: int = 4
    max_per_connection: int = 100
    rate_per_minute: int = 0
    rate_per_day: int = 0
    timeout: float = 60.0
    start_timeout: float = 120.0
    data_timeout: float = 600.0

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class RelayError(TransportError):
    """The relay cannot be used now; the message names it and what to mend.

    Args:
        message: one line for people.
        code: the server's SMTP code when it said one.
        cause: why, for scripts.
        fault: the relay's own trouble, or one that only the operator can end.
    """

    def __init__(
        self,
        message: str,
        code: int | None = None,
        *,
        cause: Cause = Cause.RELAY_UNREACHABLE,
        fault: Fault = Fault.RELAY,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.cause = cause
        self.fault = fault


def tls_context(relay: Relay) -> ssl.SSLContext:
    """Return the one context that all connections to a relay share.

    Raises:
        RelayError: ``ca_file`` cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=relay.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise RelayError(f"smtp.ca_file: {relay.ca_file}: cannot be read: {error}") from None


async def open_connection(relay: Relay, context: ssl.SSLContext) -> aiosmtplib.SMTP:
    """Connect, protect the line, greet and log in.

    Raises:
        RelayError: any of these failed.
    """
    connection = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        use_tls=relay.security is Security.TLS,
        start_tls=relay.security is Security.STARTTLS,
        tls_context=context,
        local_hostname=_own_name(),
        timeout=relay.timeout,
    )
    try:
        await connection.connect()
        if connection.is_ehlo_or_helo_needed:
            await _greet(connection)
        if relay.tokens:
            await log_in(connection, relay.username, relay.tokens)
        elif relay.username:
            await connection.login(relay.username, relay.password())
    except (errors.SMTPException, OSError, ssl.SSLError, LoginError) as error:
        connection.close()
        raise _explained(relay, error) from None
    return connection


async def _greet(connection: aiosmtplib.SMTP) -> None:
    try:
        await connection.ehlo()
    except errors.SMTPHeloError:
        await connection.helo()


def _own_name() -> str:
    """Return a name for EHLO without asking DNS (RFC 5321, 4.1.4, wants one, or a literal)."""
    name = socket.gethostname()
    return name if name.isascii() and name.strip() else "localhost"


def _explained(relay: Relay, error: Exception) -> RelayError:
    cause = error.__cause__ or error
    code = error.code if isinstance(error, errors.SMTPResponseException) else None
    what, why, fault = _diagnosis(relay, error, cause)
    return RelayError(f"smtp {relay}: {what}", code, cause=why, fault=fault)


def _diagnosis(relay: Relay, error: Exception, cause: BaseException) -> tuple[str, Cause, Fault]:
    """Return what to tell, why, and who can end it.

    A login that is refused for good and a server that lacks what the configuration demands
    are the operator's; a certificate may be mended on either side, so the relay is asked again.
    """
    if isinstance(cause, ssl.SSLCertVerificationError):
        what = f"its certificate was not accepted: {cause.verify_message}"
        return what, Cause.TLS_FAILED, Fault.RELAY
    if isinstance(error, errors.SMTPAuthenticationError):
        what = (
            f"login as {relay.username!r} was refused ({error.code} {one_line(error.message)}); "
            f"check smtp.username and {'smtp.token_command' if relay.tokens else 'the password'}"
        )
        is_final = error.code >= _PERMANENT
        return what, Cause.LOGIN_REFUSED, Fault.OURS if is_final else Fault.RELAY
    if isinstance(error, errors.SMTPException) and "STARTTLS extension" in str(error):
        what = (
            "it does not offer STARTTLS, so nothing was sent; "
            'if it speaks TLS from the start, set smtp.security = "tls"'
        )
        return what, Cause.TLS_FAILED, Fault.OURS
    if isinstance(error, errors.SMTPException) and "AUTH extension" in str(error):
        what = "it offers no login (AUTH), but smtp.username is set"
        return what, Cause.LOGIN_REFUSED, Fault.OURS
    if isinstance(cause, ssl.SSLError):
        what = (
            f"TLS failed ({cause.reason or cause}); "
            "check smtp.port and smtp.security (587 is starttls, 465 is tls)"
        )
        return what, Cause.TLS_FAILED, Fault.RELAY
    return _unreachable(relay, error, cause), Cause.RELAY_UNREACHABLE, Fault.RELAY


def _unreachable(relay: Relay, error: Exception, cause: BaseException) -> str:
    if isinstance(cause, TimeoutError):
        return f"no answer within {relay.timeout:g} s; check smtp.host and smtp.port"
    if isinstance(cause, socket.gaierror):
        return "the host name cannot be resolved; check smtp.host"
    if isinstance(cause, ConnectionRefusedError):
        return "connection refused; check smtp.host and smtp.port"
    if isinstance(error, errors.SMTPResponseException):
        return f"it answered {error.code} {one_line(error.message)}"
    return one_line(str(error)) or type(error).__name__
