"""``/editions/TOKEN``: an edition in the browser, as the mail shows it.

Such a link is passed on to colleagues. So the page leaves out what the mail's reader alone may
do, but for the unsubscribe, and shows the address masked. Mails carry their style in themselves,
which the policy of all other pages forbids.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from digest.core.render import Links
from digest.core.tokens import Purpose
from digest.web.bearers import Bearers, masked
from digest.wiring.letters import letter_room
from digest.wiring.secret_files import key_ring

if TYPE_CHECKING:
    from digest.web.site import Site

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the route of the link on top of every mail."""
    workspace = site.workspace
    bearers = Bearers(workspace, key_ring(workspace.config))
    room = letter_room(workspace.config, workspace.clock)

    def render(request: Request) -> str:
        reader = bearers.reader(request, Purpose.EDITION)
        slot = bearers.claims(request, Purpose.EDITION).payload
        found = workspace.store.editions.editions_of(reader.id, slot=slot) if slot else []
        if not found:
            raise HTTPException(404)
        leave = room.links.links(reader, found[0], workspace.clock()).shown.unsubscribe
        shown = replace(workspace.with_feedback(reader), email=masked(reader.email))
        return room.renderer(reader.theme).render(found[0], shown, Links(unsubscribe=leave)).html

    async def show(request: Request) -> Response:
        html = await asyncio.to_thread(render, request)
        return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY})

    return [Route("/editions/{token}", show, methods=["GET"])]
