from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.delivery import (
    DeliveryState,
    OnDoubt,
    RetryPolicy,
    begun,
    next_state,
    recovered,
)
from digest.core.outcome import Accepted, Cause, Deferred, Fault, Refused, Unknown
from tests import builders
from tests.builders import NOW, a_subscriber

POLICY = RetryPolicy()
HOLD = RetryPolicy(on_doubt=OnDoubt.HOLD)
MINUTE = timedelta(minutes=1)
LEASE = 15 * MINUTE

NO_SUCH_USER = Refused("550 5.1.1 who?", 550, "5.1.1", Cause.ADDRESS_UNKNOWN)
BLOCKED = Refused("554 5.7.1 spam", 554, "5.7.1", Cause.POLICY, Fault.POLICY)
WRONG_SENDER = Refused("550 5.1.8 not you", 550, "5.1.8", Cause.SENDER_REFUSED, Fault.OURS)
GREYLISTED = Deferred("451 4.7.1 later", 451, "4.7.1")
SHUT_DOWN = Deferred("421 bye", 421, cause=Cause.RELAY_BUSY, fault=Fault.RELAY)
CUT = Unknown("the line broke")


def claimed(**fields):
    defaults = {
        "id": 7,
        "edition_id": 1,
        "message_id": "m@example.org",
        "token": 1,
        "expires_at": NOW + timedelta(hours=24),
        "lease_owner": "me",
        "lease_until": NOW + LEASE,
    }
    return builders.a_delivery(a_subscriber(), **defaults | fields)


def under_way(*, tries=0, **fields):
    """Return a delivery begun after so many tries that counted."""
    return begun(claimed(attempts=tries, **fields), lease_until=NOW + LEASE)


def settle(delivery, outcome, policy=POLICY, jitter=0.5, **options):
    return next_state(delivery, outcome, policy=policy, now=NOW, jitter=jitter, **options)


def test_beginning_counts_the_attempt_and_renews_the_lease():
    before = claimed(attempts=2)
    assert begun(before, lease_until=NOW + 2 * LEASE) == replace(
        before, state=DeliveryState.SENDING, attempts=3, lease_until=NOW + 2 * LEASE
    )


def test_accepted_is_sent_and_lets_the_lease_go():
    settled = settle(under_way(), Accepted("250 2.0.0 queued as 1", 250, "2.0.0"))
    assert settled.state is DeliveryState.SENT
    assert (settled.sent_at, settled.code, settled.status) == (NOW, 250, "2.0.0")
    assert (settled.cause, settled.reply) == (Cause.ACCEPTED, "250 2.0.0 queued as 1")
    assert (settled.lease_owner, settled.lease_until) == ("", None)
    assert settled.attempts == 1


def test_refused_fails_for_good():
    settled = settle(under_way(), NO_SUCH_USER)
    assert (settled.state, settled.code, settled.status) == (DeliveryState.FAILED, 550, "5.1.1")
    assert (settled.cause, settled.sent_at) == (Cause.ADDRESS_UNKNOWN, None)
    assert settled.lease_owner == ""


@pytest.mark.parametrize("relay_works", [True, False])
def test_a_refusal_that_is_our_fault_loses_no_mail(relay_works):
    settled = settle(under_way(), WRONG_SENDER, relay_works=relay_works)
    assert (settled.state, settled.cause) == (DeliveryState.DEFERRED, Cause.SENDER_REFUSED)
    assert settled.next_attempt_at == NOW + 5 * MINUTE


def test_a_policy_is_about_the_mail_only_where_the_relay_takes_others():
    assert settle(under_way(), BLOCKED, relay_works=True).state is DeliveryState.FAILED
    waits = settle(under_way(), BLOCKED, relay_works=False)
    assert (waits.state, waits.cause) == (DeliveryState.DEFERRED, Cause.POLICY)
    assert waits.next_attempt_at == NOW + 5 * MINUTE


