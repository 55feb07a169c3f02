"""A change of address: asked for by a reader, and agreed to at both ends by mail.

The old end, so that whoever gets hold of a link to the preferences cannot take a reader's mail
away; the new end, so that nobody is sent mail who did not ask for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.core.bounces import SuppressedBy
from digest.core.sign_up import LIFTED_BY_READER, Notice, SignUp
from digest.core.subscriber import Origin, Status, Subscriber

LIFETIME = timedelta(hours=48)
"""How long both ends have to agree."""
DAY = timedelta(days=1)
MOST_A_DAY = 3
"""So many changes a reader may ask for: enough for a slip of the pen, and no flood of mails."""


class MoveState(StrEnum):
    """How a change of address stands."""

    WAITING = "waiting"
    """The other end has still to agree."""
    DONE = "done"
    TAKEN = "taken"
    """Both ends agreed, but the address has become another reader's."""
    GONE = "gone"
    """It was withdrawn, is too old, or there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of address that a reader asked for.

    Attributes:
        old: what is asked at the address that the reader has.
        new: what is asked at the one that the reader wants.
    """

    old: SignUp
    new: SignUp

    @property
    def is_agreed(self) -> bool:
        """True when both ends have agreed."""
        return None not in {self.old.confirmed_at, self.new.confirmed_at}

    def is_open(self, now: datetime) -> bool:
        """Tell whether an end can still agree."""
        return now < self.old.asked_at + LIFETIME

    def has_end(self, number: int) -> bool:
        """Tell whether a sign-up is one of its ends."""
        return number in {self.old.id, self.new.id}


def gives_way(holder: Subscriber) -> bool:
    """Tell whether the reader at an address gives way to one who proved that it is theirs.

    Whoever signed up and never agreed does: anybody could have typed the address.
    """
    return holder.status is Status.PENDING and holder.origin is Origin.WEB


def notice_at_new_end(
    holder: Subscriber | None, suppressed_by: SuppressedBy | None
) -> Notice | None:
    """Choose the mail to the address that a reader wants; None for none at all.

    Args:
        holder: the reader who has the address now, or None.
        suppressed_by: why the address must not be mailed, or None.
    """
    if not may_ask(suppressed_by):
        return None
    return Notice.NEW_END if holder is None or gives_way(holder) else Notice.TAKEN


def may_ask(suppressed_by: SuppressedBy | None) -> bool:
    """Tell whether the owner of an address may be asked to agree to something."""
    return suppressed_by is None or suppressed_by in LIFTED_BY_READER
