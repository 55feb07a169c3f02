"""Write letters: an edition rendered for its reader, with all headers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from digest.core.edition import Edition
from digest.core.links import LinkMaker
from digest.core.message import Headers, build_message
from digest.core.render import Rendered, Renderer
from digest.core.subscriber import Subscriber
from digest.ports import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What every mail of the list says of itself.

    Attributes:
        list_name: the list's name.
        sender_name: display name in From.
        sender_address: address in From and envelope.
    """

    list_name: str
    sender_name: str
    sender_address: str

    @property
    def domain(self) -> str:
        """The sender's domain, under which the list and its Message-IDs are named."""
        return self.sender_address.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A finished mail and what it was made from."""

    rendered: Rendered
    message: bytes
    envelope: Envelope


def unsigned(_head: bytes, _body: bytes) -> bytes:
    """Sign nothing: the relay does, or nobody."""
    return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRoom:
    """Makes letters for one list.

    Attributes:
        letterhead: what is the same in every mail.
        renderer: gives the renderer of a theme by the theme's name.
        links: makes the links.
        clock: gives the present (UTC).
        sign: takes head and body of a mail and returns fields to put before the head.
    """

    letterhead: Letterhead
    renderer: Callable[[str], Renderer]
    links: LinkMaker
    clock: Callable[[], datetime]
    sign: Callable[[bytes, bytes], bytes] = unsigned

    def write(self, edition: Edition, subscriber: Subscriber, message_id: str) -> Letter:
        """Render and address one edition."""
        now = self.clock()
        links = self.links.links(subscriber, edition, now)
        rendered = self.renderer(subscriber.theme).render(edition, subscriber, links)
        message = build_message(
            self._headers(edition, subscriber, message_id, rendered.subject, now),
            text=rendered.text,
            html=rendered.html,
        )
        envelope = Envelope(self.letterhead.sender_address, subscriber.email)
        return Letter(rendered=rendered, message=self._signed(message), envelope=envelope)

    def _signed(self, message: bytes) -> bytes:
        head, _, body = message.partition(b"\r\n\r\n")
        return self.sign(head + b"\r\n", body) + message

    def _headers(
        self, edition: Edition, subscriber: Subscriber, message_id: str, subject: str, now: datetime
    ) -> Headers:
        head = self.letterhead
        return Headers(
            sender_name=head.sender_name or head.list_name,
            sender_address=head.sender_address,
            recipient_name=subscriber.name,
            recipient_address=subscriber.email,
            subject=subject,
            date=now,
            message_id=message_id,
            list_id_name=head.list_name,
            list_id_domain=f"digest.{head.domain}",
            unsubscribe_url=self.links.unsubscribe_url(subscriber, now),
            unsubscribe_mailto=self.links.unsubscribe_mailto(subscriber, now),
            feedback_id=f"{edition.slot.key}:digest:{head.domain}",
        )
