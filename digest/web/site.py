"""The application: a site, and the parts that give it its routes.

A part is a function from the site to its routes; a new page joins by standing in ``_PARTS``.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from digest.errors import StoreError
from digest.web import (
    bounces,
    browse,
    confirm,
    editions,
    failures,
    feed,
    feedback,
    health,
    own_feed,
    pages,
    preferences,
    report,
    sign_up,
    sns,
    unsubscribe,
)
from digest.web.catalogue import Catalogue
from digest.web.headers import PlainHeaders
from digest.web.origin import OwnForms
from digest.web.postman import Postman
from digest.wiring import Workspace
from digest.wiring.notices import open_notices, sends_notices

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


_PARTS: tuple[Part, ...] = (
    health.routes,
    bounces.routes,
    pages.routes,
    browse.routes,
    sign_up.routes,
    confirm.routes,
    editions.routes,
    feed.routes,
    own_feed.routes,
    unsubscribe.routes,
    feedback.routes,
    preferences.routes,
    report.routes,
)


def make_app(site: Site) -> Starlette:
    """Return the application of a site."""
    config = site.workspace.config
    send = open_notices(site.workspace) if sends_notices(config) else None
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
        lifespan=_lifespan,
    )
    app.router.redirect_slashes = False
    app.state.pages = pages.Pages(config)
    app.state.catalogue = Catalogue(site.workspace)
    app.state.postman = Postman(send)
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Have the postman at work while the site is served."""
    postman: Postman = app.state.postman
    async with postman.at_work():
        yield
