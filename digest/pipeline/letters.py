"""Write letters: an edition rendered for its reader, with all headers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from digest.core.edition import Edition
from digest.core.links import LinkMaker, MailLinks
from digest.core.message import Headers, Message, assemble
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
    """A finished mail, signature included, and from whom to whom it goes."""

    message: Message
    envelope: Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRoom:
    """Makes letters for one list.

    Attributes:
        letterhead: what is the same in every mail.
        renderer: gives the renderer of a theme by the theme's name.
        links: makes the links.
        clock: gives the present (UTC).
        sign: makes a header field that signs a mail's head and body, CRLF included, or b"".
        return_path: gives the envelope's sender by Message-ID; None is the letterhead's.
    """

    letterhead: Letterhead
    renderer: Callable[[str], Renderer]
    links: LinkMaker
    clock: Callable[[], datetime]
    sign: Callable[[bytes, bytes], bytes] | None = None
    return_path: Callable[[str], str] | None = None

    def write(self, edition: Edition, subscriber: Subscriber, message_id: str) -> Letter:
        """Render and address one edition."""
        now = self.clock()
        links = self.links.links(subscriber, edition, now)
        mail = self.renderer(subscriber.theme).encode(edition, subscriber, links.shown)
        headers = self.headers(
            edition, subscriber, message_id=message_id, subject=mail.subject, links=links, date=now
        )
        message = assemble(headers, text=mail.text, html=mail.html)
        signature = self.sign(message.head, message.body) if self.sign else b""
        sender = self.letterhead.sender_address
        return Letter(
            message=message.under(signature),
            envelope=Envelope(
                self.return_path(message_id) if self.return_path else sender, subscriber.email
            ),
        )

    def render(self, edition: Edition, subscriber: Subscriber) -> Rendered[str]:
        """Render the same edition as people see it."""
        links = self.links.links(subscriber, edition, self.clock())
        return self.renderer(subscriber.theme).render(edition, subscriber, links.shown)

    def headers(
        self,
        edition: Edition,
        subscriber: Subscriber,
        *,
        message_id: str,
        subject: str,
        links: MailLinks,
        date: datetime,
    ) -> Headers:
        """Say in the header what the letterhead, the edition and its reader give."""
        head = self.letterhead
        return Headers(
            sender_name=head.sender_name or head.list_name,
            sender_address=head.sender_address,
            recipient_name=subscriber.name,
            recipient_address=subscriber.email,
            subject=subject,
            date=date,
            message_id=message_id,
            list_id_name=head.list_name,
            list_id_domain=f"digest.{head.domain}",
            unsubscribe_url=links.unsubscribe_url,
            unsubscribe_mailto=links.unsubscribe_mailto,
            feedback_id=f"{edition.slot.key}:digest:{head.domain}",
        )
