"""The operator's report: everything counted, as values without a single address."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.core.bounces import BounceEvent
from digest.core.privacy import without_addresses, without_certain_addresses
from digest.core.tally import Tally
from digest.pipeline.report_facts import Bounce, Named, Report, State, Wishes
from digest.ports.bounces import SuppressionStore
from digest.ports.ledger import Ledger
from digest.ports.papers import SourceRecord
from digest.ports.relays import RelayStore
from digest.ports.report import JudgedPaper, ReportStore

DAYS = 30
"""How many days a report looks back, the present one included."""
_DAY = timedelta(days=1)  # somewhere it is tomorrow already
_LATEST = 20
_WISHES, _OTHERS, _PAPERS = 20, 10, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """What a report is counted from, and what it says of sources, of which one is asked."""

    report: ReportStore
    ledger: Ledger
    relays: RelayStore
    suppressions: SuppressionStore
    sources: Sequence[SourceRecord]


def take_state(stores: Stores, *, now: datetime) -> State:
    """Count how things stand: cheap enough to be asked every few seconds."""
    yesterday, tomorrow = now.date() - _DAY, now.date() + _DAY
    report = stores.report
    return State(
        now=now,
        readers=report.readers(now=now),
        waiting=report.waiting(),
        suppressed=stores.suppressions.counts(),
        sources=[replace(of, detail=without_addresses(of.detail)) for of in stores.sources],
        relays=[
            replace(of, trouble=without_addresses(of.trouble))
            for of in stores.relays.relay_records(now=now)
        ],
        came_back=_summed(report.bounces(since=yesterday).values()),
        delivered=_summed(day.states for day in report.deliveries(first=yesterday, last=tomorrow)),
    )


def make_report(stores: Stores, *, now: datetime) -> Report:
    """Count everything."""
    today = now.date()
    first = today - timedelta(days=DAYS - 1)
    report = stores.report
    most_liked, least_liked = report.judged(limit=_PAPERS)
    return Report(
        state=take_state(stores, now=now),
        first=first,
        next_attempt_at=stores.ledger.next_attempt_at(),
        arrivals=report.arrivals(since=first),
        papers=report.papers(since=first),
        deliveries=report.deliveries(first=first, last=today + _DAY),
        bounces=report.bounces(since=first),
        latest=[_bounce(event) for event in report.latest_bounces(limit=_LATEST)],
        wishes=_wishes(report),
        most_liked=_titled(most_liked),
        least_liked=_titled(least_liked),
    )


def _wishes(report: ReportStore) -> Wishes:
    keywords, categories, authors = Tally(), Tally(), Tally()
    readers = without = 0
    for wanted in report.interests():
        readers += 1
        without += wanted.is_empty
        keywords.add(keyword.term for keyword in wanted.keywords if keyword.weight > 0)
        categories.add(wanted.categories)
        authors.add(wanted.authors)
    return Wishes(
        readers=readers,
        without=without,
        keywords=_named(keywords, _WISHES),
        categories=_named(categories, _OTHERS),
        authors=_named(authors, _OTHERS),
    )


def _named(tally: Tally, limit: int) -> list[Named]:
    return [
        Named(name=without_certain_addresses(name), readers=readers)
        for name, readers in tally.top(limit)
    ]


def _titled(papers: Sequence[JudgedPaper]) -> list[JudgedPaper]:
    return [replace(paper, title=without_certain_addresses(paper.title)) for paper in papers]


def _bounce(event: BounceEvent) -> Bounce:
    return Bounce(
        seen_at=event.seen_at,
        kind=event.kind if event.subscriber_id is not None else "untraced",
        reader=event.subscriber_id,
        status=event.status,
        diagnostic=without_addresses(event.diagnostic),
        source=event.source,
    )


def _summed(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    summed: Counter[str] = Counter()
    for part in parts:
        summed.update(part)
    return dict(summed)
