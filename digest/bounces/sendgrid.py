"""Webhook form ``sendgrid``: the Event Webhook of Twilio SendGrid, a list of events."""

from collections.abc import Mapping
from typing import Any

from digest.bounces.facts import Reading, address, entries, fingerprint, message_ids, words
from digest.core.blame import status_in
from digest.core.findings import Finding, Taken

_EVENTS = {
    "bounce": Taken.BOUNCE,
    "dropped": Taken.BOUNCE,
    "spamreport": Taken.COMPLAINT,
    "unsubscribe": Taken.UNSUBSCRIBE,
    "group_unsubscribe": Taken.UNSUBSCRIBE,
    "deferred": Taken.DELAY,
}
# Why SendGrid did not even try: it remembers what it was told of the address.
_DROPPED = {
    "bounced address": Taken.BOUNCE,
    "invalid": Taken.BOUNCE,
    "spam reporting address": Taken.COMPLAINT,
    "unsubscribed address": Taken.UNSUBSCRIBE,
}


def read_sendgrid(told: Any) -> Reading:
    """Return what a call says, without entries of its list that are no objects.

    Deliveries, opens and clicks are notices.

    Raises:
        TypeError: it has another form.
    """
    objects, strays = entries(told)
    return Reading([_finding(event) for event in objects], strays)


def _finding(event: Mapping[str, Any]) -> Finding:
    name = words(event, "event").lower()
    reason = words(event, "reason", "response")
    taken_for = _EVENTS.get(name, Taken.NOTICE)
    if name == "dropped":
        taken_for = _DROPPED.get(reason.lower(), Taken.NOTICE)
    status = status_in(words(event, "status")) or status_in(reason)
    # "blocked" is a refusal of our server or of this mail, not of the address.
    blocked = words(event, "type").lower() == "blocked"
    return Finding(
        taken_for=taken_for,
        why=f"event {name or 'without a name'}{' (blocked)' if blocked else ''}",
        recipient=address(event, "email"),
        is_final=not (blocked or status.startswith("4")),
        status=status,
        diagnostic=reason,
        message_ids=message_ids(event, "smtp-id"),
        report_id=words(event, "sg_event_id") or fingerprint(event),
    )
