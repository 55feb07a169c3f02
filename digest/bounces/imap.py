"""A bounce mailbox on an IMAP server; mails are moved as they are settled, none is deleted.

What was understood goes to the folder ``digest-done``, what was not to
``digest-not-understood``. The connection is encrypted, its certificate verified, always.
"""

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls
from imap_tools.errors import ImapToolsError

from digest.bounces.reading import LARGEST
from digest.errors import MailboxError
from digest.ports.bounces import BounceMail

_DONE = "digest-done"
_ASIDE = "digest-not-understood"
_AT_ONCE = 500
_SECONDS = 30.0
_TROUBLE = (ImapToolsError, imaplib.IMAP4.error, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAccount:
    """How to reach a mailbox.

    Attributes:
        host: name or address of the server.
        port: 993 for tls, 143 for starttls, as a rule.
        security: encrypted from the start, or from STARTTLS on.
        username: login name.
        password: returns the password.
        folder: what to read.
        ca_file: certificates to trust in place of the system's, or None.
    """

    host: str
    port: int
    security: Literal["tls", "starttls"]
    username: str
    password: Callable[[], str]
    folder: str
    ca_file: Path | None = None


class ImapBounces:
    """The ``BounceMailbox`` port on an IMAP server; connects when it is first asked."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._mailbox: BaseMailBox | None = None

    @property
    def name(self) -> str:
        """What to call it."""
        return f"imap {self._account.host}:{self._account.port} {self._account.folder}"

    def mails(self) -> Iterator[BounceMail]:
        """Yield the mails of the folder, oldest first; at most 500 at a time.

        Raises:
            MailboxError: the server cannot be reached, refuses, or breaks off.
        """
        client = self._connected().client
        for uid in self._try(self._connected().uids, "ALL")[:_AT_ONCE]:
            # In part: nobody can make us hold a mail of any size. Unseen stays unseen.
            answer = self._try(client.uid, "FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")
            content = _content(answer)
            if content is not None:  # gone meanwhile
                yield BounceMail(id=uid, content=content)

    def settle(self, mail: BounceMail, *, understood: bool) -> None:
        """Move a mail to the folder for its kind.

        Raises:
            MailboxError: it cannot be moved.
        """
        folder = _DONE if understood else _ASIDE
        self._try(self._connected().move, [mail.id], folder)

    def close(self) -> None:
        """Log out."""
        if self._mailbox is not None:
            mailbox, self._mailbox = self._mailbox, None
            try:
                mailbox.logout()
            except _TROUBLE:
                _hang_up(mailbox.client)  # it is gone in any case

    def _connected(self) -> BaseMailBox:
        if self._mailbox is None:
            self._mailbox = mailbox = self._try(self._connect)
            for folder in (_DONE, _ASIDE):
                if not self._try(mailbox.folder.exists, folder):
                    self._try(mailbox.folder.create, folder)
        return self._mailbox

    def _connect(self) -> BaseMailBox:
        account = self._account
        context = ssl.create_default_context(cafile=account.ca_file)
        kind = MailBox if account.security == "tls" else _StartTls
        mailbox = kind(account.host, account.port, timeout=_SECONDS, ssl_context=context)
        try:
            return mailbox.login(account.username, account.password(), account.folder)
        except _TROUBLE:
            _hang_up(mailbox.client)
            raise

    def _try(self, call: Callable[..., Any], *args: Any) -> Any:
        try:
            return call(*args)
        except _TROUBLE as error:
            said = " ".join(str(error).split())[:200] or type(error).__name__
            raise MailboxError(f"{self.name}: {said}") from error


class _StartTls(MailBoxStartTls):
    """The library's, but for a connection that stays open when TLS fails."""

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4(self._host, self._port, self._timeout)
        try:
            client.starttls(self._ssl_context)
        except _TROUBLE:
            _hang_up(client)
            raise
        return client


def _hang_up(client: imaplib.IMAP4) -> None:
    with suppress(OSError):
        client.shutdown()


def _content(answer: tuple[str, list[Any]]) -> bytes | None:
    """Return the body of a FETCH answer, a list with pairs of a head and a literal."""
    pairs = [item for item in answer[1] if isinstance(item, tuple)]
    return bytes(pairs[0][1]) if pairs else None
