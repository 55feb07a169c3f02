"""Webhooks over HTTP: who is believed, and stored before the answer."""

import json

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from digest.config import load
from digest.core.bounces import SuppressedBy
from digest.core.subscriber import Status
from digest.core.tokens import KeyRing, Purpose, sign
from digest.errors import StoreBusyError
from digest.web import Site, make_app
from digest.wiring.bounces import webhook_token, webhook_urls
from digest.wiring.secret_files import key_ring
from tests.bounce_lab import ADA, MESSAGE_ID
from tests.builders import NOW
from tests.integration.site.conftest import BOUNCE, CONFIG

SUBSCRIPTION = {
    "Type": "SubscriptionConfirmation",
    "SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=t",
}


# Who is believed


def test_the_addresses_for_providers_are_below_the_pages(workspace, path):
    urls = webhook_urls(workspace.config)
    assert list(urls) == ["generic", "ses", "sendgrid"]
    assert urls["ses"] == f"https://digest.example.org/papers{path('ses')}"


def test_without_pages_there_are_paths(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG.replace("base_url", "name"))
    assert webhook_urls(load(tmp_path / "config.toml", {}))["ses"].startswith("/bounces/ses/")


def test_a_provider_is_believed_the_address(client, store, ada, path):
    answer = client.post(path(), json=BOUNCE)
    assert (answer.status_code, answer.json()) == (200, {"recorded": 1})
    (event,) = store.bounces.history(ADA)
    assert (event.subscriber_id, event.points, event.source) == (ada.id, 2, "webhook generic")


@pytest.mark.usefixtures("ada")
def test_a_good_entry_is_recorded_and_a_bad_one_logged_with_its_place(client, store, path):
    with capture_logs() as logged:
        answer = client.post(path(), json=[BOUNCE, 5])
    assert (answer.status_code, answer.json()) == (200, {"recorded": 1})
    assert len(store.bounces.history(ADA)) == 1
    (unread,) = [entry for entry in logged if entry["event"] == "webhook_entries_unread"]
    assert (unread["count"], unread["entries"]) == (1, [2])


@pytest.mark.parametrize("form", ["ses", "sendgrid", "other", "generic%2F.."])
@pytest.mark.usefixtures("ada")
def test_a_token_opens_its_own_form_only(client, store, path, form):
    token = path("generic").rpartition("/")[2]
    assert client.post(f"/bounces/{form}/{token}", json=BOUNCE).status_code == 404
    assert store.bounces.history(ADA) == []


def test_a_token_of_another_key_or_purpose_opens_nothing(client, workspace, ada):
    keys = key_ring(workspace.config)
    for token in (
        webhook_token("generic", KeyRing((b"z" * 32,))),
        sign(Purpose.UNSUBSCRIBE, ada.id, keys=keys, now=NOW),
        sign(Purpose.UNSUBSCRIBE, 0, keys=keys, now=NOW, payload="generic"),
        "x",
    ):
        assert client.post(f"/bounces/generic/{token}", json=BOUNCE).status_code == 404


@pytest.mark.usefixtures("ada")
def test_an_address_given_out_under_an_older_key_goes_on_working(workspace, tmp_path):
    old = webhook_token("generic", key_ring(workspace.config))
    key_file = tmp_path / "secret.key"
    key_file.write_text("ab" * 32 + "\n" + key_file.read_text())
    with TestClient(make_app(Site(workspace=workspace))) as client:
        assert client.post(f"/bounces/generic/{old}", json=BOUNCE).status_code == 200


# What follows


@pytest.mark.usefixtures("ada")
def test_the_same_event_a_hundred_times_counts_once(client, store, path):
    for _ in range(100):
        assert client.post(path(), json=BOUNCE).status_code == 200
    assert [event.points for event in store.bounces.history(ADA)] == [2]
    assert client.post(path(), json=BOUNCE).json() == {"known": 1}


@pytest.mark.usefixtures("ada")
def test_different_events_of_one_day_count_once(client, store, path):
    client.post(path(), json=[BOUNCE | {"id": f"e-{number}"} for number in range(100)])
    assert sum(event.points for event in store.bounces.history(ADA, limit=999)) == 2


