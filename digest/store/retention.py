"""What is deleted when it has been kept for long enough."""

from datetime import datetime
from itertools import takewhile

from sqlalchemy import Connection, delete, or_, select

from digest.core.delivery import DeliveryState
from digest.store.database import chunks
from digest.store.tables import deliveries, editions

_OVER = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SUPPRESSED)


def forget_editions(connection: Connection, *, before: datetime, limit: int) -> int:
    """Delete the oldest editions and their deliveries; see ``EditionStore.forget``."""
    oldest = (
        select(editions.c.id, editions.c.created_at)
        .outerjoin_from(editions, deliveries, deliveries.c.edition_id == editions.c.id)
        .where(or_(deliveries.c.state.is_(None), deliveries.c.state.in_(_OVER)))
        .order_by(editions.c.id)
        .limit(limit)
    )
    rows = connection.execute(oldest)
    old = [number for number, _ in takewhile(lambda row: row.created_at < before, rows)]
    for chunk in chunks(old):
        connection.execute(delete(editions).where(editions.c.id.in_(chunk)))
    return len(old)
