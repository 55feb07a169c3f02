"""Deliver into a Maildir: for trials, and for mail software that reads one."""

import asyncio
import mailbox
from pathlib import Path

from digest.core.outcome import Accepted, Cause, Deferred, Fault
from digest.errors import TransportError
from digest.ports import Envelope, Halt, Mail, Outbox


class MaildirTransport:
    """One folder with ``tmp``, ``new`` and ``cur``, made when missing.

    Raises:
        TransportError: the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        try:
            for part in ("tmp", "new", "cur"):  # the library makes them in a new folder alone
                (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._maildir = mailbox.Maildir(folder)
        except OSError as error:
            raise TransportError(f"maildir {folder}: cannot be made: {error.strerror}") from None
        self._folder = folder

    @property
    def name(self) -> str:
        """See ``ports.Transport``."""
        return f"maildir {self._folder}"

    async def carry(self, outbox: Outbox) -> Halt | None:
        """See ``ports.Transport``; a full disk or a missing right ends the run."""
        while mail := await outbox.next():
            if not await outbox.begin(mail):
                continue
            try:
                key = await asyncio.to_thread(self._add, mail)
            except OSError as error:
                reply = f"{self.name}: {error.strerror}"
                cause, fault = Cause.RELAY_UNREACHABLE, Fault.RELAY
                outbox.tell(mail, Deferred(reply, cause=cause, fault=fault))
                return Halt(relay=self.name, reply=reply, cause=cause, fault=fault)
            outbox.tell(mail, Accepted(f"stored as {key}"))
        return None

    def _add(self, mail: Mail) -> str:
        return self._maildir.add(_with_envelope(bytes(mail.message), mail.envelope))


def _with_envelope(message: bytes, envelope: Envelope) -> bytes:
    """Put the envelope on top and end lines as files do, as final delivery (RFC 5321, 4.4)."""
    head = f"Return-Path: <{envelope.sender}>\nDelivered-To: {envelope.recipient}\n"
    return head.encode() + message.replace(b"\r\n", b"\n")
