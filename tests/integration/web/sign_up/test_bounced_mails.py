"""A mail that asks to confirm may bounce: its signed envelope sender tells whose it was."""

import pytest

from digest.bounces.reading import understand
from digest.pipeline.bounces import Result, handle
from digest.wiring.bounces import bounce_desk
from tests.bounce_lab import anonymous
from tests.integration.web.sign_up.conftest import sign_up


@pytest.fixture
def configuration(configuration):
    return f'{configuration}\n[bounces]\naddress = "bounces@example.org"\n'


@pytest.fixture
def bounced(client, mails, relay, workspace):
    """Sign up, and take in a bounce of the mail that names nothing but its envelope sender."""

    def take_in(forged=""):
        sign_up(client)
        assert mails()
        (command,) = (line for line in relay.inbox.commands if line.startswith("MAIL "))
        sender = command.split()[1].strip("<>")
        assert sender.startswith("bounces+")
        report = anonymous("postfix", to=forged or sender)
        (handled,) = handle(understand(report), bounce_desk(workspace), source="mailbox").handled
        return handled

    return take_in


def test_the_bounce_of_a_mail_that_asks_to_confirm_finds_who_signed_up(bounced, store):
    handled = bounced()
    assert (handled.result, handled.address) == (Result.RECORDED, "bo@example.org")
    assert handled.recorded.points == 2
    (event,) = store.bounces.history("bo@example.org")
    assert event.subscriber_id == store.subscribers.find("bo@example.org").id


def test_a_forged_sender_of_such_a_mail_finds_nobody(bounced, store):
    assert bounced(f"bounces+{'a' * 40}@example.org").result is Result.UNTRACED
    assert store.bounces.history("bo@example.org") == []
