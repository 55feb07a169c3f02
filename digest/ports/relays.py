"""Relays and their limits, as they are kept for all processes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from digest.core.outcome import Cause
from digest.core.pace import Places
from digest.ports.transports import Halt


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayRecord:
    """What is known about a relay from run to run.

    Attributes:
        name: host and port.
        failures: how many runs in a row ended in its trouble; 0 when it works.
        trouble: the last trouble in one line, or "".
        cause: why, for scripts.
        since: when this trouble began (UTC), or None.
        not_before: the daemon leaves it alone until then (UTC), or None.
        sent_today: mails counted against the daily quota.
    """

    name: str
    failures: int = 0
    trouble: str = ""
    cause: Cause = Cause.NONE
    since: datetime | None = None
    not_before: datetime | None = None
    sent_today: int = 0


class RelayStore(Protocol):
    """How relays do, and the places in time and in the day that their limits leave."""

    def relay_record(self, name: str, *, now: datetime) -> RelayRecord:
        """Return what is known of a relay; an empty record of one never used."""
        ...

    def relay_records(self, *, now: datetime) -> list[RelayRecord]:
        """Return every relay ever used, by name."""
        ...

    def note_trouble(self, name: str, halt: Halt, *, now: datetime, not_before: datetime) -> None:
        """Remember that a run ended in the relay's trouble."""
        ...

    def note_success(self, name: str) -> None:
        """Remember that the relay works."""
        ...

    def reserve(
        self, name: str, *, now: float, day: date, interval: float, count: int, per_day: int
    ) -> Places | None:
        """Take places in time that no other process gets, and count them against the day.

        Args:
            name: the relay.
            now: seconds since 1970.
            day: the one (UTC) that they count against.
            interval: seconds between two mails, 0 for no limit.
            count: how many are wanted.
            per_day: the most mails in a day (UTC), 0 for no limit.

        Returns:
            The places, fewer than wanted when the day has fewer left; None when it has none.
        """
        ...
