"""What an HTTP answer amounts to: a whole answer, a redirect, or a named trouble."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import httpcore2
import httpx2

from digest.core.harvest import HarvestState
from digest.sources.body import read_body
from digest.sources.retry import asked_wait
from digest.sources.trouble import (
    LONGEST_ERROR_BODY,
    FetchTrouble,
    PassingTrouble,
    reason_in,
    trouble_of_status,
)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_RATE_EXCEEDED = b"rate exceeded"
_LONGEST_RATE_MESSAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer: a 200, or a 304 with an empty body.

    Attributes:
        status: 200 or 304.
        body: the bytes, unfolded.
        url: where it came from in the end, after redirects.
        content_type: the header as sent, or "".
        etag: the header as sent, or ""; give it back with the next request.
        last_modified: likewise.
    """

    status: int
    body: bytes
    url: str
    content_type: str
    etag: str
    last_modified: str


async def judge(
    response: httpcore2.Response,
    *,
    url: httpx2.URL,
    conditional: bool,
    limit: int,
    now: datetime,
) -> Answer | str:
    """Read an answer and return it, or the location that it redirects to, unchecked.

    Args:
        response: its body has not been read yet.
        url: what was asked for.
        conditional: the request said what we have, so a 304 is an answer.
        limit: the largest body accepted.
        now: the present (UTC).

    Raises:
        FetchTrouble: it is neither.
    """
    headers = _headers_of(response)
    if response.status in _REDIRECTS and "location" in headers:
        return headers["location"]
    if response.status == HTTPStatus.NOT_MODIFIED and conditional:
        return _answer(response.status, b"", url=url, headers=headers)
    if response.status == HTTPStatus.OK:
        body = await _body(response, headers, limit=limit)
        _check_rate(body, url=url)
        return _answer(response.status, body, url=url, headers=headers)
    raise trouble_of_status(
        url.host,
        response.status,
        reason=await _reason(response, headers, url=url),
        retry_after=asked_wait(headers, now=now),
    )


def _answer(status: int, body: bytes, *, url: httpx2.URL, headers: Mapping[str, str]) -> Answer:
    return Answer(
        status=status,
        body=body,
        url=str(url),
        content_type=headers.get("content-type", ""),
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
    )


def _headers_of(response: httpcore2.Response) -> dict[str, str]:
    """Return the headers by lower-case name; repeated ones are joined (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _body(response: httpcore2.Response, headers: Mapping[str, str], *, limit: int) -> bytes:
    return await read_body(
        response,
        encoding=headers.get("content-encoding", ""),
        length=headers.get("content-length", ""),
        limit=limit,
    )


async def _reason(
    response: httpcore2.Response, headers: Mapping[str, str], *, url: httpx2.URL
) -> str:
    """Return what an error answer says; its status counts even when its body is no use."""
    try:
        body = await _body(response, headers, limit=LONGEST_ERROR_BODY)
    except FetchTrouble:
        return ""
    return reason_in(body, asked=str(url))


def _check_rate(body: bytes, *, url: httpx2.URL) -> None:
    """Refuse arXiv's "Rate exceeded.", which has been seen under status 200 too."""
    if len(body) < _LONGEST_RATE_MESSAGE and body.strip().lower().startswith(_RATE_EXCEEDED):
        detail = f"{url.host} answered 200 OK: Rate exceeded."
        raise PassingTrouble(HarvestState.RATE_LIMITED, detail)
