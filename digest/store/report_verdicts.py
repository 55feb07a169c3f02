"""Which papers readers liked most and least, by each reader's last word on each work."""

from collections.abc import Callable, Iterable
from heapq import nlargest
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select

from digest.core.feedback import Verdict
from digest.ports.report import JudgedPaper
from digest.store.tables import feedback, papers


class _Judged(NamedTuple):
    """How many readers said what of a work last."""

    work: int
    more: int
    saved: int
    fewer: int


def judged_papers(
    connection: Connection, limit: int
) -> tuple[list[JudgedPaper], list[JudgedPaper]]:
    """Return those that most readers want more like, or saved; and those with most dislikes."""
    every = _judged(connection)
    most = _largest(every, limit, lambda of: of.more + of.saved)
    least = _largest(every, limit, lambda of: of.fewer)
    return _titled(connection, most), _titled(connection, least)


def _judged(connection: Connection) -> list[_Judged]:
    """Count the standing verdicts by work; a work is the older record of those that are merged."""
    work = func.coalesce(papers.c.merged_into, papers.c.serial)
    standing = (
        select(work.label("work"), func.max(feedback.c.id).label("id"))
        .join_from(feedback, papers, papers.c.serial == feedback.c.serial)
        .group_by(feedback.c.subscriber_id, work)
        .subquery()
    )
    said = (Verdict.MORE, Verdict.SAVE, Verdict.FEWER)
    counts = (func.sum(case((feedback.c.verdict == verdict, 1), else_=0)) for verdict in said)
    query = (
        select(standing.c.work, *counts)
        .join_from(standing, feedback, feedback.c.id == standing.c.id)
        .group_by(standing.c.work)
    )
    return [_Judged(*map(int, row)) for row in connection.execute(query)]


def _largest(every: Iterable[_Judged], limit: int, rank: Callable[[_Judged], int]) -> list[_Judged]:
    """Return those with the largest rank above 0; of equals the newer first."""
    return nlargest(limit, filter(rank, every), key=lambda of: (rank(of), of.work))


def _titled(connection: Connection, judged: Iterable[_Judged]) -> list[JudgedPaper]:
    by_work = {of.work: of for of in judged}
    query = select(papers.c.serial, papers.c.id, papers.c.title, papers.c.url)
    rows: dict[int, Any] = {
        row.serial: row for row in connection.execute(query.where(papers.c.serial.in_([*by_work])))
    }
    return [
        JudgedPaper(
            id=rows[work].id,
            title=rows[work].title,
            url=rows[work].url,
            more=of.more,
            saved=of.saved,
            fewer=of.fewer,
        )
        for work, of in by_work.items()
    ]
