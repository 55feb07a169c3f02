"""Changes of address on each database: both ends, once, and everything that follows them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.bounces import BounceKind, SuppressedBy
from digest.core.moves import LIFETIME, MOST_A_DAY, Move, MoveState
from digest.core.sign_up import Answer, Limits, MailState, SignUp, SignUpKind
from digest.core.subscriber import Origin, Status
from tests.builders import LEASE, NOW, a_bounce, a_subscriber, deferred

OLD, NEW = "ada@example.org", "ada@new.example"
LIMITS = Limits(per_client=100, per_hour=100)


@pytest.fixture
def ada(store):
    return store.subscribers.add(a_subscriber(OLD, origin=Origin.WEB), now=NOW)


def a_move(reader, to=NEW, *, at=NOW, client="c1"):
    def end(kind, email):
        return SignUp(kind=kind, subscriber_id=reader.id, email=email, client=client, asked_at=at)

    return Move(old=end(SignUpKind.OLD_END, reader.email), new=end(SignUpKind.NEW_END, to))


def ask(store, reader, to=NEW, **fields):
    assert store.moves.ask(a_move(reader, to, **fields), LIMITS) is Answer.TAKEN
    return store.moves.of(reader.id)


def address_of(store, reader):
    return store.subscribers.by_id([reader.id])[reader.id].email


def suppress(store, reader, kind, *, days=(2, 1, 0)):
    for each in days:
        store.bounces.record(a_bounce(reader, kind, NOW - timedelta(days=each)))


def both_agree(store, move, *, now=NOW):
    store.moves.agree(move.old.id, now=now)
    return store.moves.agree(move.new.id, now=now)


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_the_address_changes_when_both_ends_have_agreed_in_any_order(store, ada, order):
    move = ask(store, ada)
    first, second = (getattr(move, name).id for name in order)
    assert store.moves.agree(first, now=NOW) is MoveState.WAITING
    assert store.moves.agree(first, now=NOW) is MoveState.WAITING
    assert address_of(store, ada) == OLD
    assert store.moves.agree(second, now=NOW) is MoveState.DONE
    assert store.subscribers.find(NEW).id == ada.id
    assert store.subscribers.find(OLD) is None
    assert store.moves.agree(first, now=NOW) is MoveState.DONE  # nothing more


def test_both_ends_at_once_change_it_once(store, ada):
    move = ask(store, ada)
    ends = [move.old.id, move.new.id] * 8
    with ThreadPoolExecutor(8) as pool:
        states = [*pool.map(lambda end: store.moves.agree(end, now=NOW), ends)]
    assert set(states) <= {MoveState.WAITING, MoveState.DONE}
    assert address_of(store, ada) == NEW


def test_after_two_days_nobody_can_agree_any_more(store, ada):
    move = ask(store, ada)
    store.moves.agree(move.old.id, now=NOW)
    assert store.moves.agree(move.new.id, now=NOW + LIFETIME) is MoveState.GONE
    assert address_of(store, ada) == OLD


def test_what_is_withdrawn_or_superseded_is_gone(store, ada):
    first = ask(store, ada)
    second = ask(store, ada, "ada@third.example")
    assert both_agree(store, first) is MoveState.GONE
    assert store.moves.withdraw(ada.id, now=NOW)
    assert not store.moves.withdraw(ada.id, now=NOW)
    assert store.moves.of(ada.id) is None
    assert both_agree(store, second) is MoveState.GONE
    assert address_of(store, ada) == OLD
    claimed = store.sign_ups.claim(now=NOW, lease_until=NOW + LEASE, limit=10)
    assert claimed == []  # no mail leaves for what was taken back


def test_what_is_done_cannot_be_withdrawn_nor_done_again_after_a_way_back(store, ada):
    there = ask(store, ada)
    both_agree(store, there)
    assert not store.moves.withdraw(ada.id, now=NOW)
    later = NOW + timedelta(hours=25)
    moved = store.subscribers.find(NEW)
    back = ask(store, moved, OLD, at=later)
    assert both_agree(store, back, now=later) is MoveState.DONE
    assert both_agree(store, there, now=later) is MoveState.GONE
    assert address_of(store, ada) == OLD


def test_a_new_mailbox_gets_a_mail_a_day_whoever_asks(store, ada):
    bob = store.subscribers.add(a_subscriber("bob@example.org", origin=Origin.WEB), now=NOW)
    assert ask(store, ada, "v+1@new.example").new.mail is MailState.DUE
    second = ask(store, bob, "v+2@new.example")
    assert (second.new.mail, second.old.mail) == (MailState.NONE, MailState.DUE)


def test_a_reader_asks_some_times_a_day_and_a_client_as_often_as_it_signs_up(store, ada):
    for number in range(MOST_A_DAY):
        ask(store, ada, f"a{number}@new.example")
        store.sign_ups.claim(now=NOW, lease_until=NOW + LEASE, limit=10)
        for row in (store.moves.of(ada.id).old, store.moves.of(ada.id).new):
            store.sign_ups.settle(replace(row, mail=MailState.SENT), next_attempt_at=NOW)
    assert store.moves.ask(a_move(ada, "x@new.example"), LIMITS) is Answer.READER_LIMIT
    few = Limits(per_client=2, per_hour=100)
    assert store.moves.ask(a_move(ada, "x@new.example"), few) is Answer.CLIENT_LIMIT
    tomorrow = NOW + timedelta(hours=25)
    assert store.moves.ask(a_move(ada, "x@new.example", at=tomorrow), LIMITS) is Answer.TAKEN


@pytest.mark.parametrize(
    ("status", "origin", "state"),
    [
        (Status.ACTIVE, Origin.WEB, MoveState.TAKEN),
        (Status.UNSUBSCRIBED, Origin.WEB, MoveState.TAKEN),
        (Status.PENDING, Origin.COMMAND, MoveState.TAKEN),
        (Status.PENDING, Origin.WEB, MoveState.DONE),
    ],
)
def test_an_address_that_is_another_reader_s_stays_so(store, ada, status, origin, state):
    holder = store.subscribers.add(a_subscriber(NEW.upper(), status=status, origin=origin), now=NOW)
    assert both_agree(store, ask(store, ada)) is state
    is_done = state is MoveState.DONE
    assert address_of(store, ada) == (NEW if is_done else OLD)
    assert bool(store.subscribers.by_id([holder.id])) is not is_done


def test_a_suppression_stays_with_the_old_address(store, ada):
    suppress(store, ada, BounceKind.HARD)
    both_agree(store, ask(store, ada))
    assert store.suppressions.find(OLD).kind is SuppressedBy.BOUNCES
    assert store.suppressions.find(NEW) is None


@pytest.mark.parametrize(
    ("kind", "is_lifted"), [(BounceKind.HARD, True), (BounceKind.COMPLAINT, False)]
)
def test_of_the_new_address_only_what_its_owner_may_lift_is_lifted(store, ada, kind, is_lifted):
    former = store.subscribers.add(a_subscriber(NEW), now=NOW)
    suppress(store, former, kind)
    store.subscribers.delete(former.id)
    both_agree(store, ask(store, ada))
    assert (store.suppressions.find(NEW) is None) is is_lifted


def test_an_erased_address_is_known_again(store, ada):
    erased = store.subscribers.add(a_subscriber(NEW), now=NOW)
    suppress(store, erased, BounceKind.COMPLAINT)
    store.suppressions.erase(erased.id, now=NOW)
    assert store.suppressions.find(NEW) is None
    assert store.suppressions.recall(NEW).kind is SuppressedBy.COMPLAINT
    both_agree(store, ask(store, ada))
    assert store.suppressions.find(NEW).kind is SuppressedBy.COMPLAINT


def test_mails_that_were_never_tried_follow_and_others_do_not(store, queue, claim, begin, look):
    tried, waiting = (queue("ada", slot=f"2026-11-{day}") for day in (21, 22))
    reader = store.subscribers.find("ada@example.org")
    (begun,) = begin(*claim(limit=1))
    store.ledger.record(deferred(begun, NOW + timedelta(hours=1)), now=NOW)
    both_agree(store, ask(store, reader))
    assert look(tried).recipient == "ada@example.org"
    assert look(waiting).recipient == NEW
    suppress(store, reader, BounceKind.HARD)  # of the old address: it holds back its own mails
    later = NOW + timedelta(hours=2)
    assert [each.recipient for each in claim(now=later)] == [NEW]


def test_a_mail_in_hand_is_claimed_anew_and_goes_to_the_new_address(store, queue, claim, begin):
    queue("ada")
    held = claim()
    both_agree(store, ask(store, store.subscribers.find("ada@example.org")))
    assert begin(*held) == [None]
    assert [each.recipient for each in claim("another")] == [NEW]


def test_a_bounce_of_an_old_mail_is_the_old_address_s(store, queue, claim, begin):
    delivery = queue("ada")
    (begun,) = begin(*claim())
    reader = store.subscribers.find("ada@example.org")
    both_agree(store, ask(store, reader))
    traced = store.bounces.trace(message_ids=[delivery.message_id])
    assert begun is not None
    assert (traced.subscriber_id, traced.address) == (reader.id, "ada@example.org")


def test_erasing_a_reader_forgets_both_addresses(store, ada):
    suppress(store, ada, BounceKind.HARD)
    both_agree(store, ask(store, ada))
    ask(store, store.subscribers.find(NEW), "ada@third.example", at=NOW + timedelta(hours=25))
    store.suppressions.erase(ada.id, now=NOW)
    assert store.suppressions.find(OLD) is None
    assert store.moves.of(ada.id) is None
    with store.database.reading() as connection:
        for table in ("sign_ups", "subscribers", "suppressions", "bounce_events"):
            query = f"SELECT count(*) FROM {table}"  # noqa: S608 - our own names
            assert connection.exec_driver_sql(query).scalar() == 0, table


def test_erasing_a_reader_leaves_who_has_the_former_address_now(store, queue, claim, begin):
    queue("ada")
    begin(*claim())
    ada = store.subscribers.find("ada@example.org")
    both_agree(store, ask(store, ada))
    bob = store.subscribers.add(a_subscriber("ada@example.org", origin=Origin.WEB), now=NOW)
    suppress(store, bob, BounceKind.COMPLAINT)
    store.suppressions.erase(ada.id, now=NOW)
    assert store.suppressions.find("ada@example.org").kind is SuppressedBy.COMPLAINT
    assert store.subscribers.find("ada@example.org") == bob


def test_a_name_typed_as_the_new_address_loses_nothing_when_the_reader_is_erased(store, ada):
    victim = store.subscribers.add(a_subscriber("victim@example.org"), now=NOW)
    suppress(store, victim, BounceKind.COMPLAINT)
    store.subscribers.delete(victim.id)
    ask(store, ada, "victim@example.org")
    store.suppressions.erase(ada.id, now=NOW)
    assert store.suppressions.find("victim@example.org")


def test_ends_without_a_mail_are_kept_as_long_as_others(store, ada):
    move = ask(store, ada)
    row = replace(move.new, mail=MailState.NONE)
    store.sign_ups.settle(row, next_attempt_at=NOW)
    later = NOW + timedelta(hours=3)
    other = SignUp(email="x@example.org", client="c", asked_at=later)
    store.sign_ups.ask(other, LIMITS)
    assert store.moves.of(ada.id) is not None


def test_a_feed_has_the_number_of_its_reader_until_it_is_renewed(store, ada):
    assert store.feeds.number(ada.id) == 0
    assert [store.feeds.renew(ada.id) for _ in range(2)] == [1, 2]
    assert store.feeds.number(ada.id) == 2
    assert store.feeds.renew(999) == 0
    store.subscribers.update(ada)
    assert store.feeds.number(ada.id) == 2
    store.suppressions.erase(ada.id, now=NOW)
    assert store.feeds.number(ada.id) == 0
