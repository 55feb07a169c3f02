"""What a message to the bounce mailbox says; whatever it holds, never an exception."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import Message

import structlog

from digest.bounces.arf import read_complaint
from digest.bounces.dsn import read_dsn
from digest.bounces.habits import read_habitual
from digest.bounces.persons import read_auto_reply, read_unsubscribe
from digest.core.findings import Finding, Taken

LARGEST = 2 * 1024 * 1024
"""Bytes of a message that are looked at; what a report says stands before the mail it quotes."""

_LARGEST_HABITUAL = 32 * 1024
"""The same for forms of old: flufl.bounce takes time that grows with the square of it."""

_log = structlog.get_logger(__name__)


def understand(raw: bytes) -> list[Finding]:
    """Return what a message says: one finding or more, with the surest form first.

    A message that fits no form, or cannot be taken apart, is one finding ``not-understood``.
    """
    raw = raw[:LARGEST]
    report_id = hashlib.sha256(raw).hexdigest()[:32]
    try:
        found = next(filter(None, _readings(raw)), None)
    except Exception as error:  # noqa: BLE001 - hostile input finds every hole in three parsers
        _log.warning("message_unreadable", why=f"{type(error).__name__}: {error}"[:200])
        found = [_not_understood(f"it cannot be taken apart ({type(error).__name__})")]
    findings = found or [_not_understood("it has no form of a report that is known")]
    return [replace(finding, report_id=f"{report_id}:{n}") for n, finding in enumerate(findings)]


def _readings(raw: bytes) -> Iterator[list[Finding]]:
    """Read a message in one way after the other."""
    message: Message = message_from_bytes(raw)
    yield read_complaint(message)
    yield read_dsn(message)
    yield read_unsubscribe(message)
    yield read_auto_reply(message)
    yield read_habitual(raw[:_LARGEST_HABITUAL])


def _not_understood(why: str) -> Finding:
    return Finding(taken_for=Taken.NOT_UNDERSTOOD, why=why)
