"""What a mail is made from besides the edition, and what comes out."""

from dataclasses import dataclass
from typing import Generic

from digest.core.render.medium import Data


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
        feedback: where a reader asks for more or fewer papers like one, which the query names.
        in_browser: the mail is shown on a page: what may have changed since it was made
            (interests, schedule) is not named.
        export: the edition as a file, up to the format's name; on the page in the browser alone.
    """

    unsubscribe: str
    preferences: str = ""
    view: str = ""
    more: str = ""
    feedback: str = ""
    in_browser: bool = False
    export: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered(Generic[Data]):
    """A mail's subject (one line) and its two bodies, which say the same: as text, or in parts."""

    subject: str
    html: Data
    text: Data
