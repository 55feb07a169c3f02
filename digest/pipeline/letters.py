"""Write letters: an edition rendered for its reader, with all headers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.core.edition import Edition
from digest.core.links import LinkMaker, MailLinks, NoticeLinks
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

    def headers(
        self,
        *,
        recipient_name: str,
        recipient_address: str,
        subject: str,
        date: datetime,
        message_id: str,
        links: MailLinks | NoticeLinks,
        campaign: str,
    ) -> Headers:
        """Say what the letterhead and one mail give; complaints are counted by ``campaign``."""
        return Headers(
            sender_name=self.sender_name or self.list_name,
            sender_address=self.sender_address,
            recipient_name=recipient_name,
            recipient_address=recipient_address,
            subject=subject,
            date=date,
            message_id=message_id,
            list_id_name=self.list_name,
            list_id_domain=f"digest.{self.domain}",
            unsubscribe_url=links.unsubscribe_url,
            unsubscribe_mailto=links.unsubscribe_mailto,
            feedback_id=f"{campaign}:digest:{self.domain}",
        )


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
        return self.finish(headers, text=mail.text, html=mail.html)

    def finish(self, headers: Headers, *, text: Sequence[bytes], html: Sequence[bytes]) -> Letter:
        """Return the letter with these headers and bodies: signed, and in its envelope.

        Args:
            headers: of the mail.
            text: a body for people without HTML, quoted-printable, in parts.
            html: the same as HTML, quoted-printable, in parts.

        Raises:
            RecordError: an address or the Message-ID is none.
        """
        message = assemble(headers, text=text, html=html)
        signature = self.sign(message.head, message.body) if self.sign else b""
        sender = headers.sender_address
        if self.return_path:
            sender = self.return_path(headers.message_id)
        return Letter(
            message=message.under(signature), envelope=Envelope(sender, headers.recipient_address)
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
        return self.letterhead.headers(
            recipient_name=subscriber.name,
            recipient_address=subscriber.email,
            subject=subject,
            date=date,
            message_id=message_id,
            links=links,
            campaign=edition.slot.key,
        )
