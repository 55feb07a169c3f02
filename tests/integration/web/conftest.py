"""A site over a real database, a reader called Ada, and tokens for her pages."""

import re
import shutil
import sqlite3
import time
from contextlib import closing
from email import message_from_bytes, policy

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.testclient import TestClient

from digest.config import load, subscribers_of
from digest.core.subscriber import Origin
from digest.core.tokens import Purpose, sign
from digest.store import open_store
from digest.web import Site, make_app
from digest.wiring import Workspace
from digest.wiring.secret_files import key_ring
from tests.builders import NOW, a_bounce, a_harvest, a_paper, a_subscriber, interests
from tests.smtp_server import Behaviour, Running
from tests.web_stage import staged

CONFIG = """
[digest]
base_url = "https://digest.example.org"
contact = "help@example.org"
[maildir]
path = "outbox"
sender = "digest@example.org"
"""
PAPERS = (
    a_paper("2406.00001", title="Dense retrieval at scale", authors=("Ada Byron", "Alan Turing")),
    a_paper("2406.00002", title="Sparse retrieval in the small", authors=("Grace Hopper",)),
    a_paper("2406.00003", title="Diffusion without tears"),
)


class Clock:
    """Stands still until it is set."""

    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def configuration():
    """The text of the configuration; a test module may have its own."""
    return CONFIG


@pytest.fixture
def workspace(tmp_path, empty_database, clock, configuration):
    (tmp_path / "config.toml").write_text(configuration)
    shutil.copy(empty_database, tmp_path / "digest.db")
    with closing(open_store("sqlite:///digest.db", base=tmp_path)) as store:
        made = Workspace(load(tmp_path / "config.toml", {}), store, clock)
        store.subscribers.sync(subscribers_of(made.config), now=NOW)
        yield made


@pytest.fixture
def store(workspace):
    return workspace.store


@pytest.fixture
def ada(store):
    """A reader who came by the pages, and three papers."""
    store.papers.record_harvest("a", a_harvest(*PAPERS), now=NOW, not_before=None)
    wanted = interests("dense retrieval", exclude=("survey",))
    reader = a_subscriber(name="Ada", interests=wanted, origin=Origin.WEB)
    return store.subscribers.add(reader, now=NOW)


@pytest.fixture
def client(workspace):
    app = make_app(Site(workspace=workspace))
    with TestClient(app, base_url="https://digest.example.org") as opened:
        yield opened


@pytest.fixture
def stage(workspace, tmp_path):
    """The same papers, and every kind of link; see there."""
    with staged(workspace, tmp_path / "digest.db", PAPERS) as made:
        yield made


@pytest.fixture
def token(workspace):
    """Signs a token: ``token(Purpose.UNSUBSCRIBE, ada)``."""

    def sign_one(purpose, reader, payload=""):
        keys = key_ring(workspace.config)
        number = reader if isinstance(reader, int) else reader.id
        return sign(purpose, number, keys=keys, now=workspace.clock(), payload=payload)

    return sign_one


@pytest.fixture
def path(token, ada):
    """Lead to Ada's preferences; a test module may be about another page."""
    return f"/preferences/{token(Purpose.PREFERENCES, ada)}"


@pytest.fixture
def dump(tmp_path):
    """Tells everything that is in the database."""

    def lines():
        with closing(sqlite3.connect(tmp_path / "digest.db")) as connection:
            return [*connection.iterdump()]

    return lines


# --- mails over a real relay; `configuration` must name it


@pytest.fixture
def behaviour():
    return Behaviour()


@pytest.fixture
def relay(behaviour):
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Running(behaviour)) as server,
    ):
        yield server


@pytest.fixture
def settle(client, store):
    """Waits until every mail that is due has been tried."""

    def wait():
        client.portal.call(client.app.state.postman.nudge)
        end = time.monotonic() + 10
        while time.monotonic() < end and _waiting(store):
            time.sleep(0.01)
        assert not _waiting(store)

    return wait


def _waiting(store):
    with store.database.reading() as connection:
        query = "SELECT count(*) FROM sign_ups WHERE mail = 'due' AND attempts = 0"
        return connection.exec_driver_sql(query).scalar()


@pytest.fixture
def mails(relay, settle):
    def arrived():
        settle()
        return [
            (recipient, message_from_bytes(raw, policy=policy.default))
            for recipient, raw in relay.inbox.messages
        ]

    return arrived


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def link_in(mail, kind="confirm"):
    return re.search(rf"https://digest\.example\.org(/{kind}/\S+)", text_of(mail))[1]


def suppress(store, reader, kind, at=NOW):
    store.bounces.record(a_bounce(reader, kind, at))
