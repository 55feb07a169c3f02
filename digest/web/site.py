"""The application: a site, and the parts that give it its routes.

A part is a function from the site to its routes; a new page joins by standing in ``_PARTS``.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from digest.errors import StoreError
from digest.web import bounces, headers, health, sns
from digest.wiring import Workspace

Part = Callable[["Site"], Sequence[BaseRoute]]

_SECONDS_TO_WAIT = "60"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the parts work with.

    Attributes:
        workspace: configuration, store and clock; used from worker threads.
        visit: asks an address of Amazon SNS for a confirmation.
    """

    workspace: Workspace
    visit: Callable[[str], Awaitable[None]] = sns.visit


_PARTS: tuple[Part, ...] = (health.routes, bounces.routes)


def make_app(site: Site) -> Starlette:
    """Return the application of a site."""
    return Starlette(
        routes=[route for part in _PARTS for route in part(site)],
        middleware=[Middleware(headers.PlainHeaders)],
        exception_handlers={StoreError: _try_again},
    )


async def _try_again(_request: Request, _error: Exception) -> Response:
    """Say that the database cannot be used now; whoever told us something tells it again."""
    wait = {"Retry-After": _SECONDS_TO_WAIT}
    return JSONResponse({"error": "try again later"}, status_code=503, headers=wait)
