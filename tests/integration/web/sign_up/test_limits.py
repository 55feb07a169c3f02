"""How many mails signing up can cause: to an address, from a client, in an hour."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from digest.web import Site, make_app
from tests.integration.web.sign_up.conftest import sign_up


def test_a_hundred_sign_ups_for_one_victim_give_one_mail(client, mails, relay):
    for number in range(100):
        address = f"10.0.{number // 25}.{number % 25}"
        sign_up(client, email=f"victim+{number}@example.org", client_address=address)
    mails()
    assert len(relay.inbox.messages) == 1


def test_an_address_gets_a_mail_a_day_and_three_in_a_month(client, mails, clock):
    counts = []
    for _day in range(6):
        sign_up(client)
        sign_up(client)
        counts.append(len(mails()))
        clock.now += timedelta(hours=25)
    assert counts == [1, 2, 3, 3, 3, 3]


def test_the_limits_survive_a_restart(client, workspace, mails):
    sign_up(client)
    mails()
    with TestClient(make_app(Site(workspace=workspace))) as another:
        sign_up(another)
    assert len(mails()) == 1


def test_one_client_signs_up_five_addresses_an_hour(client, mails, clock):
    answers = [sign_up(client, email=f"a{n}@example.org").status_code for n in range(8)]
    assert answers == [200] * 5 + [429] * 3
    assert sign_up(client, email="other@example.org", client_address="192.0.2.2").is_success
    assert len(mails()) == 6
    clock.now += timedelta(hours=1, seconds=1)
    assert sign_up(client, email="a9@example.org").is_success


@pytest.mark.parametrize(
    ("first", "second"),
    [("2001:db8::1", "2001:db8::2"), ("6.6.6.6, 192.0.2.1", "7.7.7.7, 192.0.2.1"), ("x", "y")],
)
def test_one_client_is_one_network_whatever_it_says_of_itself(client, first, second):
    for number in range(5):
        sign_up(client, email=f"a{number}@example.org", client_address=first)
    assert sign_up(client, email="b@example.org", client_address=second).status_code == 429


class TestWithoutProxy:
    @pytest.fixture
    def web(self):
        return {}

    def test_the_header_is_anybody_s_and_not_looked_at(self, client):
        codes = [
            sign_up(client, email=f"a{n}@example.org", client_address=f"192.0.2.{n}").status_code
            for n in range(6)
        ]
        assert codes == [200] * 5 + [429]


class TestWithASmallHour:
    @pytest.fixture
    def web(self, web):
        return web | {"sign_ups_per_hour": 3}

    def test_all_clients_together_cause_so_many_mails(self, client, mails):
        codes = [
            sign_up(client, email=f"a{n}@example.org", client_address=f"192.0.2.{n}").status_code
            for n in range(5)
        ]
        assert codes == [200] * 3 + [429] * 2
        assert len(mails()) == 3


def test_a_program_that_fills_in_everything_gets_the_same_answer_and_no_mail(client, mails):
    assert sign_up(client, website="https://spam.example").text == sign_up(client).text
    assert len(mails()) == 1
