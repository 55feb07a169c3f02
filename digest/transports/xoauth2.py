"""Log in with an access token in place of a password (XOAUTH2: Gmail, Microsoft 365).

The protocol: https://developers.google.com/gmail/imap/xoauth2-protocol. What the library has
for it forgets why the server refused, so it is here.
"""

import base64
import binascii
import json
import re
from ipaddress import ip_address

import aiosmtplib
from aiosmtplib import errors

from digest.transports.access_tokens import AccessTokens, LoginError

_SUCCESS, _CONTINUE, _REFUSED = 235, 334, 535


async def log_in(connection: aiosmtplib.SMTP, username: str, tokens: AccessTokens) -> None:
    """Log in with XOAUTH2; a refused token is replaced by a new one, once.

    Raises:
        LoginError: the line is readable by others, XOAUTH2 is not offered, or there is no token.
        aiosmtplib.errors.SMTPAuthenticationError: the server refused both tokens.
        aiosmtplib.errors.SMTPException: the line broke.
    """
    if not _is_private(connection):
        raise LoginError("the line is not encrypted, so no access token was sent")
    if "xoauth2" not in connection.server_auth_methods:
        raise LoginError("it offers no XOAUTH2 login, but smtp.token_command is set")
    token = await tokens.token()
    try:
        await _authenticate(connection, username, token)
    except errors.SMTPAuthenticationError as error:
        newer = await tokens.token(refused=token) if error.code == _REFUSED else token
        if newer == token or not connection.is_connected:
            raise
        try:
            await _authenticate(connection, username, newer)
        except errors.SMTPServerDisconnected:  # it hangs up after a refusal; the newer one is kept
            raise error from None


def initial_response(username: str, token: str) -> bytes:
    """Return what follows ``AUTH XOAUTH2``.

    Raises:
        LoginError: the user name would end its part of the response early.
    """
    if not username.isprintable():
        raise LoginError("smtp.username holds a character that cannot be sent")
    return base64.b64encode(f"user={username}\x01auth=Bearer {token}\x01\x01".encode())


def told_status(challenge: str) -> str:
    """Return what a server's 334 challenge says of the failure, such as ``status 401``."""
    try:
        said = json.loads(base64.b64decode(challenge, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return ""
    status = said.get("status", "") if isinstance(said, dict) else ""
    return f"status {status}" if re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", str(status)) else ""


async def _authenticate(connection: aiosmtplib.SMTP, username: str, token: str) -> None:
    """Try one token; after a challenge an empty line asks for the verdict."""
    response = initial_response(username, token)
    reply = await connection.execute_command(b"AUTH", b"XOAUTH2", response)
    status = ""
    if reply.code == _CONTINUE:
        status = told_status(reply.message)
        reply = await connection.execute_command(b"")
    if reply.code != _SUCCESS:
        words = "; ".join(filter(None, (reply.message, status)))
        for secret in (token, response.decode("ascii")):  # a server may say what it heard
            words = words.replace(secret, "…")
        raise errors.SMTPAuthenticationError(reply.code, words)


def _is_private(connection: aiosmtplib.SMTP) -> bool:
    """Tell whether the line is encrypted, or does not leave this machine."""
    if connection.get_transport_info("sslcontext") is not None:
        return True
    peer = connection.get_transport_info("peername")
    return bool(peer) and ip_address(str(peer[0]).partition("%")[0]).is_loopback
