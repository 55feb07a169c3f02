"""Sightings: what the community's numbers of recent papers were before."""

from datetime import datetime

from sqlalchemy import Connection, and_, case, func, or_, select

from digest.core.paper import PaperId, Sighting
from digest.store.tables import papers, signals


def read_sightings(
    connection: Connection, *, first_seen_after: datetime, by: datetime
) -> dict[PaperId, list[Sighting]]:
    """Return the first sighting of each number and the last one up to a time, by paper."""
    at = signals.c.seen_at
    recent = select(papers.c.serial).where(papers.c.first_seen > first_seen_after)
    ends = (
        select(
            signals.c.serial,
            signals.c.kind,
            func.min(at).label("first"),
            func.max(case((at <= by, at))).label("last"),
        )
        .where(signals.c.serial.in_(recent))
        .group_by(signals.c.serial, signals.c.kind)
        .subquery()
    )
    same = and_(signals.c.serial == ends.c.serial, signals.c.kind == ends.c.kind)
    query = (
        select(papers.c.id, signals.c.kind, at, signals.c.value)
        .join_from(ends, signals, same)
        .join(papers, papers.c.serial == ends.c.serial)
        .where(or_(at == ends.c.first, at == ends.c.last))
        .order_by(signals.c.serial, signals.c.kind, at)
    )
    found: dict[PaperId, list[Sighting]] = {}
    for paper, kind, seen_at, value in connection.execute(query):
        found.setdefault(paper, []).append(Sighting(kind, seen_at, value))
    return found
