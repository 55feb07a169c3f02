"""Remember how a way out did, so that it gets its rest and ``status`` can tell."""

from datetime import datetime

import structlog

from digest.core.outcome import Fault
from digest.core.rest import rest_after, rest_for_us
from digest.ports import Halt, RelayStore

_log = structlog.get_logger(__name__)


def remember(relays: RelayStore, name: str, halt: Halt | None, *, now: datetime) -> None:
    """Record why a run over a way out stopped, None when it did not.

    Args:
        relays: where it is kept for all processes.
        name: the transport's.
        halt: what the transport said.
        now: the present (UTC).
    """
    before = relays.relay_record(name, now=now)
    if halt is None:
        if before.failures:
            _log.info("relay_works_again", relay=name, failures=before.failures)
            relays.note_success(name)
        return
    rest = rest_for_us() if halt.fault is Fault.OURS else rest_after(before.failures + 1)
    relays.note_trouble(name, halt, now=now, not_before=halt.until or now + rest)
