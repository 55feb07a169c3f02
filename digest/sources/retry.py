"""When to ask again: what the upstream asks for, and our own back-off where it says nothing."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A slip in a header must not silence a source for years.
_LONGEST_WAIT = timedelta(days=7)
_SECONDS = re.compile(r"\d+(\.\d+)?")
_LIMIT = re.compile(r'"[^"]*"((?:\s*;\s*[a-z*][\w.*-]*=[^;,\s]+)+)')
_PARAMETER = re.compile(r"([a-z*][\w.*-]*)=(\d+)")


def asked_wait(headers: Mapping[str, str], *, now: datetime) -> datetime | None:
    """Return the time before which the upstream does not want to be asked, or None.

    Args:
        headers: the answer's, names in lower case.
        now: the present (UTC).
    """
    waits = [
        wait
        for wait in (
            _retry_after(headers.get("retry-after", "").strip(), now=now),
            _rate_limit(headers.get("ratelimit", "")),
        )
        if wait is not None
    ]
    return now + min(max(waits), _LONGEST_WAIT) if waits else None


def backoff(attempt: int, *, first: float, cap: float, jitter: float) -> float:
    """Return the seconds to wait after the n-th failure: doubling, ±20 %, never over ``cap``.

    Args:
        attempt: how many attempts have failed, from 1.
        first: the wait after the first.
        cap: the longest wait.
        jitter: a random number in [0, 1).
    """
    doubled: float = first * 2 ** min(attempt - 1, 30)
    return min(doubled * (0.8 + 0.4 * jitter), cap)


def _retry_after(value: str, *, now: datetime) -> timedelta | None:
    """Read ``Retry-After`` (RFC 9110, 10.2.3): seconds or an HTTP date."""
    if _SECONDS.fullmatch(value):
        return _seconds(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(at.replace(tzinfo=at.tzinfo or UTC) - now, timedelta())


def _rate_limit(value: str) -> timedelta | None:
    """Read ``RateLimit: "api";r=0;t=55`` (draft-ietf-httpapi-ratelimit-headers-10, 4)."""
    resets = []
    for limit in _LIMIT.finditer(value):
        parameters = dict(_PARAMETER.findall(limit[1]))
        if int(parameters.get("r", 1)) == 0 and "t" in parameters:
            resets.append(_seconds(parameters["t"]))
    return max(resets, default=None)


def _seconds(number: str) -> timedelta:
    return timedelta(seconds=min(float(number), _LONGEST_WAIT.total_seconds()))
