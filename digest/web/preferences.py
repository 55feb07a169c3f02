"""``/preferences/{token}``: a reader's settings, pauses and data, without an account.

Readers of the configuration file see their settings; to be changed they are there, for the
file is read again at each start. Whether mail comes at all is their own affair in any case.
"""

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digest.core.subscriber import Subscriber
from digest.core.tokens import Purpose
from digest.errors import InvalidTransitionError
from digest.web.allowing import AllowDesk
from digest.web.bearers import Bearers
from digest.web.forms import read_form
from digest.web.meanwhile import CHANGED, has_changed, stamp_of, with_what_is_stored
from digest.web.moves import MoveDesk, MoveError, MoveView
from digest.web.outlook import Outlook, Outlooks
from digest.web.own_feed import feed_address
from digest.web.pages import page
from digest.web.pauses import WISHES, PauseError, change_of
from digest.web.preference_form import Filled, fields_of, read_fields, with_settings
from digest.web.preference_view import view
from digest.web.standing import standing
from digest.wiring import Workspace
from digest.wiring.people import is_in_file, may_change_settings
from digest.wiring.reader_facts import own_data
from digest.wiring.secret_files import key_ring

if TYPE_CHECKING:
    from digest.web.site import Site

_RANKING = frozenset({"save", "look"})
_MAILING = frozenset({"move", "allow"})
_IN_FILE = "your settings stand in a file of this list, and are changed there."
_log = structlog.get_logger(__name__)


