"""Signing up over a real relay: who gets which mail, how many, and when somebody is a reader."""

import re
import socket
import time
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from digest.core.bounces import BounceKind
from digest.core.outcome import Cause, Fault
from digest.core.subscriber import Origin, Status
from digest.core.tokens import Purpose
from digest.ports import Halt
from digest.web import Site, make_app
from tests.builders import NOW, a_subscriber, interests
from tests.integration.web.conftest import link_in, suppress
from tests.smtp_server import Behaviour

FORM = {
    "email": "bo@example.org",
    "interests": "dense retrieval, author: Percy Liang\ncs.IR, not survey",
    "cadence": "weekly:fri",
    "send_at": "09:00",
    "timezone": "Europe/Paris",
}
PROXY = "X-Forwarded-For"


@pytest.fixture
def web():
    """Keys of the configuration's [web]; a test may add some."""
    return {"trusted_proxy_header": f'"{PROXY}"'}


@pytest.fixture
def configuration(relay, web):
    keys = "\n".join(f"{key} = {value}" for key, value in web.items())
    return f"""
[digest]
base_url = "https://digest.example.org"
timezone = "Europe/Berlin"
[smtp]
host = "127.0.0.1"
port = {relay.port}
security = "none"
sender = "Papers <digest@example.org>"
[web]
{keys}
"""


def sign_up(client, *, client_address="192.0.2.1", **fields):
    return client.post("/subscribe", data=FORM | fields, headers={PROXY: client_address})


def test_whoever_signs_up_is_a_reader_once_the_button_in_the_mail_is_pressed(client, store, mails):
    assert "Look into your inbox" in sign_up(client).text
    ((recipient, mail),) = mails()
    pending = store.subscribers.find("bo@example.org")
    assert (recipient, pending.status, pending.origin) == (
        "bo@example.org",
        Status.PENDING,
        Origin.WEB,
    )
    link = link_in(mail)
    asked = client.get(link).text
    assert "Confirm my subscription" in asked
    assert "at 09:00 (Europe/Paris).</p>" in asked
    assert store.subscribers.find("bo@example.org").status is Status.PENDING

    welcome = client.post(link)

    reader = store.subscribers.find("bo@example.org")
    assert reader.status is Status.ACTIVE
    assert [keyword.term for keyword in reader.interests.keywords] == ["dense retrieval"]
    assert reader.interests.authors == ("Percy Liang",)
    assert reader.interests.categories == ("cs.IR",)
    assert reader.interests.exclude == ("survey",)
    assert (str(reader.schedule.cadence), reader.schedule.timezone) == (
        "weekly:fri",
        "Europe/Paris",
    )
    assert "You are subscribed" in welcome.text
    preferences = re.search(r'href="(/preferences/[^"]+)"', welcome.text)[1]
    assert client.get(preferences).status_code == 200


def test_the_mail_is_a_list_s_and_holds_nothing_that_was_typed(client, mails):
    sign_up(client, interests="canary, author: Mallory <b>")
    ((_, mail),) = mails()
    assert mail["Subject"] == "Confirm your subscription to Trending papers"
    assert mail["From"] == "Papers <digest@example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "canary" not in mail.as_string()
    assert "Mallory" not in mail.as_string()
    html = mail.get_body(("html",)).get_content()
    assert f"https://digest.example.org{link_in(mail)}" in html


def test_pressing_twice_changes_nothing_and_neither_does_an_old_link_after_leaving(
    client, store, mails
):
    sign_up(client)
    link = link_in(mails()[0][1])
    client.post(link)
    known = store.subscribers.find("bo@example.org")
    assert "You are subscribed" in client.post(link).text
    assert store.subscribers.find("bo@example.org") == known

    store.subscribers.update(known.unsubscribe())
    assert "You have unsubscribed since then" in client.post(link).text
    assert store.subscribers.find("bo@example.org").status is Status.UNSUBSCRIBED


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


def test_a_program_that_fills_in_everything_gets_the_same_answer_and_no_mail(client, mails):
    assert sign_up(client, website="https://spam.example").text == sign_up(client).text
    assert len(mails()) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "no address"}, "This is no mail address"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "This is no mail address"),
        ({"email": ""}, "This is no mail address"),
        ({"interests": "x" * 9_000}, "too long"),
        ({"interests": ",".join(f"i{n}" for n in range(60))}, "allowed: 50"),
        ({"timezone": "Mars/Olympus"}, "no such day, hour or time zone"),
        ({"cadence": "hourly"}, "no such day, hour or time zone"),
        ({"send_at": "25:00"}, "no such day, hour or time zone"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_stored(client, dump, fields, sentence):
    before = dump()
    answer = sign_up(client, **fields)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert dump() == before


def test_what_was_typed_is_shown_again_and_escaped(client):
    answer = sign_up(client, email='"><script>', interests="<script>alert(1)</script>")
    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert '<option value="weekly:fri" selected>' in answer.text


def test_looking_changes_nothing(client, mails, dump):
    sign_up(client)
    link = link_in(mails()[0][1])
    before = dump()
    for path in (
        link,
        "/",
        "/subscribe",
        "/preview?interests=retrieval",
        "/papers?q=x",
        "/archive",
    ):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert client.request(method, path).status_code in {200, 405}
    assert client.post("/preview", data=FORM).is_success
    assert dump() == before


def test_a_link_that_is_forged_too_old_or_of_another_is_nothing(client, mails, token, clock, store):
    sign_up(client)
    link = link_in(mails()[0][1])
    reader = store.subscribers.find("bo@example.org")
    other = store.subscribers.add(a_subscriber("eve@example.org", status=Status.PENDING), now=NOW)
    forged = [
        f"/confirm/{token(Purpose.CONFIRM, reader, '99')}",
        f"/confirm/{token(Purpose.CONFIRM, reader, 'x')}",
        f"/confirm/{token(Purpose.CONFIRM, other, '1')}",
        f"/confirm/{token(Purpose.UNSUBSCRIBE, reader)}",
        f"{link}x",
    ]
    assert {client.post(path).status_code for path in forged} == {404}
    clock.now += timedelta(hours=49)
    assert client.post(link).status_code == 404
    assert store.subscribers.find("bo@example.org").status is Status.PENDING
    assert store.subscribers.find("eve@example.org").status is Status.PENDING


class TestWithSignUpOff:
    @pytest.fixture
    def web(self):
        return {"sign_up": "false"}

    def test_there_is_no_form(self, client):
        assert "Subscribe" not in client.get("/").text
        assert client.get("/subscribe").status_code == 404
        assert sign_up(client).status_code == 404
        assert client.get("/preview?interests=x").status_code == 200
