"""A password before the operator's pages: HTTP Basic (RFC 7617), with few guesses for anybody.

Whoever guesses wrong too often is answered 429, the right password included, until a while has
passed: a guess that is not judged tells nothing. Counts are kept in memory, for each network
address (IPv6: each /64); a restart forgets them.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from starlette.exceptions import HTTPException

_GUESSES = 10
_WHILE = 15 * 60.0  # seconds
_MOST_CLIENTS = 10_000
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="digest", charset="UTF-8"'}
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Guesses:
    """Wrong guesses of one client, and when they are forgotten."""

    until: float
    number: int = 0


@dataclass(slots=True)
class Gate:
    """Lets those pass who know the password, under any user name.

    Attributes:
        password: what to know.
        clock: gives seconds that only rise.
    """

    password: str = field(repr=False)
    clock: Callable[[], float] = time.monotonic
    _guesses: OrderedDict[str, _Guesses] = field(default_factory=OrderedDict, repr=False)

    def check(self, authorization: str | None, client: str) -> None:
        """Let a request pass, or raise what it is answered.

        Args:
            authorization: its header of that name, or None.
            client: who asks; guesses are counted by it.

        Raises:
            HTTPException: 401 without the password, 429 after too many wrong ones.
        """
        if authorization is None:
            raise HTTPException(401, headers=_CHALLENGE)
        now = self.clock()
        guesses = self._guesses.get(client)
        if guesses and now >= guesses.until:
            del self._guesses[client]
            guesses = None
        if guesses and guesses.number >= _GUESSES:
            wait = {"Retry-After": str(int(guesses.until - now) + 1)}
            raise HTTPException(429, headers=wait)
        if _same(_password_in(authorization), self.password.encode()):
            self._guesses.pop(client, None)
            return
        self._note(client, guesses or _Guesses(until=now + _WHILE))
        raise HTTPException(401, headers=_CHALLENGE)

    def _note(self, client: str, guesses: _Guesses) -> None:
        guesses.number += 1
        self._guesses[client] = guesses
        self._guesses.move_to_end(client)
        if len(self._guesses) > _MOST_CLIENTS:
            self._guesses.popitem(last=False)
        if guesses.number == _GUESSES:
            _log.warning("password_guessed_too_often", guesses=_GUESSES)


def _password_in(authorization: str) -> bytes:
    """Return the password of a header, b"" when it holds none."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(given.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _same(one: bytes, other: bytes) -> bool:
    """Compare in a time that tells neither the content nor the length."""
    return hmac.compare_digest(*(hashlib.sha256(each).digest() for each in (one, other)))
