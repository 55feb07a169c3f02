"""The addresses in a mail: what they lead to and for whom, as signed links.

Without pages (no ``base_url``) the only link is the ``mailto:`` that unsubscribes.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from digest.core.edition import Edition
from digest.core.paper import PaperId
from digest.core.render import Links
from digest.core.subscriber import Subscriber
from digest.core.tokens import KeyRing, Purpose, sign


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

    def unsubscribe_mailto(self, subscriber: Subscriber, now: datetime) -> str:
        """Return the ``mailto:`` address that ends the subscription (RFC 2369, 3.2)."""
        subject = quote(f"unsubscribe {self._token(Purpose.UNSUBSCRIBE, subscriber, now)}")
        return f"mailto:{quote(self.sender_address, safe='@+')}?subject={subject}"

    def unsubscribe_url(self, subscriber: Subscriber, now: datetime) -> str:
        """Return the one-click address (RFC 8058), or "" when there are no pages."""
        return self._page("unsubscribe", Purpose.UNSUBSCRIBE, subscriber, now)

    def links(self, subscriber: Subscriber, edition: Edition, now: datetime) -> Links:
        """Return every link of one mail."""
        visible = self.unsubscribe_url(subscriber, now) or self.unsubscribe_mailto(subscriber, now)
        if not self.base_url:
            return Links(unsubscribe=visible)
        return Links(
            unsubscribe=visible,
            preferences=self._page("preferences", Purpose.PREFERENCES, subscriber, now),
            view=self._page("editions", Purpose.EDITION, subscriber, now, edition.slot.key),
            feedback_more=self._feedback(subscriber, edition, now, "more"),
            feedback_fewer=self._feedback(subscriber, edition, now, "fewer"),
        )

    def _feedback(
        self, subscriber: Subscriber, edition: Edition, now: datetime, wish: str
    ) -> dict[PaperId, str]:
        return {
            match.paper.id: self._page(
                "feedback", Purpose.FEEDBACK, subscriber, now, f"{wish} {match.paper.id}"
            )
            for match in edition.picks
        }

    def _page(
        self, page: str, purpose: Purpose, subscriber: Subscriber, now: datetime, about: str = ""
    ) -> str:
        if not self.base_url:
            return ""
        return f"{self.base_url}/{page}/{self._token(purpose, subscriber, now, about)}"

    def _token(
        self, purpose: Purpose, subscriber: Subscriber, now: datetime, about: str = ""
    ) -> str:
        return sign(purpose, subscriber.id, keys=self.keys, now=now, payload=about)
