"""Webhook form ``ses``: Amazon SES, by way of SNS or of its event destinations.

SNS wraps each notification into an envelope, and first asks for a visit to an address, to see
that the call is wanted. Only addresses of SNS itself are visited.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from digest.bounces.facts import Reading, address, fingerprint, message_ids, table, tables, words
from digest.core.blame import status_in
from digest.core.findings import Finding, Taken

_CONFIRM = re.compile(r"https://sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?/[!-~]{0,2000}")
_NOT_THE_READERS = {
    "contentrejected",
    "messagetoolarge",
    "attachmentrejected",
    "customtimeoutexceeded",
}


def subscription_of(told: Any) -> str:
    """Return the address that SNS wants visited, "" when it wants none or it is not its own."""
    if not isinstance(told, Mapping) or told.get("Type") != "SubscriptionConfirmation":
        return ""
    url = told.get("SubscribeURL")
    return url if isinstance(url, str) and _CONFIRM.fullmatch(url) else ""


def read_ses(told: Any) -> Reading:
    """Return what a call says; deliveries, opens and clicks are notices.

    Raises:
        TypeError: it has another form.
    """
    return Reading(_findings(told))


def _findings(told: Any) -> list[Finding]:
    envelope = table(told)
    if envelope.get("Type") in {"SubscriptionConfirmation", "UnsubscribeConfirmation"}:
        return [Finding(taken_for=Taken.NOTICE, why=f"SNS {words(envelope, 'Type')}")]
    if "Message" in envelope:
        try:
            envelope = table(json.loads(envelope["Message"]))
        except ValueError:  # SNS also carries texts for people
            return [Finding(taken_for=Taken.NOTICE, why="SNS message that is not JSON")]
    kind = words(envelope, "notificationType", "eventType").lower()
    match kind:
        case "bounce":
            return _bounces(envelope, table(envelope["bounce"]))
        case "complaint":
            return _complaints(envelope, table(envelope["complaint"]))
        case _:
            return [Finding(taken_for=Taken.NOTICE, why=f"event {kind or 'without a name'}")]


def _bounces(told: Mapping[str, Any], bounce: Mapping[str, Any]) -> list[Finding]:
    kind, sub = words(bounce, "bounceType").lower(), words(bounce, "bounceSubType").lower()
    return [
        Finding(
            taken_for=_taken_for(kind, sub, of),
            why=f"SES bounce, {kind or 'of no type'} {sub}".strip(),
            recipient=address(of, "emailAddress"),
            is_final=kind == "permanent",
            status=status_in(words(of, "status")) or status_in(words(of, "diagnosticCode")),
            diagnostic=words(of, "diagnosticCode") or f"{kind} {sub}".strip(),
            message_ids=_message_ids(told),
            report_id=_report_id(told, bounce, of),
        )
        for of in tables(bounce["bouncedRecipients"])
    ]


def _taken_for(kind: str, sub: str, of: Mapping[str, Any]) -> Taken:
    """SES calls "transient" also what vacation programs answer, and what is wrong with a mail."""
    if kind == "permanent":
        return Taken.BOUNCE
    if sub in _NOT_THE_READERS:
        return Taken.NOTICE
    if words(of, "action").lower() == "failed" or sub == "mailboxfull":
        return Taken.BOUNCE
    return Taken.AUTO_REPLY if sub == "general" else Taken.DELAY


def _complaints(told: Mapping[str, Any], complaint: Mapping[str, Any]) -> list[Finding]:
    kind = words(complaint, "complaintFeedbackType").lower()
    wanted = kind != "not-spam"
    return [
        Finding(
            taken_for=Taken.COMPLAINT if wanted else Taken.NOTICE,
            why=f"SES complaint {kind}".strip(),
            recipient=address(of, "emailAddress"),
            diagnostic=" ".join(filter(None, (kind or "complaint", "reported by SES"))),
            message_ids=_message_ids(told),
            report_id=_report_id(told, complaint, of),
        )
        for of in tables(complaint["complainedRecipients"])
    ]


def _message_ids(told: Mapping[str, Any]) -> tuple[str, ...]:
    """SES gives mails an id of its own; ours is among the headers it remembers."""
    mail = table(told.get("mail", {}))
    headers = mail.get("headers")
    ours = [
        found
        for header in (tables(headers) if headers else [])
        if words(header, "name").lower() == "message-id"
        for found in message_ids(header, "value")
    ]
    return (*ours, *message_ids(table(mail.get("commonHeaders", {})), "messageId"))


def _report_id(told: Mapping[str, Any], event: Mapping[str, Any], of: Mapping[str, Any]) -> str:
    number = words(event, "feedbackId") or fingerprint(told)
    return f"{number}:{address(of, 'emailAddress').casefold()}"
