"""How a fetch fails, told in one line that people can read and that holds no secret."""

import html
import os
import re
import socket
import ssl
import unicodedata
from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from digest.core.harvest import HarvestState
from digest.errors import SourceError

_LONGEST_REASON = 300
LONGEST_ERROR_BODY = 64 * 1024
_SHORTEST_SECRET = 5  # shorter values would black out innocent words
_HIDDEN = "api[-_]?key|access[-_]?token|token|key|secret|password|mailto|email"
_HIDDEN_NAME = re.compile(_HIDDEN, re.IGNORECASE)
_HIDDEN_PAIR = re.compile(rf"""\b({_HIDDEN})(["']?\s*[=:]\s*["']?)[^\s&"'<>),;]+""", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")  # linear, also on a body of nothing but "<"
_PAGE = re.compile(rb"<!doctype\s+html|<html|<head|<body|<script", re.IGNORECASE)


class FetchTrouble(SourceError):  # noqa: N818 - "trouble" is the word of this family
    """An upstream gave no usable answer.

    Args:
        state: what the answer amounted to; never a good state.
        detail: one line for people, no secrets.
        retry_after: the upstream asked not to be called before this (UTC), or None.
    """

    def __init__(
        self, state: HarvestState, detail: str, *, retry_after: datetime | None = None
    ) -> None:
        super().__init__(detail)
        self.state = state
        self.detail = detail
        self.retry_after = retry_after
        self.temporary = not state.is_permanent


class PassingTrouble(FetchTrouble):
    """Trouble that may be gone in a moment: the client asks again by itself."""


def trouble_of_status(
    host: str, status: int, *, reason: str, retry_after: datetime | None
) -> FetchTrouble:
    """Name the trouble that a status other than success or a redirect means.

    A 4xx is refused for good, except 408, 425 and 429 (RFC 9110, 15.5; RFC 6585, 4;
    RFC 8470, 5.2) and a 403 that says when to come back, as OpenAlex's "too fast" may.
    """
    said = f"{host} answered {status} {_phrase(status)}".rstrip()
    detail = f"{said}: {reason}" if reason else said
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.FORBIDDEN and retry_after is not None
    ):
        return PassingTrouble(HarvestState.RATE_LIMITED, detail, retry_after=retry_after)
    passing = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}
    is_ours = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if is_ours and status not in passing:
        return FetchTrouble(HarvestState.REFUSED, detail)
    return PassingTrouble(HarvestState.UNREACHABLE, detail, retry_after=retry_after)


def reason_in(body: bytes, *, asked: str) -> str:
    """Return what an error answer says, as one clean line; "" for a web page.

    Args:
        body: the answer's bytes, hostile; an XML feed or JSON is boiled down to its text.
        asked: the URL that was asked for, whose secrets the upstream may echo.
    """
    if _PAGE.search(body, 0, 2048) or len(body) > LONGEST_ERROR_BODY:
        return ""
    text = html.unescape(_MARKUP.sub(" ", body.decode("utf-8", "replace")))
    line = without_secrets(_one_line(text), asked=asked)
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 1].rstrip()}…"


def without_secrets(text: str, *, asked: str) -> str:
    """Black out keys, tokens and addresses: by name, and by their values in ``asked``."""
    for name, value in parse_qsl(urlsplit(asked).query):
        if _HIDDEN_NAME.fullmatch(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "…")
    return _HIDDEN_PAIR.sub(r"\1\2…", text)


def root_cause(error: BaseException) -> str:
    """Return the innermost message of a chain of errors: the system's own words."""
    while (inner := _inner(error)) is not None:
        error = inner
    return _one_line(_said_by(error))[:_LONGEST_REASON]


def _said_by(error: BaseException) -> str:
    if isinstance(error, OSError):
        numbered_apart = isinstance(error, ssl.SSLError | socket.gaierror)
        if error.errno is not None and not numbered_apart:
            return os.strerror(error.errno)  # asyncio's own text says less
        return error.strerror or type(error).__name__
    return str(error) or type(error).__name__


def _inner(error: BaseException) -> BaseException | None:
    """Return what caused an error; httpcore2 drops the cause, but keeps it as its argument."""
    if error.__cause__ is None and error.args and isinstance(error.args[0], BaseException):
        return error.args[0]
    return error.__cause__


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else ""


def _one_line(text: str) -> str:
    """Drop control and formatting characters (bidi marks, escapes) and fold white space."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
