"""What a report about a mail says, before anybody has proven that it is true."""

from dataclasses import dataclass
from enum import StrEnum


class Taken(StrEnum):
    """What a message was taken for."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    DELAY = "delay"
    AUTO_REPLY = "auto-reply"
    NOTICE = "notice"
    NOT_UNDERSTOOD = "not-understood"

    @property
    def counts(self) -> bool:
        """True when something follows from it, once it is traced to a reader."""
        return self in {Taken.BOUNCE, Taken.COMPLAINT, Taken.UNSUBSCRIBE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One statement of a report about one address.

    Attributes:
        taken_for: what it is.
        why: what it was recognised by, for people.
        recipient: the address that it names, or "".
        is_final: a bounce that no later mail will escape (hard), or one that might pass.
        status: enhanced status code, or "".
        diagnostic: one line of what the other side said, or "".
        message_ids: Message-IDs of the mail it may be about.
        return_paths: addresses it was sent to; one may be a signed return path.
        token: an unsubscribe token that it carries, or "".
        report_id: the same when the same report comes again.
    """

    taken_for: Taken
    why: str
    recipient: str = ""
    is_final: bool = True
    status: str = ""
    diagnostic: str = ""
    message_ids: tuple[str, ...] = ()
    return_paths: tuple[str, ...] = ()
    token: str = ""
    report_id: str = ""
