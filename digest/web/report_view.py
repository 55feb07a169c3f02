"""The operator's report as its template prints it: numbers as text, plots as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from digest.core.render.words import day_and_month, thousands
from digest.core.text import clip, safe_url, tidy
from digest.pipeline.report_facts import Named, Report, Wishes
from digest.ports.report import JudgedPaper
from digest.web.report_plots import (
    BOUNCES,
    DELIVERIES,
    BarView,
    PlotView,
    bars,
    plot_days,
    plot_one,
)
from digest.web.report_tables import (
    TableView,
    kinds_table,
    latest_table,
    moment,
    relays_table,
    sources_table,
)

_LONGEST_NAME = 80
_MINUTE = 60  # seconds; and minutes, in an hour
_READERS = {name: name for name in ("active", "pending", "paused", "unsubscribed", "suppressed")}
_WAITING = {"in doubt": "in_doubt", "queued": "queued", "sending": "sending"} | {
    "deferred": "deferred"
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A paper that readers judged."""

    title: str
    url: str
    more: str
    saved: str
    fewer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """The report; what has nothing to say is None or empty.

    Attributes:
        at: when it was made.
        span: which days it tells of.
        sums: numbers in large, each with what it counts.
        readers: by where they stand.
        arrivals: readers who came, by day.
        deliveries: what became of mails, by day.
        waiting: deliveries that are not settled.
        next_attempt: when the next one is due, or "".
        relays: how relays do.
        bounces: what came back, by day.
        kinds: what came back, by kind.
        suppressed: addresses that must not be mailed.
        latest: what came back last.
        asked: of how many readers the interests are.
        keywords, categories, authors: what most of them named.
        most_liked, least_liked: papers.
        papers: papers first seen, by day.
        sources: how sources do.
    """

    at: str
    span: str
    sums: Sequence[tuple[str, str]]
    readers: Sequence[BarView]
    arrivals: PlotView | None
    deliveries: PlotView | None
    waiting: Sequence[BarView]
    next_attempt: str
    relays: TableView
    bounces: PlotView | None
    kinds: TableView
    suppressed: Sequence[BarView]
    latest: TableView
    asked: str
    keywords: Sequence[BarView]
    categories: Sequence[BarView]
    authors: Sequence[BarView]
    most_liked: Sequence[PaperRow]
    least_liked: Sequence[PaperRow]
    papers: PlotView | None
    sources: TableView


def view_report(report: Report) -> ReportView:
    """Return a report as its template prints it."""
    state, wishes = report.state, report.wishes
    last = state.now.date()
    return ReportView(
        at=moment(state.now),
        span=f"{_day(report.first, last)} to {_day(last, last)}",
        sums=_sums(report),
        readers=bars(((name, state.readers.get(name, 0)) for name in _READERS), kinds=_READERS),
        arrivals=plot_one(
            "arrivals", "New readers", "new", report.arrivals, first=report.first, last=last
        ),
        deliveries=_deliveries(report),
        waiting=bars(
            ((name, state.waiting.get(key, 0)) for name, key in _WAITING.items()), kinds=_WAITING
        ),
        next_attempt=moment(report.next_attempt_at),
        relays=relays_table(report),
        bounces=plot_days(
            "bounces",
            "Bounces, complaints and requests",
            report.bounces,
            first=report.first,
            last=last,
            series=BOUNCES,
        ),
        kinds=kinds_table(report.bounces, last),
        suppressed=bars(sorted(state.suppressed.items())),
        latest=latest_table(report),
        asked=_asked(wishes),
        keywords=_named(wishes.keywords),
        categories=_named(wishes.categories),
        authors=_named(wishes.authors),
        most_liked=[_paper(of) for of in report.most_liked],
        least_liked=[_paper(of) for of in report.least_liked],
        papers=plot_one(
            "papers", "New papers", "new", report.papers, first=report.first, last=last
        ),
        sources=sources_table(report),
    )


def _sums(report: Report) -> list[tuple[str, str]]:
    sent = sum(day.states.get("sent", 0) for day in report.deliveries)
    back = sum(sum(kinds.values()) for kinds in report.bounces.values())
    return [
        (thousands(number), words)
        for number, words in (
            (report.state.readers.get("active", 0), "readers get mail"),
            (sent, f"mails sent in {_days(report)} days"),
            (sum(report.state.waiting.values()), "mails wait now"),
            (back, f"came back in {_days(report)} days"),
        )
    ]


def _days(report: Report) -> int:
    return (report.state.now.date() - report.first).days + 1


def _deliveries(report: Report) -> PlotView | None:
    waits = {of.day: [_wait(of.usual_wait), _wait(of.longest_wait)] for of in report.deliveries}
    return plot_days(
        "deliveries",
        "Deliveries",
        {of.day: of.states for of in report.deliveries},
        first=report.first,
        last=report.state.now.date(),
        series=DELIVERIES,
        more=waits,
        more_head=("mean wait", "longest wait"),
    )


def _asked(wishes: Wishes) -> str:
    asked = f"{thousands(wishes.readers)} {'reader' if wishes.readers == 1 else 'readers'}"
    without = f", {thousands(wishes.without)} of them without interests" if wishes.without else ""
    return asked + without


def _named(named: Sequence[Named]) -> list[BarView]:
    return bars((clip(tidy(of.name), _LONGEST_NAME), of.readers) for of in named)


def _paper(of: JudgedPaper) -> PaperRow:
    return PaperRow(
        title=tidy(of.title),
        url=safe_url(of.url),
        more=thousands(of.more),
        saved=thousands(of.saved),
        fewer=thousands(of.fewer),
    )


def _day(day: date, last: date) -> str:
    return day_and_month(day, this_year=last.year)


def _wait(wait: timedelta | None) -> str:
    """Return "12 s", "3 min" or "2.5 h"."""
    if wait is None:
        return ""
    seconds = max(0.0, wait.total_seconds())
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    minutes = seconds / _MINUTE
    return f"{minutes:.0f} min" if minutes < 2 * _MINUTE else f"{minutes / _MINUTE:.1f} h"
