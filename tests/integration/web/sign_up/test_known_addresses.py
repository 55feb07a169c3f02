"""Signing up with an address that is known: nothing is told, and only its owner changes it."""

from datetime import timedelta

from digest.core.bounces import BounceKind
from digest.core.subscriber import Origin, Status
from tests.builders import NOW, a_subscriber, interests
from tests.integration.web.conftest import link_in, suppress
from tests.integration.web.sign_up.conftest import sign_up


def test_the_answer_does_not_tell_what_is_known_of_an_address(client, store, mails):
    known = {}
    for name, status in {
        "active": Status.ACTIVE,
        "gone": Status.UNSUBSCRIBED,
        "pending": Status.PENDING,
        "paused": Status.PAUSED,
        "complained": Status.ACTIVE,
    }.items():
        reader = a_subscriber(f"{name}@example.org", status=status, origin=Origin.COMMAND)
        known[name] = store.subscribers.add(reader, now=NOW)
    suppress(store, known["complained"], BounceKind.COMPLAINT)

    answers = [
        sign_up(client, email=f"{name}@example.org", client_address=f"192.0.2.{number}")
        for number, name in enumerate([*known, "unknown"])
    ]

    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert sorted((to, mail["Subject"].split()[0]) for to, mail in mails()) == [
        ("active@example.org", "You"),
        ("gone@example.org", "Confirm"),
        ("paused@example.org", "You"),
        ("pending@example.org", "Confirm"),
        ("unknown@example.org", "Confirm"),
    ]
    for reader in known.values():
        assert store.subscribers.by_id([reader.id])[reader.id] == reader


def test_a_reader_s_record_does_not_change_before_the_owner_agrees(client, store, mails):
    had = a_subscriber("bo@example.org", interests=interests("physics"), origin=Origin.WEB)
    known = store.subscribers.add(had, now=NOW).unsubscribe()
    store.subscribers.update(known)
    sign_up(client)
    ((_, mail),) = mails()
    assert store.subscribers.find("bo@example.org") == known
    client.post(link_in(mail))
    back = store.subscribers.find("bo@example.org")
    assert (back.id, back.status) == (known.id, Status.ACTIVE)
    assert [keyword.term for keyword in back.interests.keywords] == ["dense retrieval"]


def test_agreeing_lifts_what_bounces_led_to(client, store, mails):
    reader = store.subscribers.add(
        a_subscriber("bo@example.org", origin=Origin.WEB), now=NOW - timedelta(days=5)
    )
    for days in (3, 2, 1):
        suppress(store, reader, BounceKind.HARD, at=NOW - timedelta(days=days))
    assert store.suppressions.find("bo@example.org")
    sign_up(client)
    client.post(link_in(mails()[0][1]))
    assert store.suppressions.find("bo@example.org") is None


def test_whoever_was_erased_can_come_back_alone(client, store, mails):
    reader = store.subscribers.add(a_subscriber("bo@example.org"), now=NOW)
    store.suppressions.erase(reader.id, now=NOW)
    sign_up(client)
    link = link_in(mails()[0][1])
    assert store.suppressions.find("bo@example.org")
    client.post(link)
    assert store.suppressions.find("bo@example.org") is None
    assert store.subscribers.find("bo@example.org").status is Status.ACTIVE


def test_erasing_a_reader_forgets_what_was_typed(client, store, mails, dump):
    sign_up(client)
    mails()
    store.suppressions.erase(store.subscribers.find("bo@example.org").id, now=NOW)
    assert not [line for line in dump() if "bo@example.org" in line]
