"""The addresses in a mail: what they lead to and for whom, as signed links.

Without pages (no ``base_url``) the only link is the ``mailto:`` that unsubscribes.

A mail has one token for each page. The feedback page's names reader and edition; which
paper, and whether more or fewer like it, stands in the query: ``/feedback/TOKEN?more=ID``.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from digest.core.edition import Edition
from digest.core.render import Links
from digest.core.subscriber import Subscriber
from digest.core.tokens import KeyRing, Purpose, sign


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLinks:
    """Every address in one mail.

    Attributes:
        shown: those in its bodies.
        unsubscribe_url: the one-click address of its header (RFC 8058), or "" without pages.
        unsubscribe_mailto: the ``mailto:`` address of its header (RFC 2369, 3.2).
    """

    shown: Links
    unsubscribe_url: str
    unsubscribe_mailto: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLinks:
    """The addresses in the mail that answers a sign-up.

    Attributes:
        confirm: where its reader agrees.
        preferences: where a reader of the list changes what is sent.
        unsubscribe_url: the one-click address of its header (RFC 8058).
        unsubscribe_mailto: the ``mailto:`` address of its header (RFC 2369, 3.2).
    """

    confirm: str
    preferences: str
    unsubscribe_url: str
    unsubscribe_mailto: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMaker:
    """Makes the links of one list.

    Attributes:
        base_url: where the pages are, without a slash at its end; "" when there are none.
        sender_address: where ``mailto:`` links go.
        keys: what the tokens are signed with.
    """

    base_url: str
    sender_address: str
    keys: KeyRing

    def links(self, subscriber: Subscriber, edition: Edition, now: datetime) -> MailLinks:
        """Return every link of one mail."""

        def token(purpose: Purpose, about: str = "") -> str:
            return sign(purpose, subscriber.id, keys=self.keys, now=now, payload=about)

        leave, slot = token(Purpose.UNSUBSCRIBE), edition.slot.key
        mailto = f"mailto:{_in_mailto(self.sender_address)}?subject=unsubscribe%20{leave}"
        if not self.base_url:
            return MailLinks(
                shown=Links(unsubscribe=mailto), unsubscribe_url="", unsubscribe_mailto=mailto
            )
        page = f"{self.base_url}/unsubscribe/{leave}"
        shown = Links(
            unsubscribe=page,
            preferences=f"{self.base_url}/preferences/{token(Purpose.PREFERENCES)}",
            view=f"{self.base_url}/editions/{token(Purpose.EDITION, slot)}",
            feedback=f"{self.base_url}/feedback/{token(Purpose.FEEDBACK, slot)}",
        )
        return MailLinks(shown=shown, unsubscribe_url=page, unsubscribe_mailto=mailto)

    def of_notice(self, subscriber_id: int, sign_up_id: int, now: datetime) -> NoticeLinks:
        """Return the links of the mail that answers a sign-up; there are pages."""

        def page(purpose: Purpose, about: str = "") -> str:
            token = sign(purpose, subscriber_id, keys=self.keys, now=now, payload=about)
            return f"{self.base_url}/{purpose}/{token}"

        leave = page(Purpose.UNSUBSCRIBE)
        token = leave.rpartition("/")[2]
        address = _in_mailto(self.sender_address)
        return NoticeLinks(
            confirm=page(Purpose.CONFIRM, str(sign_up_id)),
            preferences=page(Purpose.PREFERENCES),
            unsubscribe_url=leave,
            unsubscribe_mailto=f"mailto:{address}?subject=unsubscribe%20{token}",
        )

    def of_new_end(self, subscriber_id: int, sign_up_id: int, now: datetime) -> NoticeLinks:
        """Return the links of the mail to an address that a reader wants to have.

        Whoever reads it may be a stranger, who can do nothing but agree or refuse. One click on
        "unsubscribe" refuses.
        """
        about = str(sign_up_id)
        token = sign(Purpose.CONFIRM, subscriber_id, keys=self.keys, now=now, payload=about)
        page = f"{self.base_url}/{Purpose.CONFIRM}/{token}"
        return NoticeLinks(
            confirm=page, preferences="", unsubscribe_url=page, unsubscribe_mailto=""
        )


@lru_cache(8)
def _in_mailto(address: str) -> str:
    return quote(address, safe="@+")
