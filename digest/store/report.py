"""The report's counts of people, papers and what came back; the database does the counting."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    case,
    exists,
    func,
    literal_column,
    select,
    type_coerce,
)

from digest.core.bounces import BounceEvent
from digest.core.subscriber import Interests, Status
from digest.ports.report import DeliveryDay, JudgedPaper
from digest.store.bounces import read_events
from digest.store.database import Database
from digest.store.report_deliveries import delivery_days, waiting_by_state
from digest.store.report_verdicts import judged_papers
from digest.store.tables import bounce_events, papers, subscribers, suppressions

_BLOCK = 1_000
_EPOCH = date(1970, 1, 1)
# Microseconds, as times are stored; no bound value, for then PostgreSQL would not know the
# expression again by which it is to group.
_DAY = literal_column("86400000000", BigInteger)
_SUPPRESSED = "suppressed"
_WANTS = (Status.ACTIVE, Status.PAUSED)


class SqlReportStore:
    """The ``ReportStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def readers(self, *, now: datetime) -> Mapping[str, int]:
        """See ``ReportStore``."""
        address = suppressions.c.address_key
        is_blocked = exists().where(address == subscribers.c.email_key)
        status, until = subscribers.c.status, subscribers.c.paused_until
        stands = case(
            (status.in_(_WANTS) & is_blocked, _SUPPRESSED),
            ((status == Status.PAUSED) & (until <= now), Status.ACTIVE.value),
            else_=type_coerce(status, Text),
        )
        each = select(stands.label("stands")).subquery()
        query = select(each.c.stands, func.count()).group_by(each.c.stands)
        with self._database.reading() as connection:
            counted: dict[str, int] = dict(connection.execute(query).all())
        return {name: counted.get(name, 0) for name in (*map(str, Status), _SUPPRESSED)}

    def arrivals(self, *, since: date) -> Mapping[date, int]:
        """See ``ReportStore``."""
        return self._by_day(subscribers.c.created_at, since)

    def deliveries(self, *, first: date, last: date) -> list[DeliveryDay]:
        """See ``ReportStore``."""
        with self._database.reading() as connection:
            return delivery_days(connection, first=first, last=last)

    def waiting(self) -> Mapping[str, int]:
        """See ``ReportStore``."""
        with self._database.reading() as connection:
            return waiting_by_state(connection)

    def bounces(self, *, since: date) -> Mapping[date, Mapping[str, int]]:
        """See ``ReportStore``."""
        day = _day_of(bounce_events.c.seen_at)
        kind, is_traced = bounce_events.c.kind, bounce_events.c.subscriber_id.is_not(None)
        query = (
            select(day, kind, is_traced, func.count())
            .where(bounce_events.c.seen_at >= _midnight(since))
            .group_by(day, kind, is_traced)
        )
        days: defaultdict[date, dict[str, int]] = defaultdict(dict)
        with self._database.reading() as connection:
            for number, of, traced, count in connection.execute(query):
                kinds = days[_date(number)]
                name = of.value if traced else "untraced"
                kinds[name] = kinds.get(name, 0) + count
        return dict(days)

    def latest_bounces(self, *, limit: int) -> list[BounceEvent]:
        """See ``ReportStore``."""
        newest_first = (bounce_events.c.seen_at.desc(), bounce_events.c.id.desc())
        query = select(bounce_events).order_by(*newest_first).limit(limit)
        with self._database.reading() as connection:
            return read_events(connection, query)

    def interests(self) -> Iterator[Interests]:
        """See ``ReportStore``."""
        last = 0
        number = subscribers.c.id
        query = (
            select(number, subscribers.c.interests)
            .where(subscribers.c.status.in_(_WANTS))
            .order_by(number)
            .limit(_BLOCK)
        )
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(query.where(number > last)).all()
            if not rows:
                return
            yield from (wanted for _, wanted in rows)
            last = rows[-1][0]

    def judged(self, *, limit: int) -> tuple[list[JudgedPaper], list[JudgedPaper]]:
        """See ``ReportStore``."""
        with self._database.reading() as connection:
            return judged_papers(connection, limit)

    def papers(self, *, since: date) -> Mapping[date, int]:
        """See ``ReportStore``."""
        return self._by_day(papers.c.first_seen, since, papers.c.merged_into.is_(None))

    def _by_day(
        self, at: ColumnElement[Any], since: date, *only: ColumnElement[bool]
    ) -> dict[date, int]:
        day = _day_of(at)
        query = select(day, func.count()).where(at >= _midnight(since), *only)
        with self._database.reading() as connection:
            rows = connection.execute(query.group_by(day).order_by(day))
            return {_date(number): count for number, count in rows}


def _day_of(at: ColumnElement[Any]) -> ColumnElement[int]:
    """Return the days since 1970, by which rows are grouped."""
    return type_coerce(at, BigInteger) // _DAY


def _date(days: int) -> date:
    return _EPOCH + timedelta(days=days)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
