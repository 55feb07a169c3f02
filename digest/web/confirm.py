"""``/confirm/TOKEN``: the owner of an address agrees, by a button; a GET changes nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digest.core.privacy import masked
from digest.core.render.words import when
from digest.core.sign_up import SignUp, SignUpKind
from digest.core.subscriber import Status, Subscriber
from digest.core.tokens import Purpose, sign
from digest.pipeline.confirm import confirm
from digest.web.allowing import AllowDesk
from digest.web.bearers import Bearers
from digest.web.forms import read_form
from digest.web.move_pages import MovePages
from digest.web.pages import page
from digest.wiring.secret_files import key_ring

if TYPE_CHECKING:
    from digest.web.site import Site

_ENDS = frozenset({SignUpKind.OLD_END, SignUpKind.NEW_END})


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the routes of the link in the mail that answers a sign-up."""
    desk = _Desk(site)
    return [
        Route("/confirm/{token}", desk.show, methods=["GET"]),
        Route("/confirm/{token}", desk.agree, methods=["POST"]),
    ]


class _Desk:
    def __init__(self, site: "Site") -> None:
        self._workspace = site.workspace
        self._keys = key_ring(site.workspace.config)
        self._bearers = Bearers(site.workspace, self._keys)
        self._moves = MovePages(site.workspace, self._keys)
        self._allowing = AllowDesk(site.workspace)

    async def show(self, request: Request) -> Response:
        """Show what was asked for, and the button."""
        return await asyncio.to_thread(self._show, request)

    async def agree(self, request: Request) -> Response:
        """Do what was asked for."""
        form = await read_form(request)
        return await asyncio.to_thread(self._agree, request, form)

    def _show(self, request: Request) -> Response:
        sign_up, reader = self._asked(request)
        if sign_up.kind in _ENDS:
            return self._moves.show(request, sign_up, reader)
        if sign_up.kind is SignUpKind.ALLOW:
            return self._allowing.show(request, sign_up, reader)
        if sign_up.confirmed_at is not None:
            return self._welcome(request, reader)
        return page(
            request,
            "confirm.html.j2",
            address=masked(reader.email),
            when=when(sign_up.schedule),
        )

    def _agree(self, request: Request, form: Mapping[str, str]) -> Response:
        sign_up, reader = self._asked(request)
        if sign_up.kind in _ENDS:
            return self._moves.answer(request, sign_up, reader, form)
        if sign_up.kind is SignUpKind.ALLOW:
            return self._allowing.confirm(request, sign_up, reader)
        store = self._workspace.store
        confirm(
            sign_up,
            reader,
            sign_ups=store.sign_ups,
            subscribers=store.subscribers,
            suppressions=store.suppressions,
            now=self._workspace.clock(),
        )
        return self._welcome(request, self._asked(request)[1])

    def _asked(self, request: Request) -> tuple[SignUp, Subscriber]:
        """Return what a link is about.

        Raises:
            HTTPException: 404, whatever is wrong with it.
        """
        reader = self._bearers.reader(request, Purpose.CONFIRM)
        payload = self._bearers.claims(request, Purpose.CONFIRM).payload
        number = int(payload) if payload.isascii() and payload.isdecimal() else 0
        sign_up = self._workspace.store.sign_ups.find(number)
        if sign_up is None or not _is_of(sign_up, reader):
            raise HTTPException(404)
        return sign_up, reader

    def _welcome(self, request: Request, reader: Subscriber) -> Response:
        """Say how it stands; whoever unsubscribed after agreeing is not brought back."""
        now = self._workspace.clock()
        token = sign(Purpose.PREFERENCES, reader.id, keys=self._keys, now=now)
        return page(
            request,
            "welcome.html.j2",
            is_reader=reader.status in {Status.ACTIVE, Status.PAUSED},
            address=masked(reader.email),
            when=when(reader.schedule),
            preferences=token,
        )


def _is_of(sign_up: SignUp, reader: Subscriber) -> bool:
    """Tell whether a reader may confirm a sign-up: by the number, and by the address."""
    if sign_up.kind in _ENDS:  # one is at another address than the reader's
        return sign_up.subscriber_id == reader.id
    is_same = sign_up.email.casefold() == reader.email.casefold()
    return is_same and sign_up.subscriber_id in {None, reader.id}
