"""Delivery status notifications (RFC 3464, RFC 6533), as most mail systems send them."""

from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser

from digest.bounces.fields import addresses_in, field, inside, line, message_ids_in, sent_to
from digest.bounces.returned import returned
from digest.core.blame import status_in
from digest.core.findings import Finding, Taken

_TYPES = ("message/delivery-status", "message/global-delivery-status")
_TAKEN_FOR = {
    "failed": Taken.BOUNCE,
    "delayed": Taken.DELAY,
    "delivered": Taken.NOTICE,
    "relayed": Taken.NOTICE,
    "expanded": Taken.NOTICE,
}


def read_dsn(report: Message) -> list[Finding]:
    """Return what a notification says of each recipient; nothing when it is none."""
    blocks = [
        block
        for part in report.walk()
        if part.get_content_type() in _TYPES
        for block in _blocks(part)
    ]
    mail = returned(report)
    ids = [message_ids_in(f"<{field(block, 'Original-Envelope-Id')}>") for block in blocks[:1]]
    return [
        _finding(block, report, (*mail.message_ids, *(ids[0] if ids else ())))
        for block in blocks
        if "Action" in block
    ]


def _blocks(part: Message) -> Iterator[Message]:
    """Yield the groups of fields: one of the mail, then one of each recipient (section 2.1)."""
    for block in inside(part):
        yield block
        # Python knows the groups of message/delivery-status; elsewhere they are in the body.
        rest = block.get_payload()
        if isinstance(rest, str):
            for group in rest.split("\n\n"):
                yield HeaderParser().parsestr(group.strip("\r\n"))


def _finding(block: Message, report: Message, message_ids: tuple[str, ...]) -> Finding:
    action = field(block, "Action").split(" ")[0].lower()
    diagnostic = line(field(block, "Diagnostic-Code").partition(";")[2])
    given = status_in(field(block, "Status"))
    # "5.0.0" says that it failed and no more; the other side's words often say why.
    told = status_in(diagnostic) if given[1:] in {"", ".0.0"} else ""
    status = told if told[:1] == given[:1] or not given else given
    named = addresses_in(
        f"{field(block, 'Original-Recipient')} {field(block, 'Final-Recipient')}".replace(";", " ")
    )
    return Finding(
        taken_for=_TAKEN_FOR.get(action, Taken.NOT_UNDERSTOOD),
        why=f"delivery status notification, action {action or 'missing'}",
        recipient=named[0] if named else "",
        is_final=not status.startswith("4"),
        status=status,
        diagnostic=diagnostic,
        message_ids=message_ids,
        return_paths=sent_to(report),
    )
