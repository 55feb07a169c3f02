"""``GET /healthz``: whether the program and its database answer."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from digest.web.site import Site


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the route; without a database it answers 503."""

    async def healthz(_request: Request) -> Response:
        await asyncio.to_thread(site.workspace.store.papers.newest_serial)
        return JSONResponse({"status": "ok"})

    return [Route("/healthz", healthz, methods=["GET"])]
