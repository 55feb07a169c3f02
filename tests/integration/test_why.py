"""Why a reader did or did not get a mail: one code and one sentence for every case."""

from datetime import timedelta

import pytest

from digest.core.delivery import Delivery, DeliveryState
from digest.core.edition import Edition, Match
from digest.core.outcome import Cause
from digest.core.schedule import Cadence, Schedule, Slot
from digest.core.subscriber import Status
from digest.pipeline.why import Code, why
from digest.ports import RelayRecord, SourceRecord
from tests.builders import NOW, a_paper, a_subscriber

SLOT = Slot.parse("2026-11-23")


def an_edition(picks=1, **fields):
    return Edition(
        **{
            "subscriber_id": 1,
            "slot": SLOT,
            "created_at": NOW,
            "cutoff": 9,
            "considered": 9,
            "matched": picks,
            "picks": tuple(Match(paper=a_paper(f"s:{n}"), score=1.0) for n in range(picks)),
        }
        | fields
    )


def a_delivery(state):
    return Delivery(
        edition_id=1,
        subscriber_id=1,
        recipient="ada@example.org",
        message_id="<m@example.org>",
        state=state,
        attempts=2,
        next_attempt_at=NOW + timedelta(minutes=5),
        expires_at=NOW + timedelta(days=1),
        lease_owner="vm:boot:1:1",
        reply="451 later",
        sent_at=NOW,
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DeliveryState.SENT, "accepted by the next hop at 2026-11-23 08:00 UTC with 1 of 9"),
        (DeliveryState.QUEUED, "composed with 1 of 9 candidates, waiting to be sent"),
        (DeliveryState.SENDING, "attempt 2 is under way"),
        (DeliveryState.DEFERRED, "attempt 2 did not work (451 later); again at 2026-11-23 08:05"),
        (DeliveryState.FAILED, "failed for good: 451 later"),
        (DeliveryState.IN_DOUBT, "held, it may have arrived: 451 later"),
        (DeliveryState.SUPPRESSED, "not sent: 451 later"),
    ],
)
def test_a_delivery_tells_its_state(state, words):
    verdict = why(a_subscriber(), SLOT, [an_edition()], [a_delivery(state)], now=NOW)
    assert verdict.code == state.value
    assert words in verdict.sentence


@pytest.mark.parametrize(
    ("edition", "words"),
    [
        (an_edition(0, considered=0), "no paper was new to this reader"),
        (an_edition(0), "none of 9 new papers matched the interests"),
        (an_edition(0, matched=4), "4 of 9 new papers matched, none reached min_score"),
    ],
)
def test_an_empty_edition_tells_what_was_looked_at(edition, words):
    verdict = why(a_subscriber(), SLOT, [edition], [], now=NOW)
    assert verdict.code is Code.EMPTY
    assert words in verdict.sentence


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.PENDING, Code.PENDING),
        (Status.PAUSED, Code.PAUSED),
        (Status.UNSUBSCRIBED, Code.UNSUBSCRIBED),
    ],
)
def test_a_reader_who_wants_no_mail_is_told_apart(status, code):
    assert why(a_subscriber(status=status), SLOT, [], [], now=NOW).code is code


def test_a_slot_that_has_not_come_is_not_due_and_names_the_next():
    verdict = why(a_subscriber(), Slot.parse("2026-11-24"), [], [], now=NOW)
    assert verdict.code is Code.NOT_DUE
    assert "2026-11-24, is due at 2026-11-24 07:30 UTC" in verdict.sentence


def test_a_slot_that_passed_with_nobody_at_work_says_so():
    verdict = why(a_subscriber(), Slot.parse("2026-11-20"), [], [], now=NOW)
    assert verdict.code is Code.NOT_COMPOSED
    assert "neither `digest send` nor the daemon ran" in verdict.sentence


def test_a_mail_that_waits_for_a_relay_in_trouble_names_it_and_its_trouble():
    relay = RelayRecord(
        name="mx:25", failures=1, trouble="no STARTTLS", cause=Cause.TLS_FAILED, since=NOW
    )
    queued = a_delivery(DeliveryState.QUEUED)
    verdict = why(a_subscriber(), SLOT, [an_edition()], [queued], now=NOW, relays=[relay])
    assert verdict.sentence == (
        "composed with 1 of 9 candidates, waiting to be sent: "
        "mx:25 is in trouble since 2026-11-23 08:00 UTC: no STARTTLS"
    )
    assert (verdict.code, verdict.cause) == (Code.QUEUED, Cause.TLS_FAILED)
    sent = why(
        a_subscriber(),
        SLOT,
        [an_edition()],
        [a_delivery(DeliveryState.SENT)],
        now=NOW,
        relays=[relay],
    )
    assert "trouble" not in sent.sentence


def test_an_edition_without_news_names_the_sources_that_gave_no_answer():
    hour = timedelta(hours=1)
    trouble = {"state": "unreachable", "detail": "timed out", "failures": 2, "checked_at": NOW}
    sources = [
        SourceRecord(name="fine", state="quiet", good_at=NOW),
        SourceRecord(name="later", good_at=NOW + hour, **trouble),
        SourceRecord(name="mute", good_at=NOW - hour, **trouble),
        SourceRecord(name="new", **trouble),
        SourceRecord(name="idle"),
    ]
    empty = an_edition(0, considered=0)
    assert why(a_subscriber(), SLOT, [empty], [], now=NOW, sources=sources).sentence == (
        "no paper was new to this reader; "
        "source mute gave no good answer since 2026-11-23 07:00 UTC (unreachable: timed out); "
        "source new gave no good answer yet (unreachable: timed out); "
        "source idle was never asked"
    )


@pytest.mark.parametrize(
    ("cadence", "slot", "theirs"),
    [
        ("weekdays", "2026-11-21", "2026-11-20"),
        ("weekly:fri", "2026-11-20", "2026-W47"),
        ("monthly", "2026-11-20", "2026-11"),
        ("monthly", "2026-W47", "2026-11"),
        ("daily", "2026-11", "2026-11-01"),
    ],
)
def test_a_slot_that_the_cadence_never_has_is_told_with_the_cadence(cadence, slot, theirs):
    reader = a_subscriber(schedule=Schedule(cadence=Cadence.parse(cadence)))
    verdict = why(reader, Slot.parse(slot), [], [], now=NOW)
    assert verdict.code is Code.NO_SLOT
    assert verdict.sentence.endswith(f"the cadence is {cadence}, with slots such as {theirs}")


def test_a_slot_that_passed_was_due_on_the_readers_own_weekday():
    fridays = a_subscriber(schedule=Schedule(cadence=Cadence.parse("weekly:fri")))
    verdict = why(fridays, Slot.parse("2026-W47"), [], [], now=NOW)
    assert verdict.code is Code.NOT_COMPOSED
    assert "due at 2026-11-20 07:30 UTC" in verdict.sentence


def test_every_delivery_state_has_a_code():
    assert {state.value for state in DeliveryState} <= {code.value for code in Code}


def test_a_mail_of_another_cadence_that_stands_for_a_slot_is_named():
    weekly = a_subscriber(schedule=Schedule(cadence=Cadence.parse("weekly")))
    sent = a_delivery(DeliveryState.SENT)
    verdict = why(weekly, Slot.parse("2026-W48"), [an_edition()], [sent], now=NOW)
    assert (verdict.slot, verdict.code) == ("2026-W48", Code.SENT)
    assert verdict.sentence.startswith("the mail of 2026-11-23 stands for this slot: accepted by")
