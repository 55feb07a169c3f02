"""``/editions/TOKEN``: an edition in the browser, as the mail shows it.

Such a link is passed on to colleagues. So the page leaves out what the mail's reader alone may
do, but for the unsubscribe, and shows the address masked. Interests and schedule, which are those
of today, are not named. Mails carry their style in themselves,
which the policy of all other pages forbids. With ``?format=`` it is a file for a reference
manager, with the reader's own papers and without those that trend.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from digest.core.citations import FORMATS, Format
from digest.core.edition import Edition
from digest.core.privacy import masked
from digest.core.render import Links
from digest.core.subscriber import Subscriber
from digest.core.tokens import Purpose
from digest.web.bearers import Bearers
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

    def find(request: Request) -> tuple[Subscriber, Edition]:
        reader = bearers.reader(request, Purpose.EDITION)
        slot = bearers.claims(request, Purpose.EDITION).payload
        found = workspace.store.editions.editions_of(reader.id, slot=slot) if slot else []
        if not found:
            raise HTTPException(404)
        return reader, found[0]

    def render(request: Request) -> Response:
        reader, edition = find(request)
        leave = room.links.links(reader, edition, workspace.clock()).shown.unsubscribe
        files = "?format=" if edition.picks else ""
        links = Links(unsubscribe=leave, in_browser=True, export=files)
        shown = replace(workspace.with_feedback(reader), email=masked(reader.email))
        mail = room.renderer(reader.theme).render(edition, shown, links)
        return HTMLResponse(mail.html, headers={"Content-Security-Policy": _POLICY})

    def export(request: Request, form: Format) -> Response:
        _, edition = find(request)
        papers = [match.paper for match in edition.picks]
        name = f"digest-{edition.slot.key}.{form.ending}"
        saved_as = {"Content-Disposition": f'attachment; filename="{name}"'}
        body = form.write(papers).encode("utf-8", "replace")
        return Response(body, media_type=form.media_type, headers=saved_as)

    async def show(request: Request) -> Response:
        wanted = request.query_params.get("format")
        if wanted is None:
            return await asyncio.to_thread(render, request)
        if wanted not in FORMATS:
            raise HTTPException(400)
        return await asyncio.to_thread(export, request, FORMATS[wanted])

    return [Route("/editions/{token}", show, methods=["GET"])]
