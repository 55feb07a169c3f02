"""What every ``SubscriberStore`` promises of readers, one and many."""

import threading
from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import text

from digest.core.paper import PaperId
from digest.core.schedule import Cadence, Schedule
from digest.core.subscriber import Interests, Keyword, Origin, Status, TextField
from digest.errors import InvalidTransitionError, UnknownSubscriberError, UsageError
from tests.builders import NOW, a_delivery, a_harvest, a_paper, a_subscriber, an_edition, interests
from tests.contract.conftest import ADA, BOB


def test_a_new_subscriber_gets_an_id_and_a_date(people):
    ada, bob = people.add(ADA, now=NOW), people.add(BOB, now=NOW)
    assert 0 < ada.id < bob.id
    assert ada == replace(ADA, id=ada.id, created_at=NOW)
    assert people.by_id([ada.id, bob.id, 999]) == {ada.id: ada, bob.id: bob}


def test_a_subscriber_comes_back_as_stored(people):
    stored = people.add(
        a_subscriber(
            "Søren@Example.org",
            name="Søren",
            interests=Interests(
                keywords=(
                    Keyword(term="a b*", weight=-0.5, field=TextField.TITLE),
                    Keyword(term=""),
                ),
                exclude=("survey",),
                categories=("cs.*",),
                authors=("李 明",),
                liked=(PaperId("arxiv:2005.11401"),),
                text="“free words”",
                saved=(PaperId("arxiv:2005.11402"),),
                disliked=(PaperId("doi:10.1000/x"), PaperId("x:1")),
                exclude_authors=("A. Nother",),
            ),
            schedule=Schedule(
                cadence=Cadence.parse("weekly:fri"), send_at=time(6, 5), timezone="Europe/Oslo"
            ),
            max_papers=3,
            min_score=0.25,
            trending_weight=0.5,
            trending=0,
            outsider=True,
            theme="plain",
            status=Status.PAUSED,
            paused_until=NOW + timedelta(days=3, microseconds=1),
            origin=Origin.WEB,
            created_at=NOW - timedelta(days=1),
        ),
        now=NOW,
    )
    assert people.find("søren@example.ORG") == stored


def test_interests_stored_before_papers_could_be_saved_or_disliked_are_read(people, store):
    ada = people.add(ADA, now=NOW)
    row = '{"keywords":[["maps",1.0,null]],"exclude":[],"categories":[],"authors":[],'
    with store.database.writing() as connection:
        connection.execute(
            text("UPDATE subscribers SET interests = :row"),
            {"row": row + '"liked":["arxiv:1"],"text":""}'},
        )
    wanted = interests("maps", liked=(PaperId("arxiv:1"),))
    assert people.find(ADA.email) == replace(ada, interests=wanted)


@pytest.mark.parametrize("again", ["ada@example.org", "ADA@Example.org"])
def test_an_address_is_taken_in_any_case(people, again):
    people.add(ADA, now=NOW)
    with pytest.raises(UsageError, match=again):
        people.add(a_subscriber(again), now=NOW)
    assert len(people.all()) == 1


def test_an_unknown_address_finds_nobody(people):
    assert people.find("nobody@example.org") is None


def test_all_are_listed_by_address_and_by_status(people):
    bob, ada = people.add(BOB, now=NOW), people.add(ADA, now=NOW)
    gone = people.add(a_subscriber("Aaron@example.org", status=Status.UNSUBSCRIBED), now=NOW)
    assert people.all() == [gone, ada, bob]
    assert people.all(status=Status.ACTIVE) == [ada, bob]
    assert people.all(status=Status.PENDING) == []


def test_an_update_overwrites_everything_but_the_date_of_entry(people):
    ada = people.add(ADA, now=NOW)
    people.update(replace(BOB, id=ada.id, email="ada@example.net"))
    assert people.by_id([ada.id])[ada.id] == replace(
        BOB, id=ada.id, email="ada@example.net", created_at=NOW
    )
    assert people.find("ada@example.org") is None


def test_an_update_of_nobody_is_refused(people):
    with pytest.raises(UnknownSubscriberError):
        people.update(replace(ADA, id=999))


def test_an_update_may_not_take_another_address(people):
    people.add(ADA, now=NOW)
    bob = people.add(BOB, now=NOW)
    with pytest.raises(UsageError, match="ADA@"):
        people.update(replace(bob, email="ADA@example.org"))
    assert people.find("bob@example.org") == bob


