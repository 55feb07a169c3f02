"""Editions and the papers in them, as they are known now."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, groupby

from sqlalchemy import Connection, RowMapping, bindparam, exists, func, select

from digest.core.edition import Edition, Match
from digest.core.paper import Paper
from digest.core.schedule import Schedule, Slot
from digest.ports import History, KnownPapers
from digest.store.database import Database, chunks
from digest.store.histories import read_histories
from digest.store.outbox import Entry, put
from digest.store.retention import forget_editions
from digest.store.rows import PAPER_COLUMNS, paper_of
from digest.store.selections import decode_picked, decode_serials
from digest.store.tables import EMPTY, deliveries, editions, papers
from digest.store.waiting import Waiting

_EDITIONS = select(editions).where(editions.c.id.in_(bindparam("ids", expanding=True)))
_told = papers.alias("told")
_PAPERS = (
    select(_told.c.serial.label("told_as"), *PAPER_COLUMNS)
    .join_from(_told, papers, papers.c.serial == func.coalesce(_told.c.merged_into, _told.c.serial))
    .where(_told.c.serial.in_(bindparam("serials", expanding=True)))
)


class SqlEditionStore:
    """The ``EditionStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(
        self,
        slots: Mapping[Schedule, Slot],
        *,
        now: datetime,
        newest_serial: int,
        size: int,
        among: Sequence[int] | None = None,
    ) -> Iterator[list[int]]:
        """See ``EditionStore``."""
        having = groupby(sorted(slots, key=slots.__getitem__), slots.__getitem__)
        parts = [(slot, some) for slot, schedules in having for some in chunks(schedules)]
        for slot, schedules in parts:
            for ids in [None] if among is None else chunks(among):
                asked = Waiting(
                    slot=slot,
                    schedules=schedules,
                    now=now,
                    newest_serial=newest_serial,
                    size=size,
                    among=ids,
                )
                yield from self._pages(asked)

    def _pages(self, asked: Waiting) -> Iterator[list[int]]:
        last = 0
        while True:
            with self._database.reading() as connection:
                page = asked.after(connection, last)
            if not page:
                return
            yield page
            last = page[-1]

    def histories(self, subscriber_ids: Sequence[int], *, since: datetime) -> dict[int, History]:
        """See ``EditionStore``."""
        with self._database.reading() as connection:
            return read_histories(connection, subscriber_ids, since=since)

    def add_editions(self, entries: Sequence[Entry]) -> int:
        """See ``EditionStore``; a reader who was deleted meanwhile gets none."""
        with self._database.writing() as connection:
            return put(connection, entries)

    def empties(self) -> dict[str, int]:
        """See ``EditionStore``."""
        told_of = exists().where(deliveries.c.edition_id == editions.c.id)
        query = select(editions.c.slot, func.count()).where(EMPTY, ~told_of)
        with self._database.reading() as connection:
            rows = connection.execute(query.group_by(editions.c.slot))
            return dict(rows.all())

    def forget(self, *, before: datetime, limit: int) -> int:
        """See ``EditionStore``."""
        with self._database.writing() as connection:
            return forget_editions(connection, before=before, limit=limit)

    def editions(self, ids: Sequence[int], *, known: KnownPapers) -> dict[int, Edition]:
        """See ``EditionStore``."""
        found: dict[int, Edition] = {}
        with self._database.reading() as connection:
            for chunk in chunks(ids):
                rows = connection.execute(_EDITIONS, {"ids": chunk}).mappings().all()
                found |= {edition.id: edition for edition in _read(connection, rows, known)}
        return found

    def editions_of(
        self, subscriber_id: int, *, slot: str | None = None, limit: int | None = None
    ) -> list[Edition]:
        """See ``EditionStore``."""
        query = select(editions).where(editions.c.subscriber_id == subscriber_id)
        if slot is not None:
            query = query.where(editions.c.slot == slot)
        newest_first = query.order_by(editions.c.created_at.desc(), editions.c.id.desc())
        with self._database.reading() as connection:
            rows = connection.execute(newest_first.limit(limit)).mappings().all()
            return _read(connection, rows, _NothingKnown())


class _NothingKnown:
    """The ``KnownPapers`` of a single question."""

    def get(self, serial: int) -> Paper | None:
        """Nothing is at hand."""

    def keep(self, serial: int, paper: Paper) -> None:
        """Nothing is kept."""


def _read(connection: Connection, rows: Sequence[RowMapping], known: KnownPapers) -> list[Edition]:
    selected = [decode_serials(row["serials"]) for row in rows]
    told = _papers_told(connection, {*chain.from_iterable(selected)}, known)
    return [
        _edition(row, [told[serial] for serial in serials])
        for row, serials in zip(rows, selected, strict=True)
    ]


def _edition(row: RowMapping, shown: Sequence[Paper | None]) -> Edition:
    """Return the edition of a row, each paper under its oldest record.

    Args:
        row: of the edition.
        shown: the papers that it selected, None where one is gone.
    """
    picked = decode_picked(row["scores"], row["reasons"])
    pairs = zip(shown, picked, strict=False)  # the papers behind the picks are trending ones
    picks = [Match(paper, score, reasons) for paper, (score, reasons) in pairs if paper]
    trending = [paper for paper in shown[len(picked) :] if paper]
    if len({paper.id for paper in shown if paper}) < len(picks) + len(trending):
        picks, trending = _once(picks, trending)  # some have since proved to be the same
    return Edition(
        id=row["id"],
        subscriber_id=row["subscriber_id"],
        slot=Slot(row["slot_day"], row["slot"]),
        created_at=row["created_at"],
        cutoff=row["cutoff"],
        considered=row["considered"],
        matched=row["matched"],
        picks=tuple(picks),
        trending=tuple(trending),
    )


def _once(picks: Sequence[Match], trending: Sequence[Paper]) -> tuple[list[Match], list[Paper]]:
    """Return the same without papers that are there already, further up."""
    first = {match.paper.id: match for match in reversed(picks)}
    others = {paper.id: paper for paper in trending if paper.id not in first}
    return [match for match in picks if first[match.paper.id] is match], [*others.values()]


def _papers_told(
    connection: Connection, serials: set[int], known: KnownPapers
) -> dict[int, Paper | None]:
    """Return the papers of some editions by the serial under which they were told.

    One that somebody has deleted since is None: the others can be shown without it.
    """
    told = {serial: known.get(serial) for serial in serials}
    for chunk in chunks(serial for serial, paper in told.items() if paper is None):
        for row in connection.execute(_PAPERS, {"serials": chunk}).mappings():
            paper = told[row["told_as"]] = paper_of(row)
            known.keep(row["told_as"], paper)
    if gone := [serial for serial, paper in told.items() if paper is None]:
        import structlog  # noqa: PLC0415 - slow, and seldom wanted

        structlog.get_logger(__name__).warning("papers_gone", serials=sorted(gone))
    return told
