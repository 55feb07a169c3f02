"""What every ``EditionStore`` promises of who waits for an edition."""

from datetime import time, timedelta

import pytest

from digest.core.schedule import Schedule, Slot
from digest.core.subscriber import Status
from tests.builders import NOW, a_subscriber
from tests.contract.entries import MONDAY, ONE, TUESDAY, sent, unsent

EARLY, LATE = Schedule(send_at=time(6)), Schedule(send_at=time(6), timezone="Pacific/Auckland")
OPEN = {EARLY: Slot.parse(MONDAY), LATE: Slot.parse(TUESDAY)}


@pytest.fixture
def reader(store):
    """Add a reader."""

    def add(name, schedule=EARLY, **fields):
        told = a_subscriber(f"{name}@example.org", schedule=schedule, **fields)
        return store.subscribers.add(told, now=NOW)

    return add


@pytest.fixture
def waiting(editions):
    """Return the blocks of those who wait."""

    def found(slots=OPEN, *, now=NOW, newest_serial=9, size=100, among=None):
        return list(
            editions.waiting(slots, now=now, newest_serial=newest_serial, size=size, among=among)
        )

    return found


def test_a_reader_waits_until_the_slot_has_an_edition(reader, waiting, editions):
    bob, ada = reader("bob", LATE), reader("ada")
    assert waiting() == [[ada.id], [bob.id]], "the older slot first"
    editions.add_editions([sent(ada, ONE, slot=MONDAY)])
    assert waiting() == [[bob.id]]
    editions.add_editions([sent(bob, ONE, slot=MONDAY)])
    assert waiting() == [[bob.id]], "another slot's edition"
    editions.add_editions([sent(bob, ONE, slot=TUESDAY)])
    assert waiting() == []


def test_only_readers_with_an_open_slot_wait(reader, waiting):
    ada = reader("ada")
    reader("bob", LATE)
    reader("cy", Schedule(send_at=time(6, 1)))
    assert waiting({EARLY: OPEN[EARLY]}) == [[ada.id]]
    assert waiting({}) == []


def test_nobody_waits_who_gets_no_mail(reader, waiting):
    for status in (Status.PENDING, Status.UNSUBSCRIBED, Status.PAUSED):
        reader(status.value, status=status)
    soon = reader("soon", status=Status.PAUSED, paused_until=NOW + timedelta(hours=1))
    assert waiting() == []
    assert waiting(now=NOW + timedelta(hours=1)) == [[soon.id]]


def test_after_an_empty_edition_a_reader_waits_for_newer_papers(reader, waiting, editions):
    ada = reader("ada")
    editions.add_editions([unsent(ada, MONDAY, cutoff=4)])
    assert waiting(newest_serial=4) == []
    assert waiting(newest_serial=5) == [[ada.id]]


def test_an_empty_edition_that_is_sent_is_one(reader, waiting, editions):
    editions.add_editions([sent(reader("ada"), slot=MONDAY, cutoff=4)])
    assert waiting(newest_serial=5) == []


def test_those_who_wait_come_in_blocks_as_they_are_when_asked_for(reader, store, editions):
    readers = [reader(f"r{number}") for number in range(7)]
    blocks = editions.waiting(OPEN, now=NOW, newest_serial=9, size=3)
    ids = [each.id for each in readers]
    assert next(blocks) == ids[:3]
    store.subscribers.delete(ids[1])
    store.subscribers.delete(ids[4])
    assert list(blocks) == [[ids[3], ids[5], ids[6]]]


def test_some_readers_can_be_asked_about(reader, waiting, editions):
    ada, bob, cy = reader("ada"), reader("bob"), reader("cy")
    editions.add_editions([sent(bob, ONE, slot=MONDAY)])
    assert waiting(among=[bob.id, cy.id, 999]) == [[cy.id]]
    assert waiting(among=[]) == []
    assert waiting() == [[ada.id, cy.id]]


def test_thousands_of_readers_with_thousands_of_schedules_are_found(store, waiting):
    schedules = [
        Schedule(send_at=time(minute // 60, minute % 60), timezone=zone)
        for zone in ("UTC", "Asia/Tokyo")
        for minute in range(1440)
    ]
    readers = [
        a_subscriber(f"r{number}@example.org", schedule=schedule)
        for number, schedule in enumerate(schedules)
    ]
    store.subscribers.sync(readers, now=NOW)
    ids = {each.id for each in store.subscribers.all()}
    slots = dict.fromkeys(schedules, Slot.parse(MONDAY))
    for among in (None, sorted(ids)):
        found = [number for block in waiting(slots, size=700, among=among) for number in block]
        assert len(found) == len(ids)
        assert set(found) == ids


def test_a_mail_of_another_cadence_stands_for_a_slot_that_had_begun(reader, waiting, editions):
    zone = "America/New_York"  # its Monday begins at 05:00 UTC
    ada, bob, cy = (reader(name, Schedule(timezone=zone)) for name in ("ada", "bob", "cy"))
    week = Slot.parse("2026-W48")
    begins = NOW.replace(hour=5)
    late, day = {"created_at": begins - timedelta(seconds=1)}, timedelta(days=1)
    editions.add_editions(
        [
            sent(ada, ONE, slot=MONDAY, created_at=begins),
            sent(bob, ONE, slot="2026-11-22", **late),
            unsent(cy, slot=MONDAY, created_at=begins),
        ]
    )
    wanted = {Schedule(timezone=zone): week}
    assert waiting(wanted, now=NOW + day) == [[bob.id, cy.id]], "no mail since the week began"
    next_week = {Schedule(timezone=zone): Slot.parse("2026-W49")}
    assert waiting(next_week, now=NOW + 7 * day) == [[ada.id, bob.id, cy.id]]


def test_a_late_mail_of_the_same_cadence_does_not_stand_for_the_next_slot(
    reader, waiting, editions
):
    ada = reader("ada")
    editions.add_editions([sent(ada, ONE, slot="2026-11-22")])
    assert waiting() == [[ada.id]]
