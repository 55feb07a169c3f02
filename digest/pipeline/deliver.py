"""Send what the outbox holds: claim, build, hand over, record; one mail at a time per line.

The attempt is committed before the network is touched and its outcome right after, so a
crash loses nobody and leaves at most one mail per connection in doubt.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import ParamSpec, TypeVar

import structlog

from digest.core.delivery import (
    Deferred,
    Delivery,
    DeliveryState,
    Outcome,
    Refused,
    RetryPolicy,
    next_state,
    recovered,
)
from digest.errors import DigestError
from digest.ports import Envelope, Ledger, Transport

_RELAY_TROUBLES_BEFORE_STOP = 3
_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")
_log = structlog.get_logger(__name__)

BuildMessage = Callable[[Delivery], tuple[bytes, Envelope]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverSettings:
    """How to deliver.

    Attributes:
        owner: this process's name on its claims; no other process has it.
        lease: how long a claim holds when its owner says nothing more.
        policy: waits between attempts and the rule for doubt.
        workers: how many mails may be on their way at once.
    """

    owner: str
    lease: timedelta
    policy: RetryPolicy
    workers: int


@dataclass(slots=True)
class DeliverReport:
    """What became of the deliveries that were tried.

    Attributes:
        states: how many ended in which state.
        troubles: distinct one-line causes of what was not sent, with their counts.
        stopped_by: why sending ended early (the relay is in trouble), or "".
        lost_claims: outcomes that another process's claim made void.
    """

    states: Counter[DeliveryState] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    stopped_by: str = ""
    lost_claims: int = 0


def recover(
    ledger: Ledger, *, dead_owners: Sequence[str], policy: RetryPolicy, now: datetime
) -> int:
    """Settle attempts whose sender died, as the policy for doubt says; return how many."""
    abandoned = ledger.abandoned(now=now, dead_owners=dead_owners)
    for delivery in abandoned:
        ledger.record(recovered(delivery, policy=policy, now=now), now=now)
        _log.warning("attempt_in_doubt", delivery=delivery.id, rule=policy.on_doubt.value)
    return len(abandoned)


async def deliver(
    ledger: Ledger,
    transport: Transport,
    build: BuildMessage,
    *,
    settings: DeliverSettings,
    clock: Callable[[], datetime],
    stop: asyncio.Event | None = None,
    subscriber_ids: Sequence[int] | None = None,
    told: Callable[[Delivery], None] = lambda _delivery: None,
) -> DeliverReport:
    """Send everything that is due, until nothing is, ``stop`` is set or the relay fails.

    Args:
        ledger: the outbox.
        transport: the way out.
        build: makes the message of a delivery; an error there fails that mail alone.
        settings: owner, lease, policy, workers.
        clock: gives the present (UTC).
        stop: once set, mails in flight are finished and no more are claimed.
        subscriber_ids: only these readers; None takes all.
        told: called with each delivery after its outcome was recorded.

    Raises:
        StoreError: the database cannot be used.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger") as thread:
        run = _Run(
            ledger=_InThread(thread),
            store=ledger,
            transport=transport,
            build=build,
            settings=settings,
            clock=clock,
            stop=stop or asyncio.Event(),
            subscriber_ids=subscriber_ids,
            told=told,
        )
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(settings.workers):
                    workers.create_task(run.work())
        except ExceptionGroup as group:
            # The store cannot be used; that it was noticed by several workers says nothing.
            expected, unexpected = group.split(DigestError)
            if expected is None or unexpected is not None:
                raise
            raise expected.exceptions[0] from None
        return run.report


@dataclass(frozen=True, slots=True)
class _InThread:
    """Runs the store's blocking calls, one after the other, beside the event loop."""

    thread: ThreadPoolExecutor

    def __call__(
        self, call: Callable[_Args, _Result], *args: _Args.args, **kwargs: _Args.kwargs
    ) -> Awaitable[_Result]:
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self.thread, partial(call, *args, **kwargs))


@dataclass(slots=True, kw_only=True)
class _Run:
    """One delivery run: what its workers share."""

    ledger: _InThread
    store: Ledger
    transport: Transport
    build: BuildMessage
    settings: DeliverSettings
    clock: Callable[[], datetime]
    stop: asyncio.Event
    subscriber_ids: Sequence[int] | None
    told: Callable[[Delivery], None]
    report: DeliverReport = field(default_factory=DeliverReport)
    relay_troubles: int = 0

    async def work(self) -> None:
        """Send one mail after the other until there is none."""
        while not self.stop.is_set() and not self.report.stopped_by:
            delivery = await self._claim()
            if delivery is None:
                return
            outcome = await self._attempt(delivery)
            await self._record(delivery, outcome)

    async def _claim(self) -> Delivery | None:
        now = self.clock()
        claimed = await self.ledger(
            self.store.claim,
            owner=self.settings.owner,
            limit=1,
            now=now,
            lease_until=now + self.settings.lease,
            subscriber_ids=self.subscriber_ids,
        )
        return claimed[0] if claimed else None

    async def _attempt(self, delivery: Delivery) -> Outcome:
        try:
            message, envelope = await self.ledger(self.build, delivery)
        except Exception as error:  # noqa: BLE001 - one bad mail must not stop the others
            _log.exception("message_failed", delivery=delivery.id)
            return Refused(f"the message could not be made: {type(error).__name__}: {error}")
        return await self.transport.send(message, envelope)

    async def _record(self, delivery: Delivery, outcome: Outcome) -> None:
        settled = next_state(
            delivery,
            outcome,
            policy=self.settings.policy,
            now=self.clock(),
            jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
        )
        mine = await self.ledger(self.store.record, settled, now=self.clock())
        if not mine:
            self.report.lost_claims += 1
            _log.warning("claim_lost", delivery=delivery.id)
            return
        self._count(settled, outcome)
        self.told(settled)

    def _count(self, settled: Delivery, outcome: Outcome) -> None:
        self.report.states[settled.state] += 1
        if settled.state is not DeliveryState.SENT:
            self.report.troubles[settled.reply] += 1
        if isinstance(outcome, Deferred) and outcome.relay:
            self.relay_troubles += 1
            if self.relay_troubles >= _RELAY_TROUBLES_BEFORE_STOP:
                self.report.stopped_by = outcome.reply
        else:
            self.relay_troubles = 0