class _ChangedMeanwhileError(Exception):
    """The stored settings are no more those that the form was filled with."""


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the route."""
    desk = _Desk(site.workspace)

    async def answer(request: Request) -> Response:
        if request.method != "POST":
            return await asyncio.to_thread(desk.show, request)
        form = await read_form(request)
        if form.get("do") in _RANKING:
            async with desk.turn:
                return await asyncio.to_thread(desk.act, request, form)
        answered = await asyncio.to_thread(desk.act, request, form)
        if form.get("do") in _MAILING:
            request.app.state.postman.nudge()
        return answered

    return [Route("/preferences/{token}", answer, methods=["GET", "POST"])]


class _Desk:
    """Answers for the page.

    Attributes:
        turn: to be held while papers are ranked, which keeps a processor busy: one at a time
            leaves the others to the rest of the site.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.turn = asyncio.Lock()
        self._workspace = workspace
        self._outlooks = Outlooks(workspace)
        self._keys = key_ring(workspace.config)
        self._bearers = Bearers(workspace, self._keys)
        self._moves = MoveDesk(workspace)
        self._allowing = AllowDesk(workspace)

    def show(self, request: Request) -> Response:
        """Show the settings as they are."""
        reader = self._bearers.reader(request, Purpose.PREFERENCES)
        return self._page(request, reader)

    def act(self, request: Request, form: dict[str, str]) -> Response:
        """Do what the button says that was pressed."""
        reader = self._bearers.reader(request, Purpose.PREFERENCES)
        wish = form.get("do", "")
        if wish in WISHES:
            return self._change(request, reader, form)
        match wish:
            case "save" | "look" if may_change_settings(reader):
                return self._settings(request, reader, form, is_kept=wish == "save")
            case "save" | "look":
                return self._page(request, reader, refused=_IN_FILE, status=400)
            case "move" | "stay" | "allow" | "new-feed":
                return self._ask(request, reader, form)
            case "data":
                return _download(own_data(reader, self._workspace.store))
            case "delete" | "delete-for-good" if not self._comes_back(reader):
                return self._delete(request, reader, is_sure=wish == "delete-for-good")
        raise HTTPException(400)

    def _settings(
        self, request: Request, reader: Subscriber, form: dict[str, str], *, is_kept: bool
    ) -> Response:
        filled = read_fields(form, reader, self._workspace.config)
        if filled.wanted != reader and has_changed(form, fields_of(reader)):
            return self._changed_meanwhile(request, reader, form)
        if filled.wanted is None:
            return self._page(request, reader, filled=filled, status=400)
        wanted: Subscriber | None = filled.wanted
        if is_kept:
            how = partial(_unless_changed, form=form, wanted=filled.wanted)
            try:
                wanted = self._workspace.store.subscribers.change(reader.id, how)
            except _ChangedMeanwhileError:
                stored = self._bearers.reader(request, Purpose.PREFERENCES)
                return self._changed_meanwhile(request, stored, form)
            _log.info("reader_changed", page="preferences", wish="save", subscriber=reader.id)
        if wanted is None:
            raise HTTPException(404)
        return self._page(
            request,
            wanted if is_kept else reader,
            filled=None if is_kept else filled,
            said=f"Saved. {self._standing(wanted)}" if is_kept else "Nothing is saved yet.",
            outlook=self._outlooks.of(wanted),
        )

    def _changed_meanwhile(
        self, request: Request, reader: Subscriber, form: dict[str, str]
    ) -> Response:
        filled = with_what_is_stored(form, fields_of(reader))
        return self._page(request, reader, filled=filled, refused=CHANGED, status=409)

    def _change(self, request: Request, reader: Subscriber, form: dict[str, str]) -> Response:
        """Pause, end a pause, unsubscribe or come back."""
        workspace = self._workspace
        try:
            how = change_of(form, reader, workspace)
            changed = workspace.store.subscribers.change(reader.id, how)
        except PauseError as error:
            return self._page(request, reader, pause_error=str(error), status=400)
        except InvalidTransitionError:
            return self._page(request, reader)
        if changed is None:
            raise HTTPException(404)
        _log.info("reader_changed", page="preferences", wish=form["do"], subscriber=reader.id)
        return self._page(request, changed, said=f"Done. {self._standing(changed)}")

    def _ask(self, request: Request, reader: Subscriber, form: dict[str, str]) -> Response:
        """Do what is about the address, or that of the feed."""
        try:
            said = self._asked(request, reader, form)
        except MoveError as error:
            wrong = self._moves.view(reader, typed=form.get("email", ""), error=str(error))
            return self._page(request, reader, move=wrong, status=400)
        return self._page(request, reader, said=said)

    def _asked(self, request: Request, reader: Subscriber, form: dict[str, str]) -> str:
        match form["do"]:
            case "allow":
                return self._allowing.ask(request, reader)
            case "new-feed":
                self._workspace.store.feeds.renew(reader.id)
                return "Your feed has a new address; the old one is good no more."
            case "stay" if self._moves.can_move(reader):
                return self._moves.stay(reader)
            case "move" if self._moves.can_move(reader):
                return self._moves.ask(request, reader, form)
        raise HTTPException(400)

    def _delete(self, request: Request, reader: Subscriber, *, is_sure: bool) -> Response:
        if is_sure:
            self._workspace.store.suppressions.erase(reader.id, now=self._workspace.clock())
            _log.info("reader_erased", page="preferences", subscriber=reader.id)
        return page(request, "delete.html.j2", is_done=is_sure, address=reader.email)

    def _standing(self, reader: Subscriber) -> str:
        workspace = self._workspace
        return standing(reader, workspace.clock(), workspace.store.suppressions)

    def _comes_back(self, reader: Subscriber) -> bool:
        """Tell whether deleting a reader would last until the next start only."""
        return is_in_file(reader.email, self._workspace.config)

    def _page(
        self,
        request: Request,
        reader: Subscriber,
        *,
        filled: Filled | None = None,
        refused: str = "",
        said: str = "",
        outlook: Outlook | None = None,
        pause_error: str = "",
        move: MoveView | None = None,
        status: int = 200,
    ) -> Response:
        return page(
            request,
            "preferences.html.j2",
            status,
            **view(reader, self._workspace),
            fields=filled.fields if filled else fields_of(reader),
            errors=filled.errors if filled else {},
            filled_with=stamp_of(fields_of(reader)),
            refused=refused,
            can_delete=not self._comes_back(reader),
            can_allow=self._allowing.can_allow(reader),
            move=move or self._moves.view(reader),
            feed=feed_address(request, reader, self._workspace, self._keys),
            said=said,
            outlook=outlook,
            notes=_notes(outlook),
            pause_error=pause_error,
        )


def _notes(outlook: Outlook | None) -> dict[str, str]:
    """Return what is to be said beside a field that is right but may not be meant so."""
    odd = outlook.of_categories if outlook else []
    return {"categories": " ".join(odd)} if odd else {}


def _unless_changed(now: Subscriber, *, form: dict[str, str], wanted: Subscriber) -> Subscriber:
    """Return a reader with the settings of a form, unless others were saved since it was opened.

    Raises:
        _ChangedMeanwhileError: they were, and are not the same.
    """
    changed = with_settings(now, wanted)
    if changed != now and has_changed(form, fields_of(now)):
        raise _ChangedMeanwhileError
    return changed


def _download(data: dict[str, object]) -> Response:
    text = json.dumps(data, indent=2, ensure_ascii=False, default=str)
    named = {"Content-Disposition": 'attachment; filename="digest-data.json"'}
    return Response(text, media_type="application/json", headers=named)
