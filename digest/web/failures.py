"""Answers to what cannot be done: a page with a sentence, or a line for a program."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from digest.web.headers import complete
from digest.web.pages import page

_FOR_PROGRAMS = ("/bounces/", "/healthz", "/metrics")
_WITH_TOKEN = frozenset({"unsubscribe", "preferences", "feedback", "confirm", "editions", "feed"})
"""First parts of the addresses that mails lead to."""
_SECONDS_TO_WAIT = "60"
_log = structlog.get_logger(__name__)


class _Failure(NamedTuple):
    headline: str
    sentence: str


_FAILURES = {
    400: _Failure("That was not understood", "Go back, and try again."),
    401: _Failure("This page wants a password", "Open it again, and enter the operator's."),
    403: _Failure(
        "This came from another site", "Open the page itself, and press the button there."
    ),
    404: _Failure("There is nothing here", "The address may be mistyped."),
    405: _Failure("That cannot be done here", "Open the link in a browser, and use the buttons."),
    408: _Failure("That took too long", "Go back, and try again."),
    413: _Failure("That is too much", "Go back, shorten what you wrote, and try again."),
    429: _Failure("That was too often", "Wait a while, and try again."),
    500: _Failure("Something went wrong here", "It was noted. Please try again later."),
    503: _Failure("This cannot be done just now", "Please try again in a minute."),
}
_NO_SUCH_LINK = _Failure(
    "There is nothing here",
    "The link may be incomplete, too old, or of a reader who is gone; "
    "each mail has fresh ones in its last lines.",
)


def failure(
    request: Request, status: int, detail: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer to what cannot be done.

    Args:
        request: what was asked.
        status: what to answer; an unknown one reads like 400.
        detail: told to programs alone.
        headers: to be sent with it.
    """
    told = _told(request, status, headers or {})
    answer: Response
    if request.url.path.startswith(_FOR_PROGRAMS):
        answer = PlainTextResponse(detail or told.headline, status_code=status)
    else:
        answer = page(
            request,
            "failure.html.j2",
            status,
            headline=told.headline,
            sentence=told.sentence,
        )
    answer.headers.update(headers or {})
    return answer


def _told(request: Request, status: int, headers: Mapping[str, str]) -> _Failure:
    told = _FAILURES.get(status, _FAILURES[HTTPStatus.BAD_REQUEST])
    if status == HTTPStatus.TOO_MANY_REQUESTS and "Retry-After" in headers:
        return told._replace(sentence=_when_again(int(headers["Retry-After"])))
    first = request.url.path.split("/")[1:2]  # of the path "*" there is none
    if status == HTTPStatus.NOT_FOUND and not _WITH_TOKEN.isdisjoint(first):
        return _NO_SUCH_LINK
    return told


def _when_again(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    number, unit = (minutes, "minute") if minutes < 2 * 60 else (math.ceil(minutes / 60), "hour")
    return f"In {number} {unit}{'' if number == 1 else 's'} at the latest it will be taken again."


async def refused(request: Request, error: Exception) -> Response:
    """Answer an ``HTTPException``."""
    if not isinstance(error, HTTPException):
        raise error
    return failure(request, error.status_code, error.detail, error.headers)


async def try_again(request: Request, _error: Exception) -> Response:
    """Say that the database cannot be used now; whoever told us something tells it again."""
    wait = {"Retry-After": _SECONDS_TO_WAIT}
    if request.url.path.startswith(_FOR_PROGRAMS):
        return JSONResponse({"error": "try again later"}, status_code=503, headers=wait)
    return failure(request, 503, headers=wait)


async def broken(request: Request, error: Exception) -> Response:
    """Answer 500; this comes after all middleware, so the headers are completed here."""
    _log.error("page_failed", kind=type(error).__name__)
    answer = failure(request, 500)
    complete(answer.headers, request.url.path)
    return answer
