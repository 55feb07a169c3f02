"""The application: a site, and the parts that give it its routes.

A part is a function from the site to its routes; a new page joins by standing in ``_PARTS``.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from digest.errors import StoreError
from digest.web import bounces, failures, health, pages, sns
from digest.web.headers import PlainHeaders
from digest.web.origin import OwnForms
from digest.wiring import Workspace

Part = Callable[["Site"], Sequence[BaseRoute]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the parts work with.

    Attributes:
        workspace: configuration, store and clock; used from worker threads.
        visit: asks an address of Amazon SNS for a confirmation.
    """

    workspace: Workspace
    visit: Callable[[str], Awaitable[None]] = sns.visit


_PARTS: tuple[Part, ...] = (health.routes, bounces.routes, pages.routes)


def make_app(site: Site) -> Starlette:
    """Return the application of a site."""
    config = site.workspace.config
    app = Starlette(
        routes=[route for part in _PARTS for route in part(site)],
        middleware=[
            Middleware(PlainHeaders),
            Middleware(OwnForms, base_url=config.digest.base_url or ""),
        ],
        exception_handlers={
            HTTPException: failures.refused,
            StoreError: failures.try_again,
            Exception: failures.broken,
        },
    )
    app.state.pages = pages.Pages(config)
    return app
