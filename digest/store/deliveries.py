"""The ledger: who is sending what, and what the next hop said.

``attempts`` is the fencing token: a claim raises it, and an outcome is stored only while
it is still the one that the outcome belongs to.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select, update

from digest.core.delivery import Delivery, DeliveryState
from digest.store.claims import claim_due
from digest.store.database import Database, chunks, insert_into
from digest.store.rows import DELIVERY_COLUMNS, delivery_of, fold
from digest.store.tables import CLAIMABLE, NOT_SENT, SENDING, deliveries, editions, suppressions

_NOT_SENT_STATES = (DeliveryState.FAILED, DeliveryState.SUPPRESSED, DeliveryState.IN_DOUBT)
_SAME_ATTEMPT = (
    deliveries.c.id == bindparam("row_id"),
    deliveries.c.attempts == bindparam("token"),
    SENDING,
)
_RECORD = update(deliveries).where(*_SAME_ATTEMPT)
_RELEASE = (
    update(deliveries)
    .where(*_SAME_ATTEMPT, deliveries.c.lease_owner == bindparam("holder"))
    .values(
        state=DeliveryState.QUEUED,
        attempts=deliveries.c.attempts - 1,
        lease_owner="",
        lease_until=None,
        changed_at=bindparam("now", type_=deliveries.c.changed_at.type),
    )
)


class SqlLedger:
    """The ``Ledger`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(
        self,
        *,
        owner: str,
        limit: int,
        now: datetime,
        lease_until: datetime,
        subscriber_ids: Sequence[int] | None = None,
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
            )

    def record(self, delivery: Delivery, *, now: datetime) -> bool:
        """See ``Ledger``."""
        outcome = {
            "row_id": delivery.id,
            "token": delivery.attempts,
            "state": delivery.state,
            "next_attempt_at": delivery.next_attempt_at,
            "lease_owner": delivery.lease_owner,
            "lease_until": delivery.lease_until,
            "code": delivery.code,
            "reply": delivery.reply,
            "sent_at": delivery.sent_at,
            "changed_at": now,
        }
        with self._database.writing() as connection:
            return connection.execute(_RECORD, outcome).rowcount == 1

    def release(self, deliveries: Sequence[Delivery], *, now: datetime) -> None:
        """See ``Ledger``; a claim that is no longer its owner's is left alone."""
        claims = [
            {"row_id": of.id, "token": of.attempts, "holder": of.lease_owner, "now": now}
            for of in deliveries
        ]
        if claims:
            with self._database.writing() as connection:
                connection.execute(_RELEASE, claims)

    def abandoned(self, *, now: datetime, dead_owners: Iterable[str] = ()) -> list[Delivery]:
        """See ``Ledger``."""
        is_over = or_(
            deliveries.c.lease_until <= now, deliveries.c.lease_owner.in_(list(dead_owners))
        )
        return self._read(_all().where(SENDING, is_over))

    def owners(self) -> set[str]:
        """See ``Ledger``."""
        query = select(deliveries.c.lease_owner).where(SENDING).distinct()
        with self._database.reading() as connection:
            return set(connection.scalars(query))

    def deliveries(self, *, edition_ids: Sequence[int]) -> list[Delivery]:
        """See ``Ledger``."""
        return [
            delivery
            for chunk in chunks(edition_ids)
            for delivery in self._read(_all().where(deliveries.c.edition_id.in_(chunk)))
        ]

    def counts(self, *, subscriber_ids: Sequence[int] | None = None) -> dict[tuple[str, str], int]:
        """See ``Ledger``."""
        query = (
            select(editions.c.slot, deliveries.c.state, func.count())
            .join_from(deliveries, editions, editions.c.id == deliveries.c.edition_id)
            .group_by(editions.c.slot, deliveries.c.state)
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

    def in_state(self, state: str, *, limit: int = 100) -> list[Delivery]:
        """See ``Ledger``."""
        query = _all().where(deliveries.c.state == state)
        if state in _NOT_SENT_STATES:
            query = query.where(NOT_SENT)
        return self._read(query.limit(limit))

    def next_attempt_at(self) -> datetime | None:
        """See ``Ledger``; one that is being sent is due again when its lease runs out."""
        waiting = select(func.min(deliveries.c.next_attempt_at)).where(CLAIMABLE)
        sending = select(func.min(deliveries.c.lease_until)).where(SENDING)
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

    def _read(self, query: Select[Any]) -> list[Delivery]:
        with self._database.reading() as connection:
            return [delivery_of(row) for row in connection.execute(query)]


def _all() -> Select[Any]:
    return select(*DELIVERY_COLUMNS).order_by(deliveries.c.id)
