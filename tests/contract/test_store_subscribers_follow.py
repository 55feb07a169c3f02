"""What every ``SubscriberStore`` promises of settings that readers have left to the list."""

from dataclasses import replace
from datetime import time

import pytest

from digest.core.schedule import Cadence, Schedule
from digest.core.subscriber import LIST_SETTINGS
from tests.builders import NOW, a_subscriber
from tests.contract.conftest import ADA, BOB

USUAL = a_subscriber(
    "usual@example.org",
    schedule=Schedule(
        cadence=Cadence.parse("weekly:fri"), send_at=time(18, 5), timezone="Europe/Oslo"
    ),
    max_papers=7,
    min_score=0.25,
    trending_weight=0.5,
    trending=0,
    outsider=True,
    theme="plain",
)


@pytest.mark.parametrize("name", LIST_SETTINGS)
def test_what_is_left_to_the_list_is_what_the_list_has(people, name):
    before = people.add(replace(ADA, follows=frozenset({name})), now=NOW)
    assert people.follow(USUAL) == 1
    after = people.find(ADA.email)
    parts = (USUAL.schedule, before.schedule) if hasattr(USUAL.schedule, name) else (USUAL, before)
    changed = {name: getattr(parts[0], name)}
    if parts[1] is before:
        assert after == replace(before, **changed)
    else:
        assert after == replace(before, schedule=replace(before.schedule, **changed))


def test_whoever_has_decided_everything_stays_as_they_are(people):
    bob = people.add(BOB, now=NOW)
    assert people.follow(USUAL) == 0
    assert people.find(BOB.email) == bob


def test_following_what_has_not_changed_changes_nothing(people):
    people.add(replace(ADA, follows=frozenset(LIST_SETTINGS)), now=NOW)
    assert people.follow(USUAL) == 1
    assert people.follow(USUAL) == 0
