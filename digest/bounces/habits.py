"""Bounces of mail systems that have a form of their own, by the rules of flufl.bounce."""

import logging
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from flufl.bounce import all_failures

from digest.bounces.fields import line, sent_to
from digest.bounces.returned import returned
from digest.core.blame import status_in
from digest.core.findings import Finding, Taken

# RFC 5322, 2.1.1. The patterns of flufl.bounce take minutes for a line of many thousands.
_LONGEST_LINE = 998

logging.getLogger("flufl.bounce").addHandler(logging.NullHandler())  # we tell of its troubles


def read_habitual(raw: bytes) -> list[Finding]:
    """Return the addresses that flufl.bounce finds in a message; nothing when it finds none."""
    raw = b"\n".join(row[:_LONGEST_LINE] for row in raw.splitlines())
    report: Message = message_from_bytes(raw)
    body = raw.decode("utf-8", "replace").partition("\n\n")[2]
    if not getaddresses([str(report.get("From", ""))]):  # some of its rules rely on one
        del report["From"]
        report["From"] = "nobody@invalid"
    later, never = all_failures(report)
    mail = returned(report, body)
    return [
        Finding(
            taken_for=taken_for,
            why="a bounce in a mail system's own form",
            recipient=address.decode("ascii", "replace"),
            is_final=not status_in(said).startswith("4"),
            status=status_in(said),
            diagnostic=said,
            message_ids=mail.message_ids,
            return_paths=sent_to(report),
        )
        for taken_for, addresses in ((Taken.BOUNCE, never), (Taken.DELAY, later - never))
        for address in sorted(addresses)
        for said in [_said_of(address.decode("ascii", "replace"), body)]
    ]


def _said_of(address: str, body: str) -> str:
    """Return what stands after an address up to the next empty line: what was said of it."""
    _, _, after = body.partition(address)
    paragraph = after.lstrip(" >:\n\t").partition("\n\n")[0]
    return line(paragraph[:1_000])
