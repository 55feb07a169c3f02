"""Editions and the papers in them, as they are known now."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from digest.core.edition import Edition, Match
from digest.core.paper import PaperId
from digest.core.schedule import Slot
from digest.ports import History
from digest.store.database import Database, chunks
from digest.store.histories import read_histories
from digest.store.outbox import PICK, TRENDING, Entry, put
from digest.store.rows import PAPER_COLUMNS, paper_of
from digest.store.tables import edition_papers, editions, papers

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


class SqlEditionStore:
    """The ``EditionStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def histories(self, subscriber_ids: Sequence[int]) -> dict[int, History]:
        """See ``EditionStore``."""
        with self._database.reading() as connection:
            return read_histories(connection, subscriber_ids)

    def add_editions(self, entries: Sequence[Entry]) -> int:
        """See ``EditionStore``; a reader who was deleted meanwhile gets none."""
        with self._database.writing() as connection:
            return put(connection, entries)

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
    sections: dict[str, dict[int, list[Match]]] = {PICK: {}, TRENDING: {}}
    seen: set[tuple[int, PaperId]] = set()
    for chunk in chunks(edition_ids):
        for row in connection.execute(_PAPERS_OF, {"editions": chunk}).mappings():
            place = row["edition_id"], row["id"]
            if place not in seen:  # two records that were found to be one since
                seen.add(place)
                match = Match(paper=paper_of(row), score=row["score"], reasons=row["reasons"])
                sections[row["section"]].setdefault(row["edition_id"], []).append(match)
    return sections[PICK], sections[TRENDING]
