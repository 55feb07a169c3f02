"""What every ``SubscriberStore`` promises of the readers of a file: who comes, changes, leaves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.schedule import Cadence, Schedule
from digest.core.subscriber import Origin, Status
from digest.errors import UsageError
from tests.builders import NOW, a_subscriber, interests
from tests.contract.conftest import ADA, BOB


def test_the_file_adds_readers(people):
    people.sync([ADA, BOB], now=NOW)
    assert [reader.email for reader in people.all(status=Status.ACTIVE)] == [ADA.email, BOB.email]
    assert {reader.created_at for reader in people.all()} == {NOW}
    assert {reader.origin for reader in people.all()} == {Origin.FILE}


def test_syncing_the_same_file_changes_nothing(people):
    people.sync([ADA, BOB], now=NOW)
    before = people.all()
    people.sync([BOB, ADA], now=NOW + timedelta(days=1))
    assert people.all() == before


def test_a_changed_block_changes_the_reader(people):
    people.sync([ADA], now=NOW)
    before = people.find(ADA.email)
    weekly = Schedule(cadence=Cadence.parse("weekly"))
    changed = replace(ADA, email="ADA@example.org", interests=interests("agents"), schedule=weekly)
    people.sync([changed], now=NOW + timedelta(days=1))
    assert people.all() == [replace(changed, id=before.id, created_at=NOW)]


def test_a_reader_whose_block_is_gone_gets_no_mail_until_it_is_back(people):
    people.sync([ADA, BOB], now=NOW)
    ada = people.find(ADA.email)
    for _ in range(2):
        people.sync([BOB], now=NOW)
        assert people.find(ADA.email).status is Status.UNSUBSCRIBED
        assert people.find(BOB.email).status is Status.ACTIVE
    people.sync([ADA, BOB], now=NOW)
    assert people.find(ADA.email) == ada


def test_a_readers_own_unsubscribe_is_never_overridden(people):
    people.sync([ADA], now=NOW)
    people.update(people.find(ADA.email).unsubscribe())
    for file in ([ADA], [replace(ADA, name="Ada")], [], [ADA]):
        people.sync(file, now=NOW)
        assert people.find(ADA.email).status is Status.UNSUBSCRIBED


def test_an_unsubscribe_while_the_block_is_gone_is_the_readers_own(people):
    people.sync([ADA], now=NOW)
    people.sync([], now=NOW)
    people.update(people.find(ADA.email).unsubscribe())
    people.sync([ADA], now=NOW)
    assert people.find(ADA.email).status is Status.UNSUBSCRIBED


def test_a_readers_own_pause_is_never_overridden(people):
    people.sync([ADA], now=NOW)
    until = NOW + timedelta(days=30)
    people.update(people.find(ADA.email).pause(until))
    for file in ([ADA], [replace(ADA, name="Ada")], [], [ADA]):
        people.sync(file, now=NOW)
    ada = people.find(ADA.email)
    assert (ada.status, ada.paused_until) == (Status.PAUSED, until)


@pytest.mark.parametrize("origin", [Origin.WEB, Origin.COMMAND])
def test_readers_of_other_origin_are_left_alone(people, origin):
    own = people.add(a_subscriber("ADA@example.org", origin=origin, name="Own"), now=NOW)
    people.sync([ADA], now=NOW)
    assert people.all() == [own]
    people.sync([], now=NOW)
    assert people.all() == [own]


def test_of_two_blocks_with_one_address_the_later_counts(people):
    people.sync([replace(ADA, name="one"), replace(ADA, name="two")], now=NOW)
    assert [reader.name for reader in people.all()] == ["two"]


def test_a_file_may_hold_more_readers_than_a_statement(people):
    many = [a_subscriber(f"r{number:04}@example.org") for number in range(2_345)]
    people.sync(many, now=NOW)
    everybody = people.all()
    assert len(people.by_id(reader.id for reader in everybody)) == 2_345
    people.sync([], now=NOW)
    assert people.all(status=Status.ACTIVE) == []
    people.sync(many, now=NOW)
    assert people.all() == everybody


def test_whoever_only_left_the_file_can_be_put_back(people):
    people.sync([ADA, BOB], now=NOW)
    people.sync([], now=NOW)
    people.put([replace(ADA, origin=Origin.COMMAND)], now=NOW)
    back = people.add(replace(BOB, origin=Origin.COMMAND), now=NOW)
    assert people.find(BOB.email) == back
    people.sync([], now=NOW)
    assert [(r.status, r.origin) for r in people.all()] == [(Status.ACTIVE, Origin.COMMAND)] * 2


def test_a_readers_own_end_outlasts_leaving_the_file(people):
    people.sync([ADA], now=NOW)
    people.update(people.find(ADA.email).unsubscribe())
    people.sync([], now=NOW)
    people.put([replace(ADA, origin=Origin.COMMAND)], now=NOW)
    assert people.find(ADA.email).status is Status.UNSUBSCRIBED
    with pytest.raises(UsageError):
        people.add(ADA, now=NOW)


def test_an_unsubscribe_of_one_who_left_the_file_outlasts_a_return_of_the_block(people):
    people.sync([ADA], now=NOW)
    people.sync([], now=NOW)
    people.change(people.find(ADA.email).id, lambda reader: reader.unsubscribe())
    people.sync([ADA], now=NOW)
    assert people.find(ADA.email).status is Status.UNSUBSCRIBED
