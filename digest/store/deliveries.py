"""The ledger: who is sending what, and what the next hop said.

A claim raises the delivery's ``token``; whatever its holder wants to store is stored only
while the token is still the same and the lease has not been given back.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select, update

from digest.core.delivery import Delivery, DeliveryState
from digest.store.claims import claim_due
from digest.store.commits import Commits
from digest.store.database import Database, chunks, insert_into
from digest.store.rows import DELIVERY_COLUMNS, delivery_of, fold
from digest.store.tables import (
    CLAIMABLE,
    LEASED,
    NOT_SENT,
    SENDING,
    deliveries,
    editions,
    suppressions,
)

_NOT_SENT_STATES = (DeliveryState.FAILED, DeliveryState.SUPPRESSED, DeliveryState.IN_DOUBT)
_RELEASE = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("row_id"),
        deliveries.c.token == bindparam("claim"),
        deliveries.c.lease_owner == bindparam("holder"),
        CLAIMABLE,
    )
    .values(lease_owner="", lease_until=None)
)


class SqlLedger:
    """The ``Ledger`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._commits = Commits(database)

    def claim(
        self,
        *,
        owner: str,
        limit: int,
        now: datetime,
        lease_until: datetime,
        subscriber_ids: Sequence[int] | None = None,
        settled: Callable[[DeliveryState], None] = lambda _state: None,
    ) -> list[Delivery]:
        """See ``Ledger``."""
        with self._database.writing() as connection:
            return claim_due(
                connection,
                owner=owner,
                limit=limit,
                now=now,
                until=lease_until,
                readers=subscriber_ids,
                settled=settled,
            )

    def commit(
        self, *, begun: Sequence[Delivery], settled: Sequence[Delivery], now: datetime
    ) -> tuple[list[bool], list[bool]]:
        """See ``Ledger``."""
        return self._commits.commit(begun, settled, now)

    def record(self, delivery: Delivery, *, now: datetime) -> bool:
        """See ``Ledger``."""
        return self.commit(begun=(), settled=[delivery], now=now)[1][0]

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """See ``Ledger``."""
        claims = [
            {"row_id": of.id, "claim": of.token, "holder": of.lease_owner} for of in deliveries
        ]
        if claims:
            with self._database.writing() as connection:
                connection.execute(_RELEASE, claims)

    def abandoned(self, *, now: datetime, dead_owners: Iterable[str] = ()) -> list[Delivery]:
        """See ``Ledger``."""
        is_over = or_(
            deliveries.c.lease_until <= now, deliveries.c.lease_owner.in_(list(dead_owners))
        )
        leased = select(*DELIVERY_COLUMNS).where(LEASED, SENDING, is_over)
        return sorted(self._read(leased), key=attrgetter("id"))  # asked to, SQLite walks them all

    def free(self, dead_owners: Iterable[str]) -> int:
        """See ``Ledger``."""
        of_the_dead = update(deliveries).where(
            CLAIMABLE, LEASED, deliveries.c.lease_owner.in_(list(dead_owners))
        )
        with self._database.writing() as connection:
            freed = connection.execute(of_the_dead.values(lease_owner="", lease_until=None))
            return freed.rowcount

    def owners(self) -> set[str]:
        """See ``Ledger``."""
        query = select(deliveries.c.lease_owner).where(LEASED).distinct()
        with self._database.reading() as connection:
            return set(connection.scalars(query))

    def deliveries(self, *, edition_ids: Sequence[int]) -> list[Delivery]:
        """See ``Ledger``."""
        return [
            delivery
            for chunk in chunks(edition_ids)
            for delivery in self._read(_all().where(deliveries.c.edition_id.in_(chunk)))
        ]

    def oldest_open(self) -> int | None:
        """See ``Ledger``; what is being sent is leased."""
        oldest = select(func.min(deliveries.c.id + 0))  # of the bare id, SQLite walks them all
        with self._database.reading() as connection:
            found = [connection.scalar(oldest.where(each)) for each in (CLAIMABLE, LEASED)]
        return min((number for number in found if number is not None), default=None)

    def counts(
        self,
        *,
        subscriber_ids: Sequence[int] | None = None,
        first: int = 0,
        free_at: datetime | None = None,
    ) -> dict[tuple[str, str], int]:
        """See ``Ledger``."""
        query = (
            select(editions.c.slot, deliveries.c.state, func.count())
            .join_from(deliveries, editions, editions.c.id == deliveries.c.edition_id)
            .where(deliveries.c.id >= first)
            .group_by(editions.c.slot, deliveries.c.state)
        )
        if free_at is not None:
            query = query.where(
                or_(deliveries.c.lease_owner == "", deliveries.c.lease_until <= free_at)
            )
        queries = [query]
        if subscriber_ids is not None:
            mine = deliveries.c.subscriber_id
            queries = [query.where(mine.in_(chunk)) for chunk in chunks(subscriber_ids)]
        counted: Counter[tuple[str, str]] = Counter()
        with self._database.reading() as connection:
            for part in queries:
                for slot, state, number in connection.execute(part):
                    counted[slot, state] += number
        return dict(counted)

    def in_state(self, state: str, *, limit: int | None = None) -> list[Delivery]:
        """See ``Ledger``."""
        query = _all().where(deliveries.c.state == state)
        if state in _NOT_SENT_STATES:
            query = query.where(NOT_SENT)
        return self._read(query.limit(limit))

    def send_again(self, ids: Sequence[int], *, expires_at: datetime, now: datetime) -> int:
        """See ``Ledger``."""
        queued = {"state": DeliveryState.QUEUED, "next_attempt_at": now, "expires_at": expires_at}
        return self._settle_held(ids, queued | {"changed_at": now})

    def let_go(self, ids: Sequence[int], *, now: datetime) -> int:
        """See ``Ledger``."""
        sent = {"state": DeliveryState.SENT, "sent_at": now, "changed_at": now}
        return self._settle_held(ids, sent)

    def next_attempt_at(self) -> datetime | None:
        """See ``Ledger``; one that somebody has is due again when the lease runs out."""
        is_free = deliveries.c.lease_owner == ""
        waiting = select(func.min(deliveries.c.next_attempt_at)).where(CLAIMABLE, is_free)
        sending = select(func.min(deliveries.c.lease_until)).where(LEASED)
        with self._database.reading() as connection:
            times = [connection.scalar(waiting), connection.scalar(sending)]
        return min(filter(None, times), default=None)

    def suppress(self, address: str, reason: str, *, now: datetime) -> None:
        """See ``Ledger``; the first reason stays."""
        row = {"address_key": fold(address), "reason": reason, "since": now}
        with self._database.writing() as connection:
            query = insert_into(connection, suppressions).values(row)
            connection.execute(query.on_conflict_do_nothing(index_elements=["address_key"]))

    def suppressions(self) -> dict[str, str]:
        """See ``Ledger``; addresses are folded, as they are compared."""
        query = select(suppressions.c.address_key, suppressions.c.reason)
        with self._database.reading() as connection:
            return dict(connection.execute(query.order_by(suppressions.c.address_key)).all())

    def _settle_held(self, ids: Sequence[int], values: dict[str, Any]) -> int:
        held = update(deliveries).where(deliveries.c.state == DeliveryState.IN_DOUBT)
        with self._database.writing() as connection:
            return sum(
                connection.execute(held.where(deliveries.c.id.in_(chunk)).values(values)).rowcount
                for chunk in chunks(ids)
            )

    def _read(self, query: Select[Any]) -> list[Delivery]:
        with self._database.reading() as connection:
            return [delivery_of(row) for row in connection.execute(query)]


def _all() -> Select[Any]:
    return select(*DELIVERY_COLUMNS).order_by(deliveries.c.id)
