"""Sign-ups on each database: limits hold at once, claims are nobody else's, old ones go."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.schedule import Schedule
from digest.core.sign_up import Answer, Limits, MailState, SignUp
from digest.core.subscriber import Origin, Status
from tests.builders import NOW, a_subscriber, interests

LIMITS = Limits(per_client=5, per_hour=60)
LEASE = timedelta(minutes=15)


def a_sign_up(email="bo@example.org", **fields):
    usual = {
        "email": email,
        "client": "c1",
        "interests": interests("retrieval"),
        "schedule": Schedule(timezone="Europe/Paris"),
        "asked_at": NOW,
    }
    return SignUp(**(usual | fields))


def claim(store, now=NOW):
    return store.sign_ups.claim(now=now, lease_until=now + LEASE, limit=10)


def test_what_was_typed_is_kept(store):
    asked = a_sign_up()
    assert store.sign_ups.ask(asked, LIMITS) is Answer.TAKEN
    (kept,) = claim(store)
    assert kept == replace(asked, id=kept.id)
    assert store.sign_ups.find(kept.id) == kept
    assert store.sign_ups.find(kept.id + 1) is None


def test_many_at_once_for_one_address_cause_one_mail(store):
    limits = Limits(per_client=100, per_hour=100)
    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(store.sign_ups.ask, a_sign_up(), limits) for _ in range(40)]
    assert {each.result() for each in asking} == {Answer.TAKEN}
    assert len(claim(store)) == 1


def test_many_at_once_of_one_client_are_taken_up_to_its_limit(store):
    with ThreadPoolExecutor(8) as pool:
        asking = [
            pool.submit(store.sign_ups.ask, a_sign_up(f"a{n}@example.org"), LIMITS)
            for n in range(20)
        ]
    answers = [each.result() for each in asking]
    assert (answers.count(Answer.TAKEN), answers.count(Answer.CLIENT_LIMIT)) == (5, 15)


def test_a_claim_is_nobody_else_s_until_its_lease_ends(store):
    store.sign_ups.ask(a_sign_up(), LIMITS)
    (mine,) = claim(store)
    assert claim(store, NOW + LEASE - timedelta(seconds=1)) == []
    assert claim(store, NOW + LEASE) == [mine]


def test_what_is_settled_is_not_claimed_again_before_its_time(store):
    store.sign_ups.ask(a_sign_up(), LIMITS)
    (mine,) = claim(store)
    later = NOW + timedelta(hours=1)
    store.sign_ups.settle(replace(mine, attempts=1), next_attempt_at=later)
    assert claim(store) == []
    (again,) = claim(store, later)
    assert again.attempts == 1
    store.sign_ups.settle(replace(again, mail=MailState.SENT), next_attempt_at=later)
    assert claim(store, later + timedelta(days=1)) == []


def test_agreeing_counts_once(store):
    store.sign_ups.ask(a_sign_up(), LIMITS)
    (mine,) = claim(store)
    assert store.sign_ups.confirm(mine.id, now=NOW)
    assert not store.sign_ups.confirm(mine.id, now=NOW)
    assert store.sign_ups.find(mine.id).confirmed_at == NOW


@pytest.mark.parametrize(("days", "is_kept"), [(29, True), (30, False)])
def test_what_no_limit_needs_is_forgotten(store, days, is_kept):
    store.sign_ups.ask(a_sign_up(), LIMITS)
    (mine,) = claim(store)
    later = NOW + timedelta(days=days)
    store.sign_ups.ask(a_sign_up("other@example.org", asked_at=later), LIMITS)
    assert (store.sign_ups.find(mine.id) is not None) is is_kept


def test_who_never_agreed_is_forgotten_and_nobody_else(store):
    def add(name, **fields):
        reader = a_subscriber(f"{name}@example.org", **({"origin": Origin.WEB} | fields))
        store.subscribers.add(reader, now=NOW)

    add("never", status=Status.PENDING)
    add("again", status=Status.PENDING)
    add("agreed", status=Status.ACTIVE)
    add("left", status=Status.UNSUBSCRIBED)
    add("imported", status=Status.PENDING, origin=Origin.COMMAND)
    later = NOW + timedelta(days=29)
    store.sign_ups.ask(a_sign_up("again@example.org", asked_at=later), LIMITS)
    store.sign_ups.ask(a_sign_up("x@example.org", asked_at=NOW + timedelta(days=30)), LIMITS)
    names = [reader.email.partition("@")[0] for reader in store.subscribers.all()]
    assert names == ["again", "agreed", "imported", "left"]
