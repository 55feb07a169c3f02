"""The pages behind the links of a change of address: agree or refuse, at either end."""

from collections.abc import Mapping
from typing import NamedTuple

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.core.moves import Move, MoveState
from digest.core.privacy import masked
from digest.core.sign_up import SignUp, SignUpKind
from digest.core.subscriber import Subscriber
from digest.core.tokens import KeyRing, Purpose, sign
from digest.web.pages import page
from digest.wiring import Workspace

_ONE_CLICK = "List-Unsubscribe"  # RFC 8058, 3.1: at the new end that is a refusal
_log = structlog.get_logger(__name__)


class _Words(NamedTuple):
    headline: str
    sentences: tuple[str, ...]


_QUESTION = _Words(
    "Change the address?",
    (
        "Mail would go to {new} in place of {old}, once both addresses have confirmed.",
        "You did not ask for it? Refuse, and nothing changes.",
    ),
)
_REFUSED = _Words("Nothing has changed", ("The change of address is refused.",))
_STATES = {
    MoveState.WAITING: _Words(
        "Confirmed here",
        ("Now open the link in the mail to {other}, within 48 hours, and confirm there.",),
    ),
    MoveState.DONE: _Words(
        "The address is changed",
        (
            "{new} takes the place of {old} from now on.",
            "What was on its way before may still arrive at the old one; its links go on working.",
        ),
    ),
    MoveState.TAKEN: _Words(
        "The address belongs to another reader",
        ("{new} was signed up meanwhile, with settings of its own, and nothing has changed.",),
    ),
}


class MovePages:
    """Answers for both ends."""

    def __init__(self, workspace: Workspace, keys: KeyRing) -> None:
        self._workspace = workspace
        self._keys = keys

    def show(self, request: Request, end: SignUp, reader: Subscriber) -> Response:
        """Ask, or say how it stands."""
        move = self._open(end, reader)
        if move.is_agreed and _is_at(reader, move.new):
            return self._page(request, end, move, MoveState.DONE)
        if end.confirmed_at is not None and not move.is_agreed:
            return self._page(request, end, move, MoveState.WAITING)
        return _page(request, _QUESTION, end, move, can_answer=True)

    def answer(
        self, request: Request, end: SignUp, reader: Subscriber, form: Mapping[str, str]
    ) -> Response:
        """Agree or refuse."""
        move = self._open(end, reader)
        wish = "refuse" if _ONE_CLICK in form else form.get("do")
        if wish not in {"agree", "refuse"}:
            raise HTTPException(400)
        moves, now = self._workspace.store.moves, self._workspace.clock()
        if wish == "refuse":
            if not moves.withdraw(reader.id, now=now):
                raise HTTPException(404)
            return _page(request, _REFUSED, end, move)
        state = moves.agree(end.id, now=now)
        if state is MoveState.GONE:
            raise HTTPException(404)
        _log.info("move_agreed", subscriber=reader.id, end=end.kind.value, state=state.value)
        return self._page(request, end, move, state)

    def _open(self, end: SignUp, reader: Subscriber) -> Move:
        """Return the change that a link is about.

        Raises:
            HTTPException: 404, it was withdrawn, is too old, or another change came after it.
        """
        move = self._workspace.store.moves.of(reader.id)
        is_done = move is not None and move.is_agreed and _is_at(reader, move.new)
        if move is None or not move.has_end(end.id):
            raise HTTPException(404)
        if not is_done and not (move.is_open(self._workspace.clock()) and _is_at(reader, move.old)):
            raise HTTPException(404)
        return move

    def _page(self, request: Request, end: SignUp, move: Move, state: MoveState) -> Response:
        """Say how it stands; only the new end gets a link, for the old one may be anybody's now."""
        token = ""
        if state is MoveState.DONE and end.kind is SignUpKind.NEW_END:
            now = self._workspace.clock()
            token = sign(Purpose.PREFERENCES, end.subscriber_id or 0, keys=self._keys, now=now)
        return _page(request, _STATES[state], end, move, preferences=token)


def _is_at(reader: Subscriber, end: SignUp) -> bool:
    return reader.email.casefold() == end.email.casefold()


def _page(
    request: Request,
    words: _Words,
    end: SignUp,
    move: Move,
    *,
    can_answer: bool = False,
    preferences: str = "",
) -> Response:
    other = move.new if end.kind is SignUpKind.OLD_END else move.old
    addresses = {
        "old": masked(move.old.email),
        "new": masked(move.new.email),
        "other": masked(other.email),
    }
    return page(
        request,
        "move.html.j2",
        headline=words.headline,
        sentences=[sentence.format(**addresses) for sentence in words.sentences],
        can_answer=can_answer,
        preferences=preferences,
    )
