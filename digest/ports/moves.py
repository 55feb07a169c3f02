"""Changes of address, as they are kept."""

from datetime import datetime
from typing import Protocol

from digest.core.moves import Move, MoveState
from digest.core.sign_up import Answer, Limits


class MoveStore(Protocol):
    """Changes of address: two sign-ups each, whose mails go the way of all sign-ups' mails."""

    def ask(self, move: Move, limits: Limits) -> Answer:
        """Take a change of address unless a limit is reached; an earlier one is withdrawn.

        The limits of sign-ups hold, that of the new mailbox among them; the old end has one of
        its own, so that whoever signed up today can still mend the address. One transaction.
        """
        ...

    def of(self, subscriber_id: int) -> Move | None:
        """Return what a reader asked for last, unless it was withdrawn or is forgotten."""
        ...

    def withdraw(self, subscriber_id: int, *, now: datetime) -> bool:
        """Take back what a reader asked for; False when there is nothing that is open."""
        ...

    def agree(self, number: int, *, now: datetime) -> MoveState:
        """Record that one end agrees; when both have, the reader has the new address.

        One transaction. Mails that were never tried follow to the new address; what was tried
        stays with the old one, whose bounces are its own, and so does a suppression. A
        suppression of the new address that its owner may lift is lifted.
        """
        ...
