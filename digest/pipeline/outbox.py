"""The outbox of one delivery run: claims in, ready mails out, outcomes into the journal.

Claims are taken in small batches; what is not begun when the run ends is given back.
"""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from digest.core.delivery import Delivery, DeliveryState, RetryPolicy, begun, next_state
from digest.core.message import Message
from digest.core.outcome import Accepted, Cause, Deferred, Outcome, Refused
from digest.errors import DigestError, RecordError
from digest.pipeline.journal import Journal
from digest.ports import Envelope, Ledger, Mail

_BATCHES_AHEAD = 10  # of domains that have enough, to find mails for others behind them
_MADE_AT_ONCE = 4  # a processor is quicker at what it has just done; more keep replies waiting
_log = structlog.get_logger(__name__)

MakeMessage = Callable[[], tuple[Message, Envelope]]
PrepareMessages = Callable[[Sequence[Delivery]], Sequence[MakeMessage]]
"""Reads what some deliveries need; returns for each what makes its message (or raises)."""


class Stop(Protocol):
    """Tells whether to stop; an event of asyncio or of threading."""

    def is_set(self) -> bool:
        """True once nothing more is to be begun."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverSettings:
    """How to deliver.

    Attributes:
        owner: this process's name on its claims; no other process has it.
        lease: how long a claim holds when its owner says nothing more.
        policy: waits between attempts and the rule for doubt.
        batch: how many deliveries to claim at once.
        per_domain: the most mails on their way to one recipient domain, 0 for no limit.
    """

    owner: str
    lease: timedelta
    policy: RetryPolicy
    batch: int = 50
    per_domain: int = 0


class ClaimedOutbox:
    """The ``Outbox`` over a ledger.

    The ledger is called in the event loop, which therefore should have nothing else to do:
    handing a call to a thread and back costs more than the call.

    Args:
        ledger: where deliveries are claimed and recorded.
        prepare: makes messages.
        settings: owner, lease, policy, limits.
        clock: gives the present (UTC).
        stop: once set, no more mails are given out.
        subscriber_ids: only these readers; None takes all.
        settled: hears of every outcome, and whether it was stored or came too late.
        put_aside: hears of the state of each mail that came to nothing when it was claimed.
    """

    def __init__(
        self,
        ledger: Ledger,
        prepare: PrepareMessages,
        *,
        settings: DeliverSettings,
        clock: Callable[[], datetime],
        stop: Stop,
        subscriber_ids: Sequence[int] | None,
        settled: Callable[[Delivery, Outcome, bool], None],
        put_aside: Callable[[DeliveryState], None] = lambda _state: None,
    ) -> None:
        self._ledger = ledger
        self._prepare = prepare
        self._settings = settings
        self._clock = clock
        self._stop = stop
        self._subscriber_ids = subscriber_ids
        self._settled = settled
        self._put_aside = put_aside
        self._stock: deque[tuple[Delivery, MakeMessage]] = deque()
        self._ready: deque[Mail] = deque()
        self._out: dict[Mail, Delivery] = {}
        self._domains: Counter[str] = Counter()
        self._is_empty = False
        self._accepted = 0
        self._freed = asyncio.Event()
        self._journal = Journal(self._commit)

    async def next(self) -> Mail | None:
        """See ``ports.Outbox``."""
        while not self._stop.is_set():
            if mail := self._take():
                return mail
            if self._may_claim():
                self._claim()
            elif self._stock:  # their domains have enough for now
                self._freed.clear()
                await self._freed.wait()
            else:
                return None
        return None

    def at_hand(self) -> Mail | None:
        """See ``ports.Outbox``."""
        if self._stop.is_set():
            return None
        if not (self._ready or self._stock) and self._may_claim():
            self._claim()
        return self._take()

    async def begin(self, mail: Mail) -> bool:
        """See ``ports.Outbox``."""
        claimed = mail.delivery
        lease_until = self._clock() + self._settings.lease
        delivery = begun(claimed, lease_until=lease_until)
        if await self._journal.begin(delivery):
            self._out[mail] = delivery
            return True
        _log.info("not_begun", delivery=claimed.id)
        self._end(mail)
        self._ledger.release([claimed])
        self._is_empty = False  # the next claim settles it: its reader wants no mail
        return False

    def tell(self, mail: Mail, outcome: Outcome) -> None:
        """See ``ports.Outbox``."""
        delivery = self._end(mail)
        self._accepted += isinstance(outcome, Accepted)
        self._settle(delivery, outcome)

    def give_back(self, mail: Mail) -> None:
        """See ``ports.Outbox``."""
        del self._out[mail]
        self._ready.appendleft(mail)
        self._freed.set()

    async def close(self) -> None:
        """Give back what was not begun, and return when every outcome is stored.

        Raises:
            StoreError: some of it could not be.
        """
        unbegun = [delivery for delivery, _ in self._stock]
        unbegun += [mail.delivery for mail in self._ready]
        self._stock.clear()
        self._ready.clear()
        try:
            await self._journal.close()
        finally:
            self._ledger.release(unbegun)

    def _take(self) -> Mail | None:
        """Return the next mail that is made; each has had its place in its domain since then."""
        if not self._ready:
            self._make_some()
        if not self._ready:
            return None
        mail = self._ready.popleft()
        self._out[mail] = mail.delivery
        return mail

    def _make_some(self) -> None:
        """Make the next mails whose domains have room; one that cannot be made fails."""
        now = self._clock()
        for _ in range(len(self._stock)):
            delivery, make = self._stock.popleft()
            if delivery.lease_until is None or delivery.lease_until <= now:
                self._is_empty = False  # waited too long: whoever claims it next has it
            elif not self._has_room(delivery):
                self._stock.append((delivery, make))
            elif made := self._made(delivery, make):
                self._count(delivery, 1)
                self._ready.append(made)
                if len(self._ready) == _MADE_AT_ONCE:
                    return

    def _made(self, delivery: Delivery, make: MakeMessage) -> Mail | None:
        """Make a mail; what stands in the way of one can be mended, but for a wrong address."""
        try:
            message, envelope = make()
        except RecordError as error:
            outcome: Outcome = Refused(_not_made(error), cause=Cause.NOT_MADE)
        except DigestError as error:
            outcome = Deferred(_not_made(error), cause=Cause.NOT_MADE)
        except Exception as error:  # noqa: BLE001 - one bad mail must not stop the others
            _log.exception("message_failed", delivery=delivery.id)
            what = _not_made(f"{type(error).__name__}: {error}")
            outcome = Deferred(what, cause=Cause.NOT_MADE)
        else:
            return Mail(delivery, envelope, message)
        self._settle(delivery, outcome)
        return None

    def _end(self, mail: Mail) -> Delivery:
        """Forget a mail that is out; another of its domain may go."""
        self._count(mail.delivery, -1)
        self._freed.set()
        return self._out.pop(mail)

    def _count(self, delivery: Delivery, step: int) -> None:
        if self._settings.per_domain:
            self._domains[_domain_of(delivery)] += step

    def _has_room(self, delivery: Delivery) -> bool:
        most = self._settings.per_domain
        return not most or self._domains[_domain_of(delivery)] < most

    def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        settled = next_state(
            delivery,
            outcome,
            policy=self._settings.policy,
            now=self._clock(),
            jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
            relay_works=self._accepted > 0,
        )
        self._journal.settle(settled, partial(self._settled, settled, outcome))

    def _may_claim(self) -> bool:
        ahead = self._settings.batch * _BATCHES_AHEAD
        return not self._is_empty and len(self._stock) < ahead

    def _claim(self) -> None:
        """Claim a batch and read what its messages need."""
        now = self._clock()
        claimed = self._ledger.claim(
            owner=self._settings.owner,
            limit=self._settings.batch,
            now=now,
            lease_until=now + self._settings.lease,
            subscriber_ids=self._subscriber_ids,
            settled=self._put_aside,
        )
        self._is_empty = len(claimed) < self._settings.batch
        try:
            makers = _prepared(self._prepare, claimed)
        except DigestError:
            self._ledger.release(claimed)
            raise
        self._stock.extend(zip(claimed, makers, strict=True))

    def _commit(
        self, begun: Sequence[Delivery], settled: Sequence[Delivery]
    ) -> tuple[list[bool], list[bool]]:
        return self._ledger.commit(begun=begun, settled=settled, now=self._clock())


def _prepared(prepare: PrepareMessages, claimed: Sequence[Delivery]) -> Sequence[MakeMessage]:
    """Prepare a batch; when one of it is poison, each alone."""
    try:
        return prepare(claimed)
    except DigestError:
        raise
    except Exception:  # noqa: BLE001 - found out which one, and logged, by those alone
        return [partial(_make_alone, prepare, delivery) for delivery in claimed]


def _make_alone(prepare: PrepareMessages, delivery: Delivery) -> tuple[Message, Envelope]:
    (make,) = prepare([delivery])
    return make()


def _not_made(why: object) -> str:
    return f"the message could not be made: {why}"


def _domain_of(delivery: Delivery) -> str:
    return delivery.recipient.rpartition("@")[2].casefold()
