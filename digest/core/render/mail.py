"""What a mail is made from besides the edition, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from digest.core.paper import PaperId

_NO_LINKS: Mapping[PaperId, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailList:
    """What is the same in every mail.

    Attributes:
        name: the list's name, in the subject and on top.
        byline: a few words beside the name, or "".
        sender_address: the bare address the mail comes from.
        postal_address: for the footer, or "" (commercial mail must show one: 15 USC 7704).
    """

    name: str
    byline: str = ""
    sender_address: str = ""
    postal_address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """One reader's links into the pages; "" where there is no such page.

    Attributes:
        unsubscribe: an https or mailto URL, always set.
        preferences: where interests and schedule are changed, or paused.
        view: this mail in the browser.
        more: every paper that matched.
        feedback_more: "more like this" for a paper; a paper without one shows none.
        feedback_fewer: "fewer like this" for a paper.
    """

    unsubscribe: str
    preferences: str = ""
    view: str = ""
    more: str = ""
    feedback_more: Mapping[PaperId, str] = field(default_factory=lambda: _NO_LINKS)
    feedback_fewer: Mapping[PaperId, str] = field(default_factory=lambda: _NO_LINKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A mail's subject (one line) and its two bodies, which say the same."""

    subject: str
    html: str
    text: str
