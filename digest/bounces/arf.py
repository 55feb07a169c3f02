"""Complaints: abuse reports (RFC 5965), and those of Outlook.com, which has a form of its own."""

from email.message import Message

from digest.bounces.fields import addresses_in, field, inside, line, sent_to
from digest.bounces.returned import returned
from digest.core.findings import Finding, Taken

_COMPLAINTS = {"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"}
_OUTLOOK = "X-HmXmrOriginalRecipient"


def read_complaint(report: Message) -> list[Finding]:
    """Return what a feedback loop reports; nothing when it is no such report."""
    for part in report.walk():
        if part.get_content_type() == "message/feedback-report":
            feedback = next(iter(inside(part)), part)
            return [_finding(report, field(feedback, "Feedback-Type").lower(), feedback)]
        if recipient := field(part, _OUTLOOK):
            return [_finding(report, "abuse", part, recipient)]
    return []


def _finding(report: Message, kind: str, feedback: Message, recipient: str = "") -> Finding:
    mail = returned(report)
    to = addresses_in(recipient or field(feedback, "Original-Rcpt-To"))
    is_complaint = kind in _COMPLAINTS
    return Finding(
        taken_for=Taken.COMPLAINT if is_complaint else Taken.NOTICE,
        why=f"feedback report, type {line(kind) or 'missing'}",
        recipient=to[0] if to else "",
        diagnostic=line(f"{kind} reported by {field(feedback, 'User-Agent') or 'a provider'}"),
        message_ids=mail.message_ids,
        return_paths=(*addresses_in(field(feedback, "Original-Mail-From")), *sent_to(report)),
        token=mail.token,
    )
