"""From an edition to subject, HTML and text: the one way in for everybody else.

A mail is put together from pieces that many readers share (``stock``) and a few words of
its reader. On its way out all of them are encoded already, so that the bytes of a mail are
a matter of joining them; for people the same pieces are joined as text.
"""

from dataclasses import replace
from functools import cached_property

from digest.core.edition import Edition
from digest.core.quoted_printable import SEAM
from digest.core.render.mail import Links, MailList, Rendered
from digest.core.render.medium import AS_TEXT, ON_WIRE
from digest.core.render.page import view_list
from digest.core.render.press import Press
from digest.core.render.templates import Templates
from digest.core.render.theme import Theme
from digest.core.subscriber import Subscriber


class Renderer:
    """Renders editions in one theme; keeps what is the same from reader to reader.

    Raises:
        ThemeError: the theme lacks a part, or a part is no template.
    """

    def __init__(self, theme: Theme, mail_list: MailList) -> None:
        self._templates = Templates(theme)
        self._list = view_list(mail_list)
        self._on_wire = Press(self._templates, self._list, ON_WIRE)

    def encode(
        self, edition: Edition, subscriber: Subscriber, links: Links
    ) -> Rendered[list[bytes]]:
        """Render one reader's mail, its HTML under 90 KB, with bodies in quoted-printable.

        They come in parts, which most mails share: to join them is for whoever needs the whole.

        Raises:
            ThemeError: a template asks for something that there is not.
        """
        return self._on_wire.make(edition, subscriber, links)

    def render(self, edition: Edition, subscriber: Subscriber, links: Links) -> Rendered[str]:
        """Render the same mail as people see it.

        Raises:
            ThemeError: as for ``encode``.
        """
        proof = self.proof(edition, subscriber, links)
        return replace(proof, html=proof.html.replace(SEAM, ""), text=proof.text.replace(SEAM, ""))

    def proof(self, edition: Edition, subscriber: Subscriber, links: Links) -> Rendered[str]:
        """Render it as text with seams: encoded as a whole, it is what ``encode`` returns.

        Raises:
            ThemeError: as for ``encode``.
        """
        mail = self._as_text.make(edition, subscriber, links)
        return Rendered(subject=mail.subject, html="".join(mail.html), text="".join(mail.text))

    @cached_property
    def _as_text(self) -> Press[str]:
        return Press(self._templates, self._list, AS_TEXT)