@pytest.mark.usefixtures("ada")
def test_an_event_with_our_message_id_and_a_report_by_mail_are_one(client, store, path):
    event = {"event": "bounce", "email": ADA, "smtp-id": MESSAGE_ID, "status": "5.1.1"}
    client.post(path("sendgrid"), json=[event | {"sg_event_id": "1"}])
    client.post(path("sendgrid"), json=[event | {"sg_event_id": "2"}])
    (stored,) = store.bounces.history(ADA)
    assert stored.key == f"bounce:{MESSAGE_ID}"


def test_a_complaint_suppresses_and_an_unsubscribe_ends(client, store, ada, path):
    client.post(path("sendgrid"), json=[{"event": "spamreport", "email": ADA}])
    assert store.suppressions.find(ada.email).kind is SuppressedBy.COMPLAINT
    client.post(path("sendgrid"), json=[{"event": "unsubscribe", "email": ADA.upper()}])
    assert store.subscribers.find(ADA).status is Status.UNSUBSCRIBED


@pytest.mark.usefixtures("ada")
def test_what_means_nothing_is_counted_and_not_stored(client, store, path):
    answer = client.post(path("sendgrid"), json=[{"event": "open", "email": ADA}] * 3)
    assert answer.json() == {"ignored": 3}
    assert store.bounces.history(ADA) == []


def test_an_address_of_no_reader_is_kept_as_nobodys(client, store, path):
    answer = client.post(path(), json=BOUNCE | {"event": "complaint"})
    assert answer.json() == {"untraced": 1}
    assert store.suppressions.find(ADA) is None


@pytest.mark.usefixtures("ada")
def test_sns_calls_come_as_plain_text(client, store, path, visits):
    plain = {"Content-Type": "text/plain; charset=UTF-8"}
    answer = client.post(path("ses"), content=json.dumps(SUBSCRIPTION), headers=plain)
    assert (answer.json(), visits) == ({"confirmed": True}, [SUBSCRIPTION["SubscribeURL"]])
    bounce = {
        "notificationType": "Bounce",
        "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": ADA}]},
    }
    sns = {"Type": "Notification", "Message": json.dumps(bounce)}
    client.post(path("ses"), content=json.dumps(sns), headers=plain)
    assert [event.points for event in store.bounces.history(ADA)] == [1]


def test_a_subscription_of_somebody_else_is_not_visited(client, path, visits):
    evil = SUBSCRIPTION | {"SubscribeURL": "https://sns.us-east-1.amazonaws.com.example.org/"}
    assert client.post(path("ses"), json=evil).json() == {"ignored": 1}
    assert visits == []


def test_a_visit_that_fails_is_asked_for_again(workspace, path):
    async def fail(_url):
        raise OSError("SNS answered 500")

    with TestClient(make_app(Site(workspace=workspace, visit=fail))) as client:
        assert client.post(path("ses"), json=SUBSCRIPTION).status_code == 503


# What is refused


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_a_webhook_takes_post_only(client, path, method):
    assert client.request(method, path()).status_code == 405


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"a=b", b"[" * 100_000])
def test_a_body_that_is_no_json_of_the_form_is_refused(client, path, body):
    answer = client.post(path(), content=body)
    assert (answer.status_code, "JSON" in answer.text) == (400, True)


def test_a_body_is_at_most_a_mebibyte(client, path):
    def chunks():
        for _ in range(20):
            yield b" " * 65_536

    assert client.post(path(), content=b" " * 1_048_577).status_code == 413
    assert client.post(path(), content=chunks()).status_code == 413
    assert client.post(path(), headers={"Content-Length": "-1"}).status_code == 413


@pytest.mark.usefixtures("ada")
def test_a_database_that_is_busy_means_tell_it_again(client, store, path, monkeypatch):
    def busy(_self, _event):
        raise StoreBusyError("locked")

    with monkeypatch.context() as patch:
        patch.setattr(store.bounces.__class__, "record", busy)
        answer = client.post(path(), json=BOUNCE)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert "locked" not in answer.text
    assert client.post(path(), json=BOUNCE).json() == {"recorded": 1}


@pytest.mark.usefixtures("ada")
async def test_an_event_is_stored_before_the_answer_begins(app, store, path):
    """The provider dies, or we do, just when the answer would leave."""
    body = json.dumps(BOUNCE).encode()

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(_message):
        raise ConnectionError

    scope = {
        "type": "http",
        "method": "POST",
        "path": path(),
        "headers": [(b"content-length", str(len(body)).encode())],
        "query_string": b"",
        "root_path": "",
    }
    with pytest.raises(ConnectionError):
        await app(scope, receive, send)
    assert len(store.bounces.history(ADA)) == 1
