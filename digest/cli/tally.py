"""What one run of ``digest send`` did: counts, seconds, troubles, and the exit code."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from digest.cli.harvest import exit_code as harvest_exit_code
from digest.cli.output import count, printable

if TYPE_CHECKING:
    from digest.core.delivery import Delivery, DeliveryState
    from digest.core.harvest import HarvestState
    from digest.core.subscriber import Subscriber

_NAMES = (
    "papers_new", "readers_due", "composed", "empty", "sent", "deferred", "failed", "in_doubt",
    "suppressed",
)  # fmt: skip
_STAGES = ("harvest", "compose", "deliver", "total")


@dataclass(slots=True)
class Tally:
    """The keys of ``send --json``, and what people are told besides.

    Attributes:
        seconds: time by stage.
        states: what each source's answer amounted to.
        sources: one line for each source in trouble.
        postponed: one line by the number of each reader whose mail waits for their library.
        halts: why ways out stopped before all was sent.
        mails: recipients of what was not sent, by state and reply.
        next_attempt_at: when what is deferred is tried again.
    """

    papers_new: int = 0
    readers_due: int = 0
    composed: int = 0
    empty: int = 0
    sent: int = 0
    deferred: int = 0
    failed: int = 0
    in_doubt: int = 0
    suppressed: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    states: "list[HarvestState]" = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    postponed: dict[int, str] = field(default_factory=dict)
    halts: list[str] = field(default_factory=list)
    mails: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    next_attempt_at: datetime | None = None

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time that a block takes to a stage."""
        begun = monotonic()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + monotonic() - begun

    def add(self, states: "Mapping[DeliveryState, int]") -> None:
        """Count what we brought to an end; what is open is counted when all is done."""
        for state, number in states.items():
            if not state.is_open:
                setattr(self, state.value, getattr(self, state.value) + number)

    def note(self, delivery: "Delivery") -> None:
        """Remember whose mail was not sent, and why."""
        if not delivery.sent_at:
            key = (delivery.state.value, delivery.reply)
            self.mails.setdefault(key, []).append(delivery.recipient)

    def postpone(self, reader: "Subscriber", trouble: str) -> None:
        """Remember who gets no mail yet, and why."""
        self.postponed[reader.id] = f"waits: {reader.email}: {printable(trouble)}"

    def exit_code(self) -> int:
        """Return 1 when something failed for good, 75 when something waits, else 0."""
        harvested = harvest_exit_code(self.states)
        if self.failed or harvested == 1:
            return 1
        return 75 if self.deferred or self.postponed or harvested else 0

    def as_json(self) -> dict[str, Any]:
        """Return the contract's object."""
        seconds = {stage: round(self.seconds.get(stage, 0.0), 3) for stage in _STAGES}
        return {name: getattr(self, name) for name in _NAMES} | {"seconds": seconds}

    def troubles(self) -> list[str]:
        """Return a line for each troubled source, postponed reader and cause of mails not sent."""
        return [
            *self.sources,
            *self.postponed.values(),
            *self.halts,
            *(
                f"{state.replace('_', ' ')}: {_some(recipients)}: {printable(reply)}"
                for (state, reply), recipients in self.mails.items()
            ),
        ]

    def __str__(self) -> str:
        rare = ("empty", "deferred", "failed", "in_doubt", "suppressed")
        words = [
            count(self.papers_new, "new paper"),
            f"{count(self.readers_due, 'reader')} due",
            f"{self.sent} sent",
            *(f"{n} {name.replace('_', ' ')}" for name in rare if (n := getattr(self, name))),
        ]
        again = self.next_attempt_at
        note = f"; next attempt at {again:%Y-%m-%d %H:%M:%S} UTC" if again else ""
        return f"{', '.join(words)} in {self.seconds['total']:.1f} s{note}"


def _some(recipients: list[str]) -> str:
    others = len(recipients) - 1
    return recipients[0] if not others else f"{recipients[0]} and {count(others, 'other')}"
