"""Deliver into a Maildir: for trials, and for mail software that reads one."""

import asyncio
import mailbox
from pathlib import Path

from digest.core.delivery import Accepted, Deferred, Outcome
from digest.errors import TransportError
from digest.ports import Envelope


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

    async def send(self, message: bytes, envelope: Envelope) -> Outcome:
        """Add one message; a full disk or a missing right defers it."""
        return await asyncio.to_thread(self._add, message, envelope)

    async def close(self) -> None:
        """Nothing is held open."""

    def _add(self, message: bytes, envelope: Envelope) -> Outcome:
        try:
            key = self._maildir.add(_with_envelope(message, envelope))
        except OSError as error:
            return Deferred(f"maildir {self._folder}: {error.strerror}", relay=True)
        return Accepted(f"stored as {key}")


def _with_envelope(message: bytes, envelope: Envelope) -> bytes:
    """Put the envelope on top and end lines as files do, as final delivery (RFC 5321, 4.4)."""
    head = f"Return-Path: <{envelope.sender}>\nDelivered-To: {envelope.recipient}\n"
    return head.encode() + message.replace(b"\r\n", b"\n")
