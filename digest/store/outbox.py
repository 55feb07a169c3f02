"""Put editions and their deliveries into the outbox."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, exists, insert, select

from digest.core.delivery import Delivery
from digest.core.edition import Edition
from digest.core.paper import PaperId
from digest.errors import StoreError
from digest.store.database import chunks, insert_into
from digest.store.rows import Values, row_of_delivery
from digest.store.selections import encode_selection, papers_of
from digest.store.tables import EMPTY, deliveries, editions, paper_keys, subscribers

Entry = tuple[Edition, Delivery | None]
_Key = tuple[int, str]  # subscriber and slot


def put(connection: Connection, entries: Sequence[Entry]) -> int:
    """Store editions that are not there yet; return how many."""
    there = _still_there(connection, {edition.subscriber_id for edition, _ in entries})
    wanted: dict[_Key, Entry] = {}
    for edition, delivery in entries:
        if edition.subscriber_id in there:
            wanted.setdefault((edition.subscriber_id, edition.slot.key), (edition, delivery))
    _make_way(connection, wanted.keys())
    ids = _insert_editions(connection, [edition for edition, _ in wanted.values()])
    stored = [(number, *wanted[key]) for key, number in ids.items()]
    _insert_deliveries(connection, stored)
    return len(stored)


def _still_there(connection: Connection, subscriber_ids: Iterable[int]) -> set[int]:
    there: set[int] = set()
    for chunk in chunks(subscriber_ids):
        there.update(
            connection.scalars(select(subscribers.c.id).where(subscribers.c.id.in_(chunk)))
        )
    return there


def _make_way(connection: Connection, keys: Iterable[_Key]) -> None:
    """Delete empty editions that nobody was told of, where there is to be another one."""
    wanted = set(keys)
    told_of = exists().where(deliveries.c.edition_id == editions.c.id)
    empty = select(editions.c.id, editions.c.subscriber_id, editions.c.slot).where(
        editions.c.slot.in_({slot for _, slot in wanted}), EMPTY, ~told_of
    )
    for readers in chunks({reader for reader, _ in wanted}):
        rows = connection.execute(empty.where(editions.c.subscriber_id.in_(readers)))
        replaced = [number for number, reader, slot in rows if (reader, slot) in wanted]
        for chunk in chunks(replaced):
            connection.execute(delete(editions).where(editions.c.id.in_(chunk)))


def _insert_editions(connection: Connection, told: Sequence[Edition]) -> dict[_Key, int]:
    """Insert editions; return the numbers of those that were not there."""
    if not told:
        return {}
    serials = _serials(connection, {paper.id for edition in told for paper in papers_of(edition)})
    rows = [
        {
            "subscriber_id": edition.subscriber_id,
            "slot": edition.slot.key,
            "slot_day": edition.slot.day,
            "created_at": edition.created_at,
            "cutoff": edition.cutoff,
            "considered": edition.considered,
            "matched": edition.matched,
            "picks": len(edition.picks),
            **encode_selection(edition, serials)._asdict(),
        }
        for edition in told
    ]
    query = insert_into(connection, editions).on_conflict_do_nothing(
        index_elements=["subscriber_id", "slot"]
    )
    returning = query.returning(editions.c.id, editions.c.subscriber_id, editions.c.slot)
    return {(reader, slot): number for number, reader, slot in connection.execute(returning, rows)}


def _serials(connection: Connection, ids: Iterable[PaperId]) -> dict[PaperId, int]:
    wanted = set(ids)
    serials: dict[PaperId, int] = {}
    for chunk in chunks(map(str, wanted)):
        query = select(paper_keys.c.key, paper_keys.c.serial).where(paper_keys.c.key.in_(chunk))
        serials |= {PaperId(key): serial for key, serial in connection.execute(query)}
    if missing := wanted - serials.keys():
        raise StoreError(f"{min(missing)}: an edition holds this paper, but the store does not")
    return serials


def _insert_deliveries(
    connection: Connection, stored: Iterable[tuple[int, Edition, Delivery | None]]
) -> None:
    rows: list[Values] = [
        row_of_delivery(delivery)
        | {
            "edition_id": number,
            "subscriber_id": edition.subscriber_id,
            "changed_at": edition.created_at,
        }
        for number, edition, delivery in stored
        if delivery is not None
    ]
    if rows:
        connection.execute(insert(deliveries), rows)
