"""What became of the editions of each day, and what waits: counted for the report.

Editions are found by their slots, which are indexed, so that the cost grows with the days
that are asked for and not with the years before them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from digest.core.delivery import DeliveryState
from digest.ports.report import DeliveryDay
from digest.store.tables import CLAIMABLE, LEASED, NOT_SENT, SENDING, deliveries, editions

_WAITING = (
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.DEFERRED,
    DeliveryState.IN_DOUBT,
)


@dataclass(slots=True)
class _Counted:
    """What is summed up for one day; times in microseconds."""

    states: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    waited: int = 0
    longest: int = 0

    def day(self, day: date) -> DeliveryDay:
        """Return it as the report has it."""
        if not self.sent:
            return DeliveryDay(day=day, states=self.states)
        return DeliveryDay(
            day=day,
            states=self.states,
            usual_wait=timedelta(microseconds=self.waited // self.sent),
            longest_wait=timedelta(microseconds=self.longest),
        )


def delivery_days(connection: Connection, *, first: date, last: date) -> list[DeliveryDay]:
    """Return each day from ``first`` to ``last`` that had editions, oldest first."""
    sent_at = type_coerce(deliveries.c.sent_at, BigInteger)
    wait = sent_at - type_coerce(editions.c.created_at, BigInteger)
    day, state = editions.c.slot_day, deliveries.c.state
    query = (
        select(day, state, func.count(), func.count(wait), func.sum(wait), func.max(wait))
        .join_from(editions, deliveries, deliveries.c.edition_id == editions.c.id)
        .where(editions.c.slot.in_([*_slots(first, last)]), day >= first, day <= last)
        .group_by(day, state)
    )
    days: defaultdict[date, _Counted] = defaultdict(_Counted)
    for of, stands, number, sent, waited, longest in connection.execute(query):
        counted = days[of]
        counted.states[stands.value] = number
        counted.sent += sent
        counted.waited += int(waited or 0)
        counted.longest = max(counted.longest, longest or 0)
    return [days[of].day(of) for of in sorted(days)]


def waiting_by_state(connection: Connection) -> dict[str, int]:
    """Count what is not settled; the small indexes over such deliveries are enough for it."""
    state = deliveries.c.state
    counted = dict.fromkeys(map(str, _WAITING), 0)
    in_doubt = NOT_SENT, state == DeliveryState.IN_DOUBT
    for only in ((CLAIMABLE,), (LEASED, SENDING), in_doubt):
        query = select(state, func.count()).where(*only).group_by(state)
        for stands, number in connection.execute(query):
            counted[stands.value] += number
    return counted


def _slots(first: date, last: date) -> Iterator[str]:
    """Yield the name of every slot that may be due on one of these days."""
    names: dict[str, None] = {}
    day = first
    while day <= last:
        year, week, _ = day.isocalendar()
        names |= dict.fromkeys((day.isoformat(), f"{year}-W{week:02}", f"{day:%Y-%m}"))
        day += timedelta(days=1)
    yield from names
