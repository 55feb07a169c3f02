"""Agree to a subscription of Amazon SNS, by a visit to the address that it sent."""

import httpx2
import structlog

_SECONDS = 10.0
_log = structlog.get_logger(__name__)


async def visit(url: str) -> None:
    """Visit an address of SNS; no redirect is followed, and the answer's body is left.

    Raises:
        OSError: it could not be visited, or did not agree.
    """
    try:
        async with (
            httpx2.AsyncClient(timeout=_SECONDS, trust_env=False) as client,
            client.stream("GET", url) as answer,
        ):
            code = answer.status_code
    except httpx2.HTTPError as error:
        raise OSError(f"SNS cannot be reached ({type(error).__name__})") from error
    if code != httpx2.codes.OK:
        raise OSError(f"SNS answered {code}")
    _log.info("sns_subscription_confirmed")
