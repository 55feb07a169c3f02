"""Tables of the report: what came back, and how relays and sources do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.core.render.words import thousands
from digest.core.text import clip, tidy
from digest.pipeline.report import DAYS
from digest.pipeline.report_facts import Report
from digest.web.report_plots import BOUNCES

_WEEK = timedelta(days=7)
_LONGEST_LINE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """Rows of text under a head."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def kinds_table(days: Mapping[date, Mapping[str, int]], last: date) -> TableView:
    """Return what came back in a week and in all days, by kind."""
    week = [kinds for day, kinds in days.items() if day > last - _WEEK]
    rows = [
        [part.name, *(thousands(_total(of, part.kind)) for of in (week, [*days.values()]))]
        for part in BOUNCES
        if _total([*days.values()], part.kind)
    ]
    return TableView(head=["kind", f"{_WEEK.days} days", f"{DAYS} days"], rows=rows)


def _total(days: Sequence[Mapping[str, int]], kind: str) -> int:
    return sum(kinds.get(kind, 0) for kinds in days)


def latest_table(report: Report) -> TableView:
    """Return what came back last."""
    return TableView(
        head=["when", "kind", "reader", "status", "what was said", "how we know"],
        rows=[
            [
                moment(of.seen_at), of.kind, str(of.reader or "unknown"), of.status,
                clip(tidy(of.diagnostic), _LONGEST_LINE), of.source,
            ]
            for of in report.latest
        ],
    )  # fmt: skip


def relays_table(report: Report) -> TableView:
    """Return how relays do."""
    return TableView(
        head=["relay", "state", "failures", "again at", "sent today", "detail"],
        rows=[
            [
                of.name, of.cause.value or "works", thousands(of.failures),
                moment(of.not_before), thousands(of.sent_today),
                clip(tidy(of.trouble), _LONGEST_LINE),
            ]
            for of in report.state.relays
        ],
    )  # fmt: skip


def sources_table(report: Report) -> TableView:
    """Return how sources do."""
    return TableView(
        head=["source", "state", "papers", "asked", "last good", "failures", "detail"],
        rows=[
            [
                of.name, of.state or "never asked", thousands(of.papers_total),
                moment(of.checked_at), moment(of.good_at), thousands(of.failures),
                clip(tidy(of.detail), _LONGEST_LINE),
            ]
            for of in report.state.sources
        ],
    )  # fmt: skip


def moment(at: datetime | None) -> str:
    """Return "2026-11-26 13:02", "" for no time."""
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
