"""The server at the other end of the demonstration, and the folder where its mails are kept."""

import asyncio
import mailbox
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.whole_file import write_whole

Arrived = Callable[[str, bytes], None]


class Inbox:
    """An SMTP server's handler that hands on what it accepts.

    Attributes:
        arrived: called with recipient and content of each mail, in the server's thread.
    """

    def __init__(self, arrived: Arrived) -> None:
        self.arrived = arrived

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Accept one message for its one recipient."""
        self.arrived(envelope.rcpt_tos[0], envelope.original_content or b"")
        return "250 2.0.0 Ok: kept"


class Folder:
    """Keeps mails as .eml and .html below ``mails``, and in a Maildir.

    Args:
        out: a folder without either of them.
    """

    def __init__(self, out: Path) -> None:
        self._mails = out / "mails"
        self._mails.mkdir()
        self._maildir = mailbox.Maildir(out / "Maildir", create=True)

    def keep(self, recipient: str, content: bytes) -> EmailMessage:
        """Keep one mail, and return it; a second one to an address has a number in its name."""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
        file = self._free(recipient.partition("@")[0])
        write_whole(file, [content])
        if html := message.get_body(("html",)):
            write_whole(file.with_suffix(".html"), [html.get_content().encode()])
        self._maildir.add(content.replace(b"\r\n", b"\n"))
        return message

    def _free(self, name: str) -> Path:
        safe = "".join(letter if letter.isalnum() or letter in "-_+" else "_" for letter in name)
        number, file = 1, self._mails / f"{safe}.eml"
        while file.exists():
            number += 1
            file = self._mails / f"{safe}-{number}.eml"
        return file


@contextmanager
def smtp_server(inbox: Inbox) -> Iterator[int]:
    """Serve SMTP on a free port of the loopback, which is given, for the time of the block."""
    controller = _LoopbackController(inbox, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


class _LoopbackController(Controller):
    """A controller that takes any free port and knows which it got."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)  # noqa: S101 - asyncio makes no other
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # aiosmtpd has no types
