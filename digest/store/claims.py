"""The statement that claims deliveries, and settles on the way those not to be sent.

One UPDATE looks at suppressions, at the reader's wish and at the expiry in the same moment
in which it takes the row. A claim is a lease on a row that stays queued or deferred.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Executable,
    Text,
    bindparam,
    case,
    literal,
    null,
    or_,
    select,
    update,
)

from digest.core.delivery import Delivery, DeliveryState
from digest.core.outcome import Cause
from digest.store.columns import choices, instants
from digest.store.database import chunks
from digest.store.rows import DELIVERY_COLUMNS, Values, delivery_of
from digest.store.tables import CLAIMABLE, deliveries, subscribers, suppressions
from digest.store.willing import gets_mail

_SETTLED_AT_ONCE = 1_000
_OPEN = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
_NOW = bindparam("now", type_=instants())
_OWNER = bindparam("owner", type_=Text())
_UNTIL = bindparam("until", type_=instants())
_LIMIT = bindparam("limit", type_=BigInteger())
_READERS = bindparam("readers", type_=BigInteger(), expanding=True)
_STATE, _CAUSE = choices(DeliveryState), choices(Cause)

_EXPIRED = deliveries.c.expires_at <= _NOW
_SUPPRESSED = suppressions.c.address_key.is_not(None)
_WANTED = gets_mail(_NOW)
_IS_FREE = or_(deliveries.c.lease_owner == "", deliveries.c.lease_until <= _NOW)
_VERDICT = case(
    (_EXPIRED, literal(DeliveryState.FAILED, _STATE)),
    (_SUPPRESSED, literal(DeliveryState.SUPPRESSED, _STATE)),
    (_WANTED, deliveries.c.state),
    else_=literal(DeliveryState.SUPPRESSED, _STATE),
)
_WHY = case(
    (_EXPIRED, literal(Cause.EXPIRED, _CAUSE)),
    (_SUPPRESSED, literal(Cause.SUPPRESSED, _CAUSE)),
    (_WANTED, deliveries.c.cause),
    else_=literal(Cause.NOT_WANTED, _CAUSE),
)
_GIVEN_UP = literal("given up: ") + case(
    (deliveries.c.reply == "", "its time was over before it was tried"),
    else_=deliveries.c.reply,
)
_REPLY = case(
    (_EXPIRED, _GIVEN_UP),
    (_SUPPRESSED, literal("the address is suppressed: ") + suppressions.c.reason),
    (_WANTED, deliveries.c.reply),
    else_=literal("the reader is ") + subscribers.c.status.cast(Text),
)


@dataclass(frozen=True, slots=True)
class _Statements:
    """The same UPDATE for the next ``limit`` due deliveries, twice.

    Attributes:
        claim: takes those to be sent, settles the others, returns all.
        settle: settles those that are not to be sent, leaves the others, returns their states.
    """

    claim: Executable
    settle: Executable


def _statements(*only: ColumnElement[bool]) -> _Statements:
    # MATERIALIZED: asked for again and again in one UPDATE, rows that are locked with SKIP LOCKED
    # are others each time, and more than ``limit`` would be taken (PostgreSQL, SELECT, WITH).
    due = (
        select(
            deliveries.c.id,
            _VERDICT.label("verdict"),
            _WHY.label("why"),
            _REPLY.label("reply"),
        )
        .join_from(deliveries, subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .outerjoin(suppressions, suppressions.c.address_key == deliveries.c.recipient_key)
        .where(CLAIMABLE, deliveries.c.next_attempt_at <= _NOW, _IS_FREE, *only)
        .order_by(deliveries.c.next_attempt_at, deliveries.c.id)
        .limit(_LIMIT)
        .with_for_update(of=deliveries, skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    is_taken = due.c.verdict.in_(_OPEN)
    change = (
        update(deliveries)
        .where(deliveries.c.id == due.c.id)
        .values(
            state=due.c.verdict,
            token=deliveries.c.token + case((is_taken, 1), else_=0),
            lease_owner=case((is_taken, _OWNER), else_=""),
            lease_until=case((is_taken, _UNTIL), else_=null()),
            cause=due.c.why,
            reply=due.c.reply,
            changed_at=_NOW,
        )
    )
    settle = change.where(~is_taken).returning(deliveries.c.state)
    return _Statements(change.returning(*DELIVERY_COLUMNS), settle)


_OF_ALL = _statements()
_OF_READERS = _statements(deliveries.c.subscriber_id.in_(_READERS))


def claim_due(
    connection: Connection,
    *,
    owner: str,
    limit: int,
    now: datetime,
    until: datetime,
    readers: Sequence[int] | None,
    settled: Callable[[DeliveryState], None],
) -> list[Delivery]:
    """Claim up to ``limit`` due deliveries, oldest first, of these readers or of all.

    ``settled`` hears of the state of each that is not to be sent.
    """
    values: Values = {"owner": owner, "now": now, "until": until}
    if readers is None:
        return _claim(connection, _OF_ALL, values, limit, settled)
    claimed: list[Delivery] = []
    for chunk in chunks(readers):
        values["readers"] = chunk
        claimed += _claim(connection, _OF_READERS, values, limit - len(claimed), settled)
    return claimed


def _claim(
    connection: Connection,
    statements: _Statements,
    values: Values,
    limit: int,
    settled: Callable[[DeliveryState], None],
) -> list[Delivery]:
    claimed: list[Delivery] = []
    while wanted := limit - len(claimed):
        rows = connection.execute(statements.claim, values | {"limit": wanted}).all()
        batch = [delivery_of(row) for row in rows]
        claimed += [delivery for delivery in batch if delivery.state.is_open]
        for delivery in batch:
            if not delivery.state.is_open:
                settled(delivery.state)
        if len(batch) < wanted:
            break
        if len(claimed) < limit:
            # Some at the head of the queue are not to be sent; perhaps very many are.
            some = values | {"limit": _SETTLED_AT_ONCE}
            for state in connection.scalars(statements.settle, some):
                settled(state)
    return sorted(claimed, key=lambda delivery: (delivery.next_attempt_at, delivery.id))
