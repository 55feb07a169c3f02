"""What a provider's call says: JSON of three forms, each its own module."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from digest.bounces.facts import Reading
from digest.bounces.generic import read_generic
from digest.bounces.sendgrid import read_sendgrid
from digest.bounces.ses import read_ses, subscription_of
from digest.core.findings import Finding

_MOST_EVENTS = 5_000
FORMS: dict[str, Callable[[Any], Reading]] = {
    "generic": read_generic,
    "ses": read_ses,
    "sendgrid": read_sendgrid,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What one call brought.

    Attributes:
        findings: what it says of mails.
        strays: places, from 1, of entries of its list that are no objects and say nothing.
        confirm_url: an address to be visited to agree to further calls, or "".
    """

    findings: tuple[Finding, ...] = ()
    strays: tuple[int, ...] = ()
    confirm_url: str = ""


def understand(form: str, body: bytes) -> Call:
    """Read the body of a call in one of ``FORMS``; events without meaning are notices.

    Raises:
        ValueError: it is not JSON of this form; the message says why, without quoting it.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("the body is not JSON") from None
    if form == "ses" and (url := subscription_of(told)):
        return Call(confirm_url=url)
    try:
        findings, strays = FORMS[form](told)
    except (TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError(f"the body is not JSON of the form {form}") from None
    if len(findings) > _MOST_EVENTS:
        raise ValueError(f"more than {_MOST_EVENTS} events in one call")
    return Call(findings=tuple(findings), strays=strays)
