"""What readers have had of late: the papers shown, and how far was looked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from digest.core.delivery import DeliveryState
from digest.core.paper import PaperId
from digest.ports import History
from digest.store.database import chunks
from digest.store.selections import decode_serials
from digest.store.tables import deliveries, editions, papers

_LOST = (DeliveryState.FAILED, DeliveryState.SUPPRESSED)
_WAS_SHOWN = or_(
    deliveries.c.state.not_in(_LOST),
    and_(deliveries.c.state.is_(None), editions.c.picks > 0),
)


@dataclass(slots=True)
class _Past:
    """A history while it is being read."""

    cutoff: int = 0
    shown: list[int] = field(default_factory=list)


def read_histories(
    connection: Connection, subscriber_ids: Sequence[int], *, since: datetime
) -> dict[int, History]:
    """Return what each of these readers has had since then; all are present in the result."""
    pasts = {reader: _Past() for reader in subscriber_ids}
    for chunk in chunks(pasts):
        _read_cutoffs(connection, chunk, since, pasts)
        _read_shown(connection, chunk, since, pasts)
    ids = _ids(connection, {serial for past in pasts.values() for serial in past.shown})
    return {
        reader: History(
            cutoff=past.cutoff,
            shown=frozenset(ids[serial] for serial in past.shown if serial in ids),
        )
        for reader, past in pasts.items()
    }


def _read_cutoffs(
    connection: Connection, readers: Sequence[int], since: datetime, pasts: dict[int, _Past]
) -> None:
    """Read how far was looked in editions that were not lost."""
    query = (
        select(editions.c.subscriber_id, func.max(editions.c.cutoff))
        .outerjoin_from(editions, deliveries, deliveries.c.edition_id == editions.c.id)
        .where(editions.c.subscriber_id.in_(readers), editions.c.created_at >= since)
        .where(or_(deliveries.c.state.is_(None), deliveries.c.state.not_in(_LOST)))
        .group_by(editions.c.subscriber_id)
    )
    for reader, cutoff in connection.execute(query):
        pasts[reader].cutoff = cutoff


def _read_shown(
    connection: Connection, readers: Sequence[int], since: datetime, pasts: dict[int, _Past]
) -> None:
    query = (
        select(editions.c.subscriber_id, editions.c.serials)
        .outerjoin_from(editions, deliveries, deliveries.c.edition_id == editions.c.id)
        .where(editions.c.subscriber_id.in_(readers), editions.c.created_at >= since, _WAS_SHOWN)
    )
    for reader, serials in connection.execute(query):
        pasts[reader].shown += decode_serials(serials)


def _ids(connection: Connection, serials: Iterable[int]) -> dict[int, PaperId]:
    """Return the id that each paper goes by now, but for those that somebody has deleted."""
    oldest = papers.alias("oldest")
    query = select(papers.c.serial, oldest.c.id).join_from(
        papers, oldest, oldest.c.serial == func.coalesce(papers.c.merged_into, papers.c.serial)
    )
    ids: dict[int, PaperId] = {}
    for chunk in chunks(serials):
        ids.update(connection.execute(query.where(papers.c.serial.in_(chunk))).all())
    return ids
