"""Webhook form ``generic``: for anything that can post JSON.

An object, a list of objects, or ``{"events": [...]}``; each with ``event`` (bounce, soft-bounce,
complaint, unsubscribe, delay), ``email``, and perhaps ``message_id``, ``status``, ``diagnostic``
and ``id``, which is the same when the event is told again.
"""

from collections.abc import Mapping
from typing import Any

from digest.bounces.facts import Reading, address, entries, fingerprint, message_ids, words
from digest.core.blame import status_in
from digest.core.findings import Finding, Taken

_EVENTS = {
    "bounce": Taken.BOUNCE,
    "hard-bounce": Taken.BOUNCE,
    "soft-bounce": Taken.BOUNCE,
    "complaint": Taken.COMPLAINT,
    "unsubscribe": Taken.UNSUBSCRIBE,
    "delay": Taken.DELAY,
}


def read_generic(told: Any) -> Reading:
    """Return what a call says, without entries of its list that are no objects.

    Raises:
        TypeError: it has another form.
    """
    events = told["events"] if isinstance(told, dict) and "events" in told else told
    objects, strays = entries(events)
    return Reading([_finding(event) for event in objects], strays)


def _finding(event: Mapping[str, Any]) -> Finding:
    name = words(event, "event", "type").lower().replace("_", "-")
    diagnostic = words(event, "diagnostic", "reason")
    status = status_in(words(event, "status")) or status_in(diagnostic)
    return Finding(
        taken_for=_EVENTS.get(name, Taken.NOTICE),
        why=f"event {name or 'without a name'}",
        recipient=address(event, "email", "recipient"),
        is_final=name != "soft-bounce" and not status.startswith("4"),
        status=status,
        diagnostic=diagnostic,
        message_ids=message_ids(event, "message_id"),
        report_id=words(event, "id") or fingerprint(event),
    )
