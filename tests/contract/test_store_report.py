"""What every ``ReportStore`` promises: counts of everything, over each database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.core.bounces import BounceEvent, BounceKind
from digest.core.delivery import DeliveryState
from digest.core.feedback import Feedback, Verdict
from digest.core.subscriber import Origin, Status
from tests.builders import (
    NOW,
    a_harvest,
    a_paper,
    a_subscriber,
    accepted,
    deferred,
    interests,
)

DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def people(store):
    """Add readers by name and status, at a time."""

    def add(*names, status=Status.ACTIVE, at=NOW, **fields):
        return [
            store.subscribers.add(
                a_subscriber(f"{name}@example.org", status=status, origin=Origin.WEB, **fields),
                now=at,
            )
            for name in names
        ]

    return add


def test_an_empty_store_has_counts_too(store):
    report = store.report
    assert report.readers(now=NOW) == {
        "pending": 0, "active": 0, "paused": 0, "unsubscribed": 0, "suppressed": 0,
    }  # fmt: skip
    assert report.waiting() == {"queued": 0, "sending": 0, "deferred": 0, "in_doubt": 0}
    assert report.deliveries(first=TODAY - 30 * DAY, last=TODAY) == []
    assert report.arrivals(since=TODAY) == report.bounces(since=TODAY) == {}
    assert report.papers(since=TODAY) == {}
    assert report.latest_bounces(limit=5) == [*report.interests()] == []
    assert report.judged(limit=5) == ([], [])


def test_each_reader_counts_once_where_they_stand(store, people):
    people("ada", "alan", "Grace")
    people("donald", status=Status.PENDING)
    people("barbara", status=Status.PAUSED)
    people("edsger", status=Status.PAUSED, paused_until=NOW)
    people("john", status=Status.PAUSED, paused_until=NOW + DAY)
    people("tony", "kurt", status=Status.UNSUBSCRIBED)
    for blocked in ("GRACE", "barbara", "kurt", "stranger"):
        store.ledger.suppress(f"{blocked}@example.org", "bounced", now=NOW)
    assert store.report.readers(now=NOW) == {
        "pending": 1, "active": 3, "paused": 1, "unsubscribed": 2, "suppressed": 2,
    }  # fmt: skip


def test_readers_are_told_by_the_day_they_came(store, people):
    people("old", at=NOW - 9 * DAY)
    people("late", at=datetime(2026, 11, 21, 23, 59, 59, 999_999, tzinfo=UTC))
    people("early", "too", at=datetime(2026, 11, 22, tzinfo=UTC))
    assert store.report.arrivals(since=date(2026, 11, 21)) == {
        date(2026, 11, 21): 1,
        date(2026, 11, 22): 2,
    }


def test_papers_are_told_by_the_day_they_were_first_seen(store):
    one, two = a_paper("2406.00001"), a_paper("2406.00002")
    store.papers.record_harvest("a", a_harvest(one), now=NOW - DAY, not_before=None)
    store.papers.record_harvest("a", a_harvest(one, two), now=NOW, not_before=None)
    assert store.report.papers(since=TODAY - DAY) == {TODAY - DAY: 1, TODAY: 1}
    assert store.report.papers(since=TODAY) == {TODAY: 1}


def test_deliveries_are_told_by_day_and_state_with_what_they_waited(store, queue, claim, begin):
    for name in ("ada", "alan", "grace"):
        queue(name)
    first, second, third = claim()
    sent = [replace(accepted(of), sent_at=NOW + late) for of, late in zip(
        begin(first, second), (timedelta(minutes=1), timedelta(minutes=4)), strict=True
    )]  # fmt: skip
    store.ledger.commit(begun=[], settled=[*sent, deferred(third, NOW + DAY)], now=NOW)
    queue("ada", slot="2026-11-22")
    (day_before, day) = store.report.deliveries(first=TODAY - DAY, last=TODAY)
    assert (day.day, day.states) == (TODAY, {"sent": 2, "deferred": 1})
    assert day.usual_wait == timedelta(seconds=150)
    assert day.longest_wait == timedelta(minutes=4)
    assert (day_before.day, day_before.states) == (TODAY - DAY, {"queued": 1})
    assert day_before.usual_wait is day_before.longest_wait is None


def test_weeks_and_months_count_on_the_day_they_were_due(store, queue):
    queue("ada", slot="2026-W48")  # from Monday 23 November
    queue("ada", slot="2026-11")
    queue("ada", slot="2026-10")
    days = store.report.deliveries(first=date(2026, 11, 1), last=TODAY)
    assert [of.day for of in days] == [date(2026, 11, 1), TODAY]


def test_what_is_not_settled_waits(store, queue, claim, begin):
    for name in ("ada", "alan", "grace", "tony"):
        queue(name)
    first, second, third = claim(limit=3)
    begin(first)
    (doubted,) = begin(second)
    doubted = replace(doubted, state=DeliveryState.IN_DOUBT, lease_owner="", lease_until=None)
    store.ledger.commit(begun=[], settled=[doubted, deferred(third, NOW + DAY)], now=NOW)
    assert store.report.waiting() == {"queued": 1, "sending": 1, "deferred": 1, "in_doubt": 1}


def test_what_came_back_is_told_by_day_and_kind_and_the_latest_in_full(store, people):
    (ada,) = people("ada")
    came = [
        (BounceKind.HARD, ada.id, NOW - DAY),
        (BounceKind.HARD, ada.id, NOW),
        (BounceKind.COMPLAINT, ada.id, NOW),
        (BounceKind.SOFT, None, NOW),
        (BounceKind.SOFT, None, NOW - 9 * DAY),
    ]
    for number, (kind, reader, at) in enumerate(came):
        store.bounces.record(
            BounceEvent(
                key=str(number),
                kind=kind,
                address="ada@example.org",
                subscriber_id=reader,
                diagnostic=f"reason {number}",
                source="mailbox",
                seen_at=at,
            )
        )
    assert store.report.bounces(since=TODAY - DAY) == {
        TODAY - DAY: {"hard": 1},
        TODAY: {"hard": 1, "complaint": 1, "untraced": 1},
    }
    latest = store.report.latest_bounces(limit=3)
    assert [event.diagnostic for event in latest] == ["reason 3", "reason 2", "reason 1"]


def test_interests_are_those_of_subscribed_readers(store, people):
    people("ada", interests=interests("retrieval"))
    people("alan", status=Status.PAUSED, interests=interests("logic"))
    people("grace", status=Status.UNSUBSCRIBED, interests=interests("compilers"))
    people("tony", status=Status.PENDING, interests=interests("sorting"))
    assert [wanted.keywords[0].term for wanted in store.report.interests()] == [
        "retrieval",
        "logic",
    ]


def test_the_last_word_of_each_reader_on_each_work_makes_a_paper_liked_or_not(store, people):
    papers = [a_paper(f"2406.0000{number}", url=f"https://x.example/{number}") for number in "123"]
    store.papers.record_harvest("a", a_harvest(*papers), now=NOW, not_before=None)
    ada, alan, grace = people("ada", "alan", "grace")

    def say(reader, paper, verdict, author=""):
        told = Feedback(paper=paper.id, verdict=verdict, author=author, at=NOW)
        assert store.feedback.record(reader.id, told)

    first, second, third = papers
    say(ada, first, Verdict.FEWER)
    say(ada, first, Verdict.MORE)
    say(alan, first, Verdict.SAVE)
    say(ada, second, Verdict.FEWER)
    say(alan, second, Verdict.FEWER)
    say(grace, second, Verdict.MORE)
    say(grace, third, Verdict.NOT_AUTHOR, "A. Nother")
    most, (least,) = store.report.judged(limit=5)
    assert [(of.id, of.more, of.saved, of.fewer) for of in most] == [
        (first.id, 1, 1, 0),
        (second.id, 1, 0, 2),
    ]
    assert (least.title, least.url, least.fewer) == (second.title, second.url, 2)
    assert len(store.report.judged(limit=1)[0]) == 1


def test_verdicts_on_two_records_of_one_work_count_for_the_older(store, people):
    old, young = a_paper("2406.00001"), a_paper("doi:10.1000/x")
    ada, alan = people("ada", "alan")
    for paper in (old, young):
        store.papers.record_harvest("a", a_harvest(paper), now=NOW, not_before=None)
        told = Feedback(paper=paper.id, verdict=Verdict.MORE, at=NOW)
        store.feedback.record((ada if paper is old else alan).id, told)
    both = replace(old, doi="10.1000/x")
    store.papers.record_harvest("a", a_harvest(both), now=NOW, not_before=None)
    (liked,), _ = store.report.judged(limit=5)
    assert (liked.id, liked.more) == (old.id, 2)
