"""``/unsubscribe/{token}``: one button that ends all mail, and ways to fewer, or back.

A mail program posts here by itself, with ``List-Unsubscribe=One-Click`` and neither cookie nor
page (RFC 8058, 3.1). Reading changes nothing: scanners open every link of every mail.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digest.core.privacy import masked
from digest.core.schedule import Cadence, Frequency
from digest.core.subscriber import Status, Subscriber
from digest.core.tokens import Purpose
from digest.errors import InvalidTransitionError
from digest.web.allowing import AllowDesk
from digest.web.bearers import Bearers
from digest.web.forms import read_form
from digest.web.origin import is_foreign
from digest.web.pages import page
from digest.web.standing import blocked, standing
from digest.wiring import Workspace
from digest.wiring.people import may_change_settings, may_return
from digest.wiring.secret_files import key_ring

if TYPE_CHECKING:
    from digest.web.site import Site

MONTH = timedelta(days=30)
_LEAVE, _ALLOW = "leave", "allow"
_OFTEN = frozenset({Frequency.DAILY, Frequency.WEEKDAYS})
_log = structlog.get_logger(__name__)


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the route."""
    workspace = site.workspace
    bearers = Bearers(workspace, key_ring(workspace.config))
    allowing = AllowDesk(workspace)

    def show(request: Request) -> Response:
        reader = bearers.reader(request, Purpose.UNSUBSCRIBE)
        return _page(request, reader, workspace, can_allow=allowing.can_allow(reader))

    def grant(request: Request, wish: str) -> Response:
        reader = bearers.reader(request, Purpose.UNSUBSCRIBE)
        if wish == _ALLOW:
            return _page(request, reader, workspace, done=[allowing.ask(request, reader)])
        changed = _grant(wish, reader, workspace)
        can_allow = allowing.can_allow(changed)
        return _page(request, changed, workspace, done=[], can_allow=can_allow)

    async def answer(request: Request) -> Response:
        if request.method != "POST":
            return await asyncio.to_thread(show, request)
        wish = (await read_form(request)).get("do", _LEAVE)
        if wish != _LEAVE and is_foreign(request, workspace.config.digest.base_url or ""):
            raise HTTPException(403)
        answered = await asyncio.to_thread(grant, request, wish)
        if wish == _ALLOW:
            request.app.state.postman.nudge()
        return answered

    return [Route("/unsubscribe/{token}", answer, methods=["GET", "POST"])]


def _grant(wish: str, reader: Subscriber, workspace: Workspace) -> Subscriber:
    """Do what is wished; what cannot be is left, and the page shows how it stands."""

    def change(now: Subscriber) -> Subscriber:
        match wish:
            case "leave":
                return now.unsubscribe()
            case "pause":
                return now.pause(workspace.clock() + MONTH)
            case "weekly" if may_change_settings(now):
                return _weekly(now)
            case "back" if may_return(now, workspace.config):
                return now.come_back()
            case "weekly" | "back":
                return now
            case _:
                raise HTTPException(400)

    try:
        changed = workspace.store.subscribers.change(reader.id, change)
    except InvalidTransitionError:
        return reader
    if changed is None:
        raise HTTPException(404)
    _log.info("reader_changed", page="unsubscribe", wish=wish, subscriber=reader.id)
    return changed


def _weekly(reader: Subscriber) -> Subscriber:
    if reader.schedule.cadence.frequency not in _OFTEN:
        return reader
    weekly = Cadence(frequency=Frequency.WEEKLY)
    return replace(reader, schedule=replace(reader.schedule, cadence=weekly))


def _page(
    request: Request,
    reader: Subscriber,
    workspace: Workspace,
    *,
    done: list[str] | None = None,
    can_allow: bool = False,
) -> Response:
    """Show how a reader stands.

    Args:
        request: what is answered.
        reader: as stored now.
        workspace: where.
        done: sentences on what was done, None when nothing was.
        can_allow: offer a link by mail that lets mail through.
    """
    is_done = done is not None
    is_gone = reader.status is Status.UNSUBSCRIBED
    is_paused = reader.status is Status.PAUSED and not reader.wants_mail(workspace.clock())
    can_return = may_return(reader, workspace.config) and (is_gone or is_paused)
    told = [*(done or []), *_sentences(reader, workspace, is_done=is_done)]
    return page(
        request,
        "unsubscribe.html.j2",
        headline=_headline(workspace.config.digest.name, is_gone=is_gone, is_done=is_done),
        sentences=[*filter(None, told)],
        can_leave=not is_gone,
        can_be_weekly=may_change_settings(reader) and reader.schedule.cadence.frequency in _OFTEN,
        can_return=can_return,
        can_allow=can_allow and not is_gone,
        is_paused=is_paused,
    )


def _headline(name: str, *, is_gone: bool, is_done: bool) -> str:
    if is_gone:
        return "You are unsubscribed"
    return "Done" if is_done else f"Unsubscribe from {name}?"


def _sentences(reader: Subscriber, workspace: Workspace, *, is_done: bool) -> list[str]:
    address = masked(reader.email)
    suppressions = workspace.store.suppressions
    if reader.status is not Status.UNSUBSCRIBED:
        state = standing(reader, workspace.clock(), suppressions)
        return [state, "" if is_done else f"The button ends all mail to {address}, at once."]
    late = "One that is on its way at this moment may still arrive." if is_done else ""
    is_ours = may_return(reader, workspace.config)
    kept_out = "" if is_ours else "Whoever runs this list took the address off it."
    return [f"No more mail goes to {address}.", late, blocked(reader, suppressions), kept_out]
