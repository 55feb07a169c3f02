"""Many at the same moment: no limit is passed between looking and writing."""

import asyncio
import re
from collections import Counter

import pytest

from digest.core.subscriber import Status
from digest.core.tokens import Purpose
from tests.asgi import Asked, ask
from tests.web_stage import CONFIG, PASSWORD

FORM = (b"content-type", b"application/x-www-form-urlencoded")


@pytest.fixture
def configuration(tmp_path):
    """The usual limits: five sign-ups of one client, and sixty of all."""
    (tmp_path / "report.password").write_text(PASSWORD)
    return re.sub(r"sign_ups_per.*\n", "", CONFIG)


@pytest.fixture
def at_once(stage):
    """Asks all together, and counts the answers."""

    async def together(requests):
        answers = await asyncio.gather(*(ask(stage.app, asked) for asked in requests))
        return Counter(answered.status for answered in answers)

    return lambda requests: stage.call(together, requests)


def sign_up(email, client):
    body = f"email={email}&interests=dense+retrieval".encode()
    return Asked("POST", "/subscribe", (FORM, (b"x-forwarded-for", client.encode())), (body,))


def due(store):
    with store.database.reading() as connection:
        query = "SELECT count(*) FROM sign_ups WHERE mail = 'due' AND email LIKE 'victim%'"
        return connection.exec_driver_sql(query).scalar()


def test_fifty_sign_ups_for_one_mailbox_are_one_mail(at_once, store):
    asked = [sign_up(f"victim%2B{number}@example.org", f"192.0.2.{number}") for number in range(50)]
    assert at_once(asked) == {200: 50}
    assert due(store) == 1


def test_fifty_sign_ups_of_one_client_are_five(at_once, store):
    asked = [sign_up(f"victim{number}@example.org", "192.0.2.1") for number in range(50)]
    assert at_once(asked) == {200: 5, 429: 45}
    assert due(store) == 5


def test_one_link_pressed_twenty_times_subscribes_once(at_once, stage, store):
    path = stage.path(Purpose.CONFIRM)
    assert at_once([Asked("POST", path, (FORM,))] * 20) == {200: 20}
    assert store.subscribers.find("bo@example.org").status is Status.ACTIVE
    store.subscribers.update(store.subscribers.find("bo@example.org").unsubscribe())
    assert at_once([Asked("POST", path, (FORM,))] * 20) == {200: 20}
    assert store.subscribers.find("bo@example.org").status is Status.UNSUBSCRIBED


def test_leaving_stands_whatever_is_saved_at_the_same_moment(at_once, stage, store):
    leave = Asked(
        "POST", stage.path(Purpose.UNSUBSCRIBE), (FORM,), (b"List-Unsubscribe=One-Click",)
    )
    save = Asked("POST", stage.path(Purpose.PREFERENCES), (FORM,), (b"do=save&interests=maps",))
    assert at_once([save, leave, save, leave, save]) == {200: 5}
    assert store.subscribers.find("ada@example.org").status is Status.UNSUBSCRIBED


def test_guesses_at_once_are_counted_each(at_once):
    guess = Asked("GET", "/metrics", ((b"authorization", b"Basic eDp4"),))
    assert at_once([guess] * 50) == {401: 10, 429: 40}
