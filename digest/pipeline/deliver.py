"""Send what the outbox holds over the ways out, in their order, until nothing is due.

Each mail is claimed, made, begun (committed before its content leaves), handed over and
settled (committed before its connection begins another one), so a crash loses nobody and
leaves at most one mail per connection in doubt.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from digest.core.delivery import Delivery, DeliveryState, RetryPolicy, recovered
from digest.core.outcome import Cause, Outcome, Refused
from digest.core.refusals import refusal_event
from digest.pipeline.outbox import ClaimedOutbox, DeliverSettings, PrepareMessages, Stop
from digest.pipeline.relays import remember
from digest.ports import Halt, Ledger, RelayStore, Transport
from digest.ports.bounces import BounceStore

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class DeliverReport:
    """What became of the deliveries that were tried.

    Attributes:
        states: how many ended in which state by us, those suppressed or expired at once included.
        causes: how many ended for which reason.
        troubles: distinct one-line causes of what was not sent, with their counts.
        halts: why ways out stopped before all was sent, in their order.
        lost_claims: outcomes that another process's claim made void.
    """

    states: Counter[DeliveryState] = field(default_factory=Counter)
    causes: Counter[Cause] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    halts: list[Halt] = field(default_factory=list)
    lost_claims: int = 0

    @property
    def stopped_by(self) -> str:
        """Why sending ended early, "" when it did not."""
        return self.halts[-1].reply if self.halts else ""


def recover(
    ledger: Ledger, *, dead_owners: Sequence[str], policy: RetryPolicy, now: datetime
) -> int:
    """Settle attempts whose sender died, as the policy for doubt says; return how many.

    Claims of the dead that were not begun are free again at once.
    """
    if freed := ledger.free(dead_owners):
        _log.info("claims_freed", number=freed)
    number = 0
    for delivery in ledger.abandoned(now=now, dead_owners=dead_owners):
        if ledger.record(recovered(delivery, policy=policy, now=now), now=now):
            number += 1
            _log.warning("attempt_in_doubt", delivery=delivery.id, rule=policy.on_doubt.value)
    return number


async def deliver(
    ledger: Ledger,
    relays: RelayStore,
    bounces: BounceStore,
    transports: Sequence[Transport],
    prepare: PrepareMessages,
    *,
    settings: DeliverSettings,
    clock: Callable[[], datetime],
    stop: Stop | None = None,
    subscriber_ids: Sequence[int] | None = None,
    told: Callable[[Delivery, Outcome], None] = lambda _delivery, _outcome: None,
) -> DeliverReport:
    """Send everything that is due, until nothing is, ``stop`` is set or no way out works.

    The stores are called in the event loop: give it one of its own where others must not wait.

    Args:
        ledger: the deliveries.
        relays: remembers which way out is in trouble.
        bounces: takes refusals that blame the recipient.
        transports: the ways out; each takes over where the one before it stopped.
        prepare: makes the messages; an error there fails that mail alone.
        settings: owner, lease, policy, limits.
        clock: gives the present (UTC).
        stop: once set, mails in flight are finished and no more are begun.
        subscriber_ids: only these readers; None takes all.
        told: called with each delivery after its outcome was recorded.

    Raises:
        StoreError: the database cannot be used.
    """
    report = DeliverReport()

    def settled(delivery: Delivery, outcome: Outcome, is_stored: bool) -> None:  # noqa: FBT001
        if not is_stored:
            report.lost_claims += 1
            _log.warning("claim_lost", delivery=delivery.id)
            return
        report.states[delivery.state] += 1
        report.causes[delivery.cause] += 1
        if delivery.state is not DeliveryState.SENT:
            report.troubles[delivery.reply] += 1
        if delivery.state is DeliveryState.FAILED and isinstance(outcome, Refused):
            event = refusal_event(
                delivery, outcome.code, outcome.status, outcome.reply, now=clock()
            )
            if event:
                bounces.record(event)
        told(delivery, outcome)

    outbox = ClaimedOutbox(
        ledger,
        prepare,
        settings=settings,
        clock=clock,
        stop=stop or asyncio.Event(),
        subscriber_ids=subscriber_ids,
        settled=settled,
        put_aside=lambda state: report.states.update([state]),
    )
    try:
        for transport in transports:
            halt = await transport.carry(outbox)
            remember(relays, transport.name, halt, now=clock())
            if halt is None:
                break
            report.halts.append(halt)
    finally:
        await outbox.close()
    return report
