"""Papers, their signals, and how far each source has been read."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from digest.core.harvest import Harvest
from digest.core.paper import Paper, PaperId, Sighting
from digest.ports import Added, SourceRecord, StoredPaper
from digest.store.database import Database, chunks, insert_into, one_at_a_time
from digest.store.harvests import store_papers
from digest.store.rows import PAPER_COLUMNS, paper_of, row_of_source, source_of, stored_paper_of
from digest.store.sightings import read_sightings
from digest.store.tables import paper_keys, papers, sources


class SqlPaperStore:
    """The ``PaperStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_harvest(
        self, source: str, harvest: Harvest, *, now: datetime, not_before: datetime | None
    ) -> Added:
        """See ``PaperStore``; works are counted, not the records that tell of them."""
        with self._database.writing() as connection:
            one_at_a_time(connection, "harvest")
            added = store_papers(connection, harvest.papers, now)
            before = _source_record(connection, source)
            after = _after(before, harvest, added, now=now, not_before=not_before)
            _put_source(connection, after)
        return added

    def source_record(self, name: str) -> SourceRecord:
        """See ``PaperStore``."""
        with self._database.reading() as connection:
            return _source_record(connection, name)

    def source_records(self) -> list[SourceRecord]:
        """See ``PaperStore``."""
        with self._database.reading() as connection:
            rows = connection.execute(select(sources).order_by(sources.c.name)).mappings()
            return [source_of(row) for row in rows]

    def newest_serial(self) -> int:
        """See ``PaperStore``."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.max(papers.c.serial))) or 0

    def papers_since(self, serial: int, *, first_seen_after: datetime) -> list[StoredPaper]:
        """See ``PaperStore``; a paper that is an alias of an older one is not news."""
        seen = (papers.c.serial > serial) & (papers.c.first_seen > first_seen_after)
        return self._stored(seen)

    def papers_between(self, begin: datetime, end: datetime) -> list[StoredPaper]:
        """See ``PaperStore``."""
        return self._stored((papers.c.first_seen >= begin) & (papers.c.first_seen < end))

    def first_seen_times(self) -> list[tuple[datetime, int]]:
        """See ``PaperStore``; the papers of one harvest share their time."""
        query = (
            select(papers.c.first_seen, func.count())
            .where(papers.c.merged_into.is_(None))
            .group_by(papers.c.first_seen)
            .order_by(papers.c.first_seen)
        )
        with self._database.reading() as connection:
            return [(at, number) for at, number in connection.execute(query)]

    def sightings(
        self, *, first_seen_after: datetime, by: datetime
    ) -> dict[PaperId, list[Sighting]]:
        """See ``PaperStore``."""
        with self._database.reading() as connection:
            return read_sightings(connection, first_seen_after=first_seen_after, by=by)

    def papers(self, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
        """See ``PaperStore``."""
        found: dict[PaperId, Paper] = {}
        query = select(paper_keys.c.key, *PAPER_COLUMNS).join(papers)
        with self._database.reading() as connection:
            for chunk in chunks(dict.fromkeys(map(str, ids))):
                rows = connection.execute(query.where(paper_keys.c.key.in_(chunk))).mappings()
                found |= {PaperId(row["key"]): paper_of(row) for row in rows}
        return found

    def _stored(self, which: ColumnElement[bool]) -> list[StoredPaper]:
        query = select(papers).where(which, papers.c.merged_into.is_(None))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(papers.c.serial)).mappings()
            return [stored_paper_of(row) for row in rows]


def _source_record(connection: Connection, name: str) -> SourceRecord:
    row = connection.execute(select(sources).where(sources.c.name == name)).mappings().first()
    return source_of(row) if row else SourceRecord(name=name)


def _after(
    before: SourceRecord,
    harvest: Harvest,
    added: Added,
    *,
    now: datetime,
    not_before: datetime | None,
) -> SourceRecord:
    """Return what is known of a source after one more answer."""
    good = harvest.state.is_good
    return SourceRecord(
        name=before.name,
        cursor=harvest.cursor if good else before.cursor,
        state=harvest.state.value,
        detail=harvest.remark,
        checked_at=now,
        good_at=now if good else before.good_at,
        failures=0 if good else before.failures + 1,
        not_before=not_before,
        papers_total=before.papers_total + added.new,
    )


def _put_source(connection: Connection, record: SourceRecord) -> None:
    row = row_of_source(record)
    query = insert_into(connection, sources).values(row)
    connection.execute(query.on_conflict_do_update(index_elements=[sources.c.name], set_=row))
