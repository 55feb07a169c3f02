"""``/subscribe`` and ``/preview``: the form, and what a mail would hold before signing up.

Whatever the address, the same is done and answered: a row is written, or not, by limits that
do not know the address. Which mail goes out, if any, is decided afterwards.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digest.core.interest_text import read_interests
from digest.core.sign_up import Answer, SignUp
from digest.web.asker import Asker, insist
from digest.web.cards import view_cards
from digest.web.catalogue import Catalogue
from digest.web.forms import read_form
from digest.web.pages import page
from digest.web.sign_up_form import (
    TRAP,
    FormView,
    Typed,
    blank_form,
    filled,
    read_typed,
    usual_form,
)

if TYPE_CHECKING:
    from digest.web.site import Site


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the routes of the form; where nobody can sign up, only those of the preview."""
    desk = _Desk(site)
    return [
        Route("/subscribe", desk.show, methods=["GET"]),
        Route("/subscribe", desk.take, methods=["POST"]),
        Route("/preview", desk.preview, methods=["GET", "POST"]),
    ]


class _Desk:
    def __init__(self, site: "Site") -> None:
        config = site.workspace.config
        self._workspace = site.workspace
        self._form = usual_form(config)
        self._blank = blank_form(config)
        self._asker = Asker(site.workspace)

    async def show(self, request: Request) -> Response:
        """Show the form alone."""
        return page(request, "subscribe.html.j2", form=self._open())

    async def take(self, request: Request) -> Response:
        """Take what was typed; the answer does not tell what is known of the address."""
        form, fields = self._open(), await read_form(request)
        typed = read_typed(fields, form)
        if typed.wrong:
            return page(request, "subscribe.html.j2", 400, form=filled(form, fields, typed.wrong))
        if not fields.get(TRAP):
            insist(await asyncio.to_thread(self._ask, request, typed))
            request.app.state.postman.nudge()
        return page(request, "asked.html.j2")

    async def preview(self, request: Request) -> Response:
        """Show what a first mail would hold now, and why; nothing is kept."""
        fields = await _fields(request)
        form = filled(self._form, fields, {}) if self._form else None
        most = self._workspace.config.digest.max_papers
        try:
            wanted = read_interests(fields.get("interests", ""))
        except ValueError as error:
            shown = filled(self._blank, fields, {"interests": str(error)})
            return page(
                request, "preview.html.j2", 400, form=shown, wrong=str(error), cards=(), remarks=()
            )
        catalogue: Catalogue = request.app.state.catalogue
        found = await catalogue.best(wanted, limit=most)
        return page(
            request,
            "preview.html.j2",
            form=form,
            wrong="",
            cards=view_cards(
                found.matches, year=self._workspace.clock().year, followed=wanted.authors
            ),
            matched=found.matched,
            considered=found.considered,
            remarks=found.remarks,
            is_trending=wanted.is_empty,
        )

    def _open(self) -> FormView:
        if self._form is None:
            raise HTTPException(404)
        return self._form

    def _ask(self, request: Request, typed: Typed) -> Answer:
        sign_up = SignUp(
            email=typed.email,
            client=self._asker.client(request),
            interests=typed.interests,
            schedule=typed.schedule,
            asked_at=self._workspace.clock(),
        )
        return self._workspace.store.sign_ups.ask(sign_up, self._asker.limits)


async def _fields(request: Request) -> Mapping[str, str]:
    """Return what was typed, from the body or the address of a page."""
    if request.method == "POST":
        return await read_form(request)
    return {name: value.replace("\0", "") for name, value in request.query_params.items()}
