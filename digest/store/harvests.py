"""Write what a harvest told: new papers, better records, aliases, keys and signals."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection, bindparam, insert, select, update

from digest.core.paper import Paper, Signals, work_keys
from digest.ports import Added
from digest.store.database import chunks, insert_into
from digest.store.rows import SIGNAL_KINDS, paper_of, row_of_paper
from digest.store.tables import paper_keys, papers, signals
from digest.store.works import Work, join


def store_papers(connection: Connection, told: Sequence[Paper], now: datetime) -> Added:
    """Insert new works and bring known ones up to date; works are counted, not records."""
    known = _known_works(connection, chain.from_iterable(map(work_keys, told)))
    held = {key for work in known for key in work.keys}
    works = join(told, known)
    new = [work for work in works if work.stored is None]
    old = [work for work in works if work.stored is not None]
    _insert(connection, new, now)
    _update(connection, [work for work in old if work.paper != work.stored])
    for work in old:
        if work.younger:
            _make_aliases(connection, work)
    _add_keys(connection, works, held)
    _add_signals(connection, works, now)
    return Added(new=len(new), merged=len(old))


def _known_works(connection: Connection, keys: Iterable[str]) -> list[Work]:
    """Return the stored works that any of these keys leads to."""
    keys_of: dict[int, set[str]] = {}
    for chunk in chunks(dict.fromkeys(keys)):
        leads = select(paper_keys.c.serial, paper_keys.c.key).where(paper_keys.c.key.in_(chunk))
        for serial, key in connection.execute(leads):
            keys_of.setdefault(serial, set()).add(key)
    works: list[Work] = []
    for serials in chunks(keys_of):
        query = select(papers).where(papers.c.serial.in_(serials))
        for row in connection.execute(query).mappings():
            serial, paper = row["serial"], paper_of(row)
            works.append(
                Work(paper=paper, keys=keys_of[serial], age=serial, serial=serial, stored=paper)
            )
    return works


def _insert(connection: Connection, works: Sequence[Work], now: datetime) -> None:
    if not works:
        return
    rows = [row_of_paper(work.paper) | {"first_seen": now} for work in works]
    query = insert(papers).returning(papers.c.serial, sort_by_parameter_order=True)
    for work, serial in zip(works, connection.scalars(query, rows), strict=True):
        work.serial = serial


def _update(connection: Connection, works: Sequence[Work]) -> None:
    if works:
        query = update(papers).where(papers.c.serial == bindparam("row_serial"))
        rows = [row_of_paper(work.paper) | {"row_serial": work.serial} for work in works]
        connection.execute(query, rows)


def _make_aliases(connection: Connection, work: Work) -> None:
    """Lead everything that led to the younger rows to the work's own row.

    Signals stay with the row that they were told of, and so do editions: both say what was
    true then. Whoever reads an edition is led on to the older row.
    """
    led_here = papers.c.serial.in_(work.younger) | papers.c.merged_into.in_(work.younger)
    connection.execute(update(papers).where(led_here).values(merged_into=work.serial))
    keys = update(paper_keys).where(paper_keys.c.serial.in_(work.younger))
    connection.execute(keys.values(serial=work.serial))


def _add_keys(connection: Connection, works: Iterable[Work], held: AbstractSet[str]) -> None:
    rows = [
        {"key": key, "serial": work.serial}
        for work in works
        for key in work.keys
        if key not in held
    ]
    if rows:
        connection.execute(insert(paper_keys), rows)


def _add_signals(connection: Connection, works: Iterable[Work], now: datetime) -> None:
    """Append each number that is not the one we had."""
    rows = [
        {"serial": work.serial, "kind": kind, "seen_at": now, "value": value}
        for work in works
        for kind, value in _changed(work.stored.signals if work.stored else Signals(), work)
    ]
    if rows:
        query = insert_into(connection, signals)
        again = {"value": query.excluded.value}
        same = signals.primary_key.columns
        connection.execute(query.on_conflict_do_update(index_elements=same, set_=again), rows)


def _changed(before: Signals, work: Work) -> Iterator[tuple[str, int]]:
    for kind in SIGNAL_KINDS:
        value = getattr(work.paper.signals, kind)
        if value is not None and value != getattr(before, kind):
            yield kind, value
