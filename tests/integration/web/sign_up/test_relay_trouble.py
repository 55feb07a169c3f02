"""A relay that does not take the mails of those who sign up, or does again."""

import socket
import time
from datetime import timedelta

import pytest

from digest.core.outcome import Cause, Fault
from digest.ports import Halt
from tests.builders import NOW
from tests.integration.web.sign_up.conftest import sign_up
from tests.smtp_server import Behaviour


class TestWithARelayInTrouble:
    @pytest.fixture
    def behaviour(self):
        return Behaviour(
            at_rcpt={"bo@example.org": "451 4.7.1 later", "no@example.org": "550 5.1.1 no"}
        )

    def test_a_mail_that_was_not_taken_is_tried_again_and_a_refused_one_is_not(
        self, client, mails, clock, behaviour
    ):
        sign_up(client)
        sign_up(client, email="no@example.org")
        assert mails() == []
        behaviour.at_rcpt.clear()
        clock.now += timedelta(minutes=2)
        client.portal.call(client.app.state.postman.nudge)
        end = time.monotonic() + 10
        while not mails() and time.monotonic() < end:
            time.sleep(0.01)
        assert [to for to, _ in mails()] == ["bo@example.org"]


def test_a_relay_that_works_again_is_no_longer_in_trouble(client, store, mails, relay):
    name = f"127.0.0.1:{relay.port}"
    halt = Halt(relay=name, reply="away", cause=Cause.RELAY_UNREACHABLE, fault=Fault.RELAY)
    store.relays.note_trouble(name, halt, now=NOW, not_before=NOW)
    sign_up(client)
    assert len(mails()) == 1
    assert store.relays.relay_record(name, now=NOW).failures == 0


class TestWithoutARelay:
    @pytest.fixture
    def configuration(self, configuration, relay):
        with socket.create_server(("127.0.0.1", 0)) as closed_soon:
            nobody = closed_soon.getsockname()[1]
        return configuration.replace(f"port = {relay.port}", f"port = {nobody}")

    def test_its_trouble_is_remembered_and_it_gets_its_rest(self, client, store, settle):
        sign_up(client)
        settle()
        (record,) = store.relays.relay_records(now=NOW)
        assert (record.failures, record.cause) == (1, Cause.RELAY_UNREACHABLE)
        assert record.not_before > NOW
