"""A change of address on the preferences page: what is asked, and how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog
from starlette.requests import Request

from digest.config.fields import parse_email
from digest.core.moves import Move
from digest.core.sign_up import SignUpKind
from digest.core.subscriber import Subscriber
from digest.web.asker import Asker, insist
from digest.wiring import Workspace
from digest.wiring.notices import sends_notices
from digest.wiring.people import may_change_settings, may_move

_log = structlog.get_logger(__name__)


class MoveError(ValueError):
    """No mail can be sent to the address that was typed; a sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """What the page shows of a change of address.

    Attributes:
        is_possible: whether the reader can ask for one here.
        why_not: a sentence when not.
        waiting: a sentence on the one that is under way, or "".
        typed: the address that was typed and is wrong, or "".
        error: a sentence on it, or "".
    """

    is_possible: bool = True
    why_not: str = ""
    waiting: str = ""
    typed: str = ""
    error: str = ""


class MoveDesk:
    """Takes changes of address."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._asker = Asker(workspace)

    def ask(self, request: Request, reader: Subscriber, form: Mapping[str, str]) -> str:
        """Ask for the change that a form says; the answer tells nothing of the new address.

        Raises:
            MoveError: it is none, or the reader's own.
            HTTPException: 429, a limit is reached.
        """
        try:
            address = parse_email(form.get("email", ""))
        except ValueError:
            raise MoveError(
                "This is no mail address; allowed: one such as ada@example.org."
            ) from None
        if address.casefold() == reader.email.casefold():
            raise MoveError("This is your address already.")
        old = self._asker.asked_by(reader, request, SignUpKind.OLD_END)
        new = replace(old, kind=SignUpKind.NEW_END, email=address)
        insist(self._workspace.store.moves.ask(Move(old=old, new=new), self._asker.limits))
        _log.info("move_asked", subscriber=reader.id)
        return "Asked. Look into both inboxes, and confirm at both."

    def stay(self, reader: Subscriber) -> str:
        """Take back what was asked."""
        self._workspace.store.moves.withdraw(reader.id, now=self._workspace.clock())
        return "Your address stays as it is."

    def can_move(self, reader: Subscriber) -> bool:
        """Tell whether a reader can ask for a change of address here."""
        config = self._workspace.config
        return may_move(reader, config) and sends_notices(config)

    def view(self, reader: Subscriber, *, typed: str = "", error: str = "") -> MoveView:
        """Return what the page shows."""
        if not self.can_move(reader):
            return MoveView(is_possible=False, why_not=_why_not(reader))
        return MoveView(waiting=self._waiting(reader), typed=typed[:254], error=error)

    def _waiting(self, reader: Subscriber) -> str:
        move = self._workspace.store.moves.of(reader.id)
        if move is None or move.is_agreed or not move.is_open(self._workspace.clock()):
            return ""
        ends = [end.email for end in (move.old, move.new) if end.confirmed_at is None]
        missing = " and ".join(f"at {email}" for email in ends)
        return f"A change to {move.new.email} is asked for, and still to be confirmed {missing}."


def _why_not(reader: Subscriber) -> str:
    if may_change_settings(reader):
        return "Whoever runs this list can change your address."
    return "Whoever runs this list keeps your address in a file, so it is changed there."