def test_deferred_waits_and_doubles_up_to_the_cap():
    waits = [settle(under_way(tries=tries), GREYLISTED).next_attempt_at - NOW for tries in range(6)]
    assert [wait // MINUTE for wait in waits] == [5, 10, 20, 40, 60, 60]


def test_the_first_wait_and_the_cap_are_the_policys():
    policy = RetryPolicy(first=MINUTE, cap=3 * MINUTE)
    waits = [
        settle(under_way(tries=tries), GREYLISTED, policy).next_attempt_at - NOW
        for tries in (0, 1, 2, 60, 10_000)
    ]
    assert waits == [MINUTE, 2 * MINUTE, 3 * MINUTE, 3 * MINUTE, 3 * MINUTE]


def test_jitter_spreads_by_a_fifth_either_way():
    low = settle(under_way(), GREYLISTED, jitter=0.0).next_attempt_at - NOW
    high = settle(under_way(), GREYLISTED, jitter=1.0).next_attempt_at - NOW
    assert (low, high) == (4 * MINUTE, 6 * MINUTE)


@pytest.mark.parametrize("tries", [0, 5])
def test_trouble_of_the_relay_leaves_the_mail_due_in_a_moment(tries):
    settled = settle(under_way(tries=tries), SHUT_DOWN)
    assert (settled.state, settled.cause) == (DeliveryState.DEFERRED, Cause.RELAY_BUSY)
    assert settled.next_attempt_at == NOW + timedelta(seconds=10)


@pytest.mark.parametrize(
    ("outcome", "counted"),
    [
        (Accepted("250 ok"), 1),
        (GREYLISTED, 1),
        (NO_SUCH_USER, 1),
        (BLOCKED, 1),
        (CUT, 1),
        (SHUT_DOWN, 0),
        (WRONG_SENDER, 0),
        (Deferred("login", cause=Cause.LOGIN_REFUSED, fault=Fault.OURS), 0),
    ],
)
@pytest.mark.parametrize("make", [claimed, under_way], ids=["before-content", "after-content"])
def test_an_attempt_counts_unless_the_relay_or_we_are_to_blame(make, outcome, counted):
    delivery = make() if make is under_way else make(attempts=3)
    tries = 0 if make is under_way else 3
    assert settle(delivery, outcome).attempts == tries + counted


def test_what_comes_to_nothing_before_the_content_is_settled_from_the_queue():
    refused = settle(claimed(), NO_SUCH_USER)
    waits = settle(claimed(state=DeliveryState.DEFERRED, attempts=1), GREYLISTED)
    assert (refused.state, refused.attempts) == (DeliveryState.FAILED, 1)
    assert (waits.state, waits.attempts) == (DeliveryState.DEFERRED, 2)
    assert waits.next_attempt_at == NOW + 10 * MINUTE
    assert (refused.lease_owner, waits.lease_owner) == ("", "")


@pytest.mark.parametrize("outcome", [GREYLISTED, CUT, SHUT_DOWN, WRONG_SENDER])
def test_a_retry_past_the_expiry_is_given_up_with_the_last_reply(outcome):
    settled = settle(under_way(tries=8, expires_at=NOW), outcome)
    assert (settled.state, settled.cause) == (DeliveryState.FAILED, Cause.EXPIRED)
    assert settled.reply == f"given up after {settled.attempts} attempts: {outcome.reply}"
    assert settled.code == outcome.code


def test_one_attempt_is_one_attempt():
    settled = settle(under_way(expires_at=NOW), GREYLISTED)
    assert settled.reply == "given up after 1 attempt: 451 4.7.1 later"


def test_a_retry_at_the_very_expiry_is_one_too_late():
    just = settle(under_way(expires_at=NOW + 5 * MINUTE + timedelta.resolution), GREYLISTED)
    late = settle(under_way(expires_at=NOW + 5 * MINUTE), GREYLISTED)
    assert (just.state, late.state) == (DeliveryState.DEFERRED, DeliveryState.FAILED)


def test_doubt_is_sent_again_or_held_as_the_policy_says():
    again, held = settle(under_way(), CUT), settle(under_way(), CUT, HOLD)
    assert (again.state, again.next_attempt_at) == (DeliveryState.DEFERRED, NOW + 5 * MINUTE)
    assert (held.state, held.cause) == (DeliveryState.IN_DOUBT, Cause.ACK_LOST)


def test_a_dead_senders_attempt_is_sent_again_or_held_as_the_policy_says():
    lost = under_way(tries=1, code=451, status="4.7.1", cause=Cause.TEMPORARY, reply="451 later")
    again = recovered(lost, policy=POLICY, now=NOW)
    held = recovered(lost, policy=HOLD, now=NOW)
    assert (again.state, again.next_attempt_at) == (DeliveryState.DEFERRED, NOW)
    assert held.state is DeliveryState.IN_DOUBT
    for after in (again, held):
        assert (after.lease_owner, after.lease_until, after.attempts) == ("", None, 2)
        assert (after.cause, after.code, after.status) == (Cause.SENDER_DIED, None, "")
        assert "may have been accepted" in after.reply


def test_only_queued_sending_and_deferred_are_open():
    assert {state for state in DeliveryState if state.is_open} == {
        DeliveryState.QUEUED,
        DeliveryState.SENDING,
        DeliveryState.DEFERRED,
    }


FAULTS = st.sampled_from(Fault)
OUTCOMES = st.one_of(
    st.just(Accepted("250 ok")),
    st.builds(Deferred, st.just("x"), st.sampled_from([None, 421, 451]), fault=FAULTS),
    st.builds(Refused, st.just("550 no"), st.just(550), fault=FAULTS),
    st.just(CUT),
)


@given(
    st.lists(st.tuples(OUTCOMES, st.booleans(), st.booleans()), max_size=30),
    st.sampled_from(OnDoubt),
    st.floats(0, 0.999),
)
def test_identity_never_changes_and_every_story_ends(tries, on_doubt, jitter):
    policy = RetryPolicy(on_doubt=on_doubt)
    delivery, now = claimed(), NOW
    for outcome, has_begun, relay_works in tries:
        before = delivery
        if has_begun:
            delivery = begun(delivery, lease_until=now + LEASE)
        delivery = next_state(
            delivery, outcome, policy=policy, now=now, jitter=jitter, relay_works=relay_works
        )
        assert (delivery.id, delivery.message_id, delivery.recipient, delivery.token) == (
            7, "m@example.org", "ada@example.org", 1,
        )  # fmt: skip
        assert before.attempts <= delivery.attempts <= before.attempts + 1
        assert (delivery.lease_owner, delivery.lease_until) == ("", None)
        assert (delivery.sent_at is not None) == (delivery.state is DeliveryState.SENT)
        if not delivery.state.is_open:
            return
        assert delivery.state is DeliveryState.DEFERRED
        assert now < delivery.next_attempt_at < delivery.expires_at
        now = delivery.next_attempt_at
