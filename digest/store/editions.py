"""Editions with their papers, and the deliveries that they put into the outbox."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, RowMapping, bindparam, delete, exists, func, insert, select

from digest.core.delivery import Delivery
from digest.core.edition import Edition, Match
from digest.core.paper import PaperId
from digest.core.schedule import Slot
from digest.errors import StoreError
from digest.ports import History
from digest.store.database import Database, chunks, insert_into
from digest.store.histories import read_histories
from digest.store.rows import PAPER_COLUMNS, Values, paper_of, row_of_delivery
from digest.store.tables import (
    deliveries,
    edition_papers,
    editions,
    paper_keys,
    papers,
    subscribers,
)

_PICK = "pick"
_TRENDING = "trending"
_EDITION = select(editions).where(editions.c.id == bindparam("edition_id"))
_told = papers.alias("told")
_PAPERS_OF = (
    select(
        edition_papers.c.edition_id,
        edition_papers.c.section,
        edition_papers.c.score,
        edition_papers.c.reasons,
        *PAPER_COLUMNS,
    )
    .select_from(edition_papers)
    .join(_told, _told.c.serial == edition_papers.c.serial)
    .join(papers, papers.c.serial == func.coalesce(_told.c.merged_into, _told.c.serial))
    .where(edition_papers.c.edition_id.in_(bindparam("editions", expanding=True)))
    .order_by(edition_papers.c.edition_id, edition_papers.c.position)
)
_Entry = tuple[Edition, Delivery | None]
_Key = tuple[int, str]  # subscriber and slot


class SqlEditionStore:
    """The ``EditionStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def histories(self, subscriber_ids: Sequence[int]) -> dict[int, History]:
        """See ``EditionStore``."""
        with self._database.reading() as connection:
            return read_histories(connection, subscriber_ids)

    def add_editions(self, entries: Sequence[_Entry]) -> int:
        """See ``EditionStore``; a reader who was deleted meanwhile gets none."""
        with self._database.writing() as connection:
            there = _still_there(connection, {edition.subscriber_id for edition, _ in entries})
            wanted: dict[_Key, _Entry] = {}
            for edition, delivery in entries:
                if edition.subscriber_id in there:
                    wanted.setdefault(_key(edition), (edition, delivery))
            _make_way(connection, wanted.keys())
            ids = _insert_editions(connection, [edition for edition, _ in wanted.values()])
            stored = [(number, *wanted[key]) for key, number in ids.items()]
            _insert_papers(connection, [(number, edition) for number, edition, _ in stored])
            _insert_deliveries(connection, stored)
        return len(stored)

    def edition(self, edition_id: int) -> Edition | None:
        """See ``EditionStore``."""
        with self._database.reading() as connection:
            rows = connection.execute(_EDITION, {"edition_id": edition_id}).mappings().all()
            return next(iter(_read(connection, rows)), None)

    def editions_of(self, subscriber_id: int, *, slot: str | None = None) -> list[Edition]:
        """See ``EditionStore``."""
        query = select(editions).where(editions.c.subscriber_id == subscriber_id)
        if slot is not None:
            query = query.where(editions.c.slot == slot)
        newest_first = query.order_by(editions.c.created_at.desc(), editions.c.id.desc())
        with self._database.reading() as connection:
            return _read(connection, connection.execute(newest_first).mappings().all())


def _key(edition: Edition) -> _Key:
    return edition.subscriber_id, edition.slot.key


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
        editions.c.picks == 0, ~told_of
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
        }
        for edition in told
    ]
    query = insert_into(connection, editions).on_conflict_do_nothing(
        index_elements=["subscriber_id", "slot"]
    )
    returning = query.returning(editions.c.id, editions.c.subscriber_id, editions.c.slot)
    return {(reader, slot): number for number, reader, slot in connection.execute(returning, rows)}


def _insert_papers(connection: Connection, told: Sequence[tuple[int, Edition]]) -> None:
    serials = _serials(connection, {match.paper.id for _, of in told for match in _matches(of)})
    rows = [
        {
            "edition_id": number,
            "section": _PICK if position < len(edition.picks) else _TRENDING,
            "position": position,
            "serial": serials[match.paper.id],
            "score": match.score,
            "reasons": match.reasons,
        }
        for number, edition in told
        for position, match in enumerate(_matches(edition))
    ]
    if rows:
        connection.execute(insert(edition_papers), rows)


def _matches(edition: Edition) -> Iterator[Match]:
    """Yield the picks, then the trending papers, which have neither score nor reasons."""
    yield from edition.picks
    for paper in edition.trending:
        yield Match(paper=paper, score=0.0)


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


def _read(connection: Connection, rows: Sequence[RowMapping]) -> list[Edition]:
    picks, trending = _papers_of(connection, [row["id"] for row in rows])
    return [
        Edition(
            id=row["id"],
            subscriber_id=row["subscriber_id"],
            slot=Slot(row["slot_day"], row["slot"]),
            created_at=row["created_at"],
            cutoff=row["cutoff"],
            considered=row["considered"],
            matched=row["matched"],
            picks=tuple(picks.get(row["id"], ())),
            trending=tuple(match.paper for match in trending.get(row["id"], ())),
        )
        for row in rows
    ]


def _papers_of(
    connection: Connection, edition_ids: Iterable[int]
) -> tuple[dict[int, list[Match]], dict[int, list[Match]]]:
    """Return picks and trending papers by edition, each paper under its oldest record."""
    sections: dict[str, dict[int, list[Match]]] = {_PICK: {}, _TRENDING: {}}
    seen: set[tuple[int, PaperId]] = set()
    for chunk in chunks(edition_ids):
        for row in connection.execute(_PAPERS_OF, {"editions": chunk}).mappings():
            place = row["edition_id"], row["id"]
            if place not in seen:  # two records that were found to be one since
                seen.add(place)
                match = Match(paper=paper_of(row), score=row["score"], reasons=row["reasons"])
                sections[row["section"]].setdefault(row["edition_id"], []).append(match)
    return sections[_PICK], sections[_TRENDING]
