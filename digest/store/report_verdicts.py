"""Which papers readers liked most and least, by each reader's last word on each work."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from digest.core.feedback import Verdict
from digest.ports.report import JudgedPaper
from digest.store.tables import feedback, papers


def most_liked(connection: Connection, limit: int) -> list[JudgedPaper]:
    """Return those that most readers want more like, or saved."""
    return _judged(connection, limit, {Verdict.MORE, Verdict.SAVE})


def least_liked(connection: Connection, limit: int) -> list[JudgedPaper]:
    """Return those that most readers want fewer like."""
    return _judged(connection, limit, {Verdict.FEWER})


def _judged(connection: Connection, limit: int, verdicts: set[Verdict]) -> list[JudgedPaper]:
    """Count the standing verdicts by work; a work is the older record of those that are merged."""
    work = func.coalesce(papers.c.merged_into, papers.c.serial)
    standing = (
        select(work.label("work"), func.max(feedback.c.id).label("id"))
        .join_from(feedback, papers, papers.c.serial == feedback.c.serial)
        .group_by(feedback.c.subscriber_id, work)
        .subquery()
    )
    said = feedback.c.verdict
    rank = _number(said.in_(verdicts))
    counted = (
        select(
            standing.c.work,
            rank.label("rank"),
            *(_number(said == verdict).label(verdict.name) for verdict in Verdict),
        )
        .join_from(standing, feedback, feedback.c.id == standing.c.id)
        .group_by(standing.c.work)
        .having(rank > 0)
        .order_by(rank.desc(), standing.c.work.desc())
        .limit(limit)
        .subquery()
    )
    query = (
        select(papers.c.id, papers.c.title, papers.c.url, counted)
        .join_from(counted, papers, papers.c.serial == counted.c.work)
        .order_by(counted.c.rank.desc(), counted.c.work.desc())
    )
    return [
        JudgedPaper(
            id=row["id"],
            title=row["title"],
            url=row["url"],
            more=row["MORE"],
            saved=row["SAVE"],
            fewer=row["FEWER"],
        )
        for row in connection.execute(query).mappings()
    ]


def _number(which: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((which, 1), else_=0))
