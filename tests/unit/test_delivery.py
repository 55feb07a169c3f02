from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.delivery import (
    Accepted,
    Deferred,
    Delivery,
    DeliveryState,
    OnDoubt,
    Refused,
    RetryPolicy,
    Unknown,
    next_state,
    recovered,
)
from tests.builders import NOW

POLICY = RetryPolicy()
HOLD = RetryPolicy(on_doubt=OnDoubt.HOLD)


def a_delivery(**fields):
    return Delivery(
        **{
            "id": 7,
            "edition_id": 1,
            "subscriber_id": 1,
            "recipient": "ada@example.org",
            "message_id": "m@example.org",
            "state": DeliveryState.SENDING,
            "attempts": 1,
            "next_attempt_at": NOW,
            "expires_at": NOW + timedelta(hours=24),
            "lease_owner": "me",
            "lease_until": NOW + timedelta(minutes=15),
        }
        | fields
    )


def settle(delivery, outcome, policy=POLICY, jitter=0.5):
    return next_state(delivery, outcome, policy=policy, now=NOW, jitter=jitter)


def test_accepted_is_sent_and_lets_the_lease_go():
    settled = settle(a_delivery(), Accepted("250 queued as 1"))
    assert settled.state is DeliveryState.SENT
    assert (settled.sent_at, settled.code, settled.reply) == (NOW, 250, "250 queued as 1")
    assert (settled.lease_owner, settled.lease_until) == ("", None)


def test_refused_fails_for_good():
    settled = settle(a_delivery(), Refused("550 5.1.1 no such user", 550))
    assert (settled.state, settled.code) == (DeliveryState.FAILED, 550)


def test_deferred_waits_and_doubles_up_to_the_cap():
    waits = [
        (settle(a_delivery(attempts=n), Deferred("451 later", 451)).next_attempt_at - NOW)
        for n in (1, 2, 3, 4, 5, 6)
    ]
    assert [wait // timedelta(minutes=1) for wait in waits] == [5, 10, 20, 40, 60, 60]


def test_jitter_spreads_by_a_fifth_either_way():
    low = settle(a_delivery(), Deferred("451", 451), jitter=0.0).next_attempt_at - NOW
    high = settle(a_delivery(), Deferred("451", 451), jitter=1.0).next_attempt_at - NOW
    assert (low, high) == (timedelta(minutes=4), timedelta(minutes=6))


def test_trouble_of_the_relay_leaves_the_mail_due_in_a_moment():
    settled = settle(a_delivery(), Deferred("connection refused", relay=True))
    assert settled.state is DeliveryState.DEFERRED
    assert settled.next_attempt_at == NOW + timedelta(seconds=10)


@pytest.mark.parametrize(
    "outcome", [Deferred("451 later", 451), Unknown("cut"), Deferred("x", relay=True)]
)
def test_a_retry_past_the_expiry_is_given_up_with_the_last_reply(outcome):
    settled = settle(a_delivery(attempts=9, expires_at=NOW), outcome)
    assert settled.state is DeliveryState.FAILED
    assert settled.reply == f"given up after 9 attempts: {outcome.reply}"


def test_doubt_is_sent_again_or_held_as_the_policy_says():
    assert settle(a_delivery(), Unknown("cut")).state is DeliveryState.DEFERRED
    assert settle(a_delivery(), Unknown("cut"), HOLD).state is DeliveryState.IN_DOUBT


def test_a_dead_senders_attempt_is_sent_again_or_held_as_the_policy_says():
    again = recovered(a_delivery(), policy=POLICY, now=NOW)
    held = recovered(a_delivery(), policy=HOLD, now=NOW)
    assert (again.state, again.next_attempt_at, again.lease_owner) == (
        DeliveryState.DEFERRED, NOW, "",
    )  # fmt: skip
    assert held.state is DeliveryState.IN_DOUBT
    assert "may have been accepted" in held.reply


def test_only_queued_sending_and_deferred_are_open():
    assert {state for state in DeliveryState if state.is_open} == {
        DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED,
    }  # fmt: skip


OUTCOMES = st.one_of(
    st.just(Accepted("250 ok")),
    st.builds(Deferred, st.just("x"), st.sampled_from([None, 421, 451]), st.booleans()),
    st.just(Refused("550 no", 550)),
    st.just(Unknown("cut")),
)


@given(st.lists(OUTCOMES, max_size=30), st.sampled_from(OnDoubt), st.floats(0, 0.999))
def test_identity_never_changes_and_every_story_ends(outcomes, on_doubt, jitter):
    policy = RetryPolicy(on_doubt=on_doubt)
    delivery, now = a_delivery(), NOW
    for outcome in outcomes:
        delivery = next_state(delivery, outcome, policy=policy, now=now, jitter=jitter)
        assert (delivery.id, delivery.message_id, delivery.recipient) == (
            7, "m@example.org", "ada@example.org",
        )  # fmt: skip
        assert delivery.state is not DeliveryState.SENDING
        if not delivery.state.is_open:
            return
        assert now <= delivery.next_attempt_at < delivery.expires_at
        now = delivery.next_attempt_at
        delivery = replace(delivery, state=DeliveryState.SENDING, attempts=delivery.attempts + 1)
