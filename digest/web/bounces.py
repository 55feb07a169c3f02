"""``POST /bounces/{form}/{token}``: providers tell what came back.

The token is a capability: whoever has the address is the provider, and is believed. An event
is stored before the 200, so whatever is interrupted is told again, and counts once.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from digest.bounces.webhook import Call, understand
from digest.pipeline.bounces import Report, handle
from digest.web.body import read_body
from digest.wiring.bounces import bounce_desk, webhook_form
from digest.wiring.secret_files import key_ring

if TYPE_CHECKING:
    from digest.web.site import Site

_LARGEST = 1024 * 1024
_MOST_NAMED = 20
_log = structlog.get_logger(__name__)


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the route of all forms."""
    keys, desk = key_ring(site.workspace.config), bounce_desk(site.workspace)

    async def told(request: Request) -> Response:
        form = request.path_params["form"]
        if not webhook_form(form, request.path_params["token"], keys):
            raise HTTPException(404)
        body = await read_body(request, limit=_LARGEST)
        call = await asyncio.to_thread(_understand, form, body)
        if call.confirm_url:
            return await _confirm(site, call.confirm_url)
        if call.strays:
            entries = list(call.strays[:_MOST_NAMED])
            _log.warning(
                "webhook_entries_unread", form=form, count=len(call.strays), entries=entries
            )
        report = await asyncio.to_thread(
            handle, call.findings, desk, source=f"webhook {form}", trusted=True
        )
        counts = _counts(report)
        _log.info("webhook", form=form, **counts)
        return JSONResponse(counts)

    return [Route("/bounces/{form}/{token}", told, methods=["POST"])]


def _understand(form: str, body: bytes) -> Call:
    try:
        return understand(form, body)
    except ValueError as error:
        raise HTTPException(400, str(error)) from None


async def _confirm(site: "Site", url: str) -> Response:
    try:
        await site.visit(url)
    except OSError as error:
        _log.warning("sns_subscription_failed", why=str(error))
        raise HTTPException(503, "the subscription could not be confirmed") from None
    return JSONResponse({"confirmed": True})


def _counts(report: Report) -> dict[str, int]:
    return {result.value: number for result, number in report.results.items()}