def test_a_deleted_subscriber_leaves_nothing_and_no_number_is_used_twice(people, store):
    ada, paper = people.add(ADA, now=NOW), a_paper()
    store.papers.record_harvest("a", a_harvest(paper), now=NOW, not_before=None)
    store.editions.add_editions([(an_edition(ada, paper), a_delivery(ada))])
    people.delete(ada.id)
    people.delete(ada.id)
    assert people.all() == []
    assert store.editions.editions_of(ada.id) == []
    assert store.ledger.counts() == {}
    assert people.add(ADA, now=NOW).id > ada.id


def test_putting_adds_whom_nobody_knew_and_counts_them(people):
    people.add(ADA, now=NOW)
    assert people.put([a_subscriber("ADA@example.org", name="Ada"), BOB], now=NOW) == 1
    assert {reader.email: reader.name for reader in people.all()} == {
        "ADA@example.org": "Ada",
        "bob@example.org": "",
    }


def test_putting_undoes_nothing_that_a_reader_decided(people):
    gone = people.add(replace(ADA, origin=Origin.WEB), now=NOW).unsubscribe()
    paused = people.add(BOB, now=NOW).pause(NOW + timedelta(days=3))
    people.update(gone)
    people.update(paused)
    people.put([replace(ADA, name="A."), replace(BOB, name="B.")], now=NOW + timedelta(days=1))
    assert people.all() == [replace(gone, name="A."), replace(paused, name="B.")]


def test_putting_takes_over_an_unsubscribe(people):
    people.add(ADA, now=NOW)
    people.put([ADA.unsubscribe(), BOB.unsubscribe()], now=NOW)
    assert [reader.status for reader in people.all()] == [Status.UNSUBSCRIBED] * 2


def test_putting_nobody_changes_nothing(people):
    assert people.put([], now=NOW) == 0


def test_everybody_comes_by_address_also_when_there_are_many(people):
    addresses = [f"r{number:04}@example.org" for number in range(2_345)]
    people.sync([a_subscriber(address) for address in reversed(addresses)], now=NOW)
    assert [reader.email for reader in people.each()] == addresses
    assert next(people.each()) == people.find(addresses[0])


def test_the_schedules_of_those_who_get_mail_are_told_once_each(people):
    late = Schedule(send_at=time(23, 59), timezone="Pacific/Auckland")
    weekly = Schedule(cadence=Cadence.parse("weekly:fri"))
    for number, schedule in enumerate([late, weekly, late]):
        people.add(a_subscriber(f"r{number}@example.org", schedule=schedule), now=NOW)
    gone = a_subscriber("gone@example.org", schedule=Schedule(), status=Status.UNSUBSCRIBED)
    people.add(gone, now=NOW)
    assert sorted(people.schedules(now=NOW), key=repr) == sorted([late, weekly], key=repr)


def test_all_are_counted_and_those_who_get_mail(people):
    for status in Status:
        people.add(a_subscriber(f"{status}@example.org", status=status), now=NOW)
    later = NOW + timedelta(hours=1)
    paused = {"status": Status.PAUSED, "paused_until": later}
    people.add(a_subscriber("soon@example.org", **paused), now=NOW)
    assert people.number() == len(Status) + 1
    assert people.number(now=NOW) == 1
    assert people.number(now=later) == 2


def test_a_change_is_made_to_what_is_stored_and_told(people):
    ada = people.add(ADA, now=NOW)
    changed = people.change(ada.id, lambda reader: replace(reader, name="Ada"))
    assert changed == replace(ada, name="Ada") == people.find(ADA.email)
    assert people.change(999, lambda reader: reader) is None


def test_of_two_changes_at_once_none_is_lost(people):
    """A mail program unsubscribes while the reader saves a form."""
    ada = people.add(ADA, now=NOW)
    begun, others = threading.Event(), []

    def slowly(reader):
        begun.set()
        others[0].join(timeout=0.2)  # it waits for us, so this runs out
        return replace(reader, name="Ada")

    def leave():
        begun.wait()
        people.change(ada.id, lambda reader: reader.unsubscribe())

    others.append(threading.Thread(target=leave))
    others[0].start()
    people.change(ada.id, slowly)
    others[0].join()
    found = people.find(ADA.email)
    assert (found.name, found.status) == ("Ada", Status.UNSUBSCRIBED)


def test_a_change_that_raises_changes_nothing(people):
    ada, _ = people.add(ADA, now=NOW), people.add(BOB, now=NOW)
    with pytest.raises(InvalidTransitionError):
        people.change(ada.id, lambda reader: reader.unsubscribe().confirm())
    with pytest.raises(UsageError, match="already"):
        people.change(ada.id, lambda reader: replace(reader, email="BOB@example.org"))
    assert people.find(ADA.email) == ada
