"""A site over a real database, a reader called Ada, and tokens for her pages."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from starlette.testclient import TestClient

from digest.config import load, subscribers_of
from digest.core.subscriber import Origin
from digest.core.tokens import sign
from digest.store import open_store
from digest.web import Site, make_app
from digest.wiring import Workspace
from digest.wiring.secret_files import key_ring
from tests.builders import NOW, a_harvest, a_paper, a_subscriber, interests

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
def token(workspace):
    """Signs a token: ``token(Purpose.UNSUBSCRIBE, ada)``."""

    def sign_one(purpose, reader, payload=""):
        keys = key_ring(workspace.config)
        number = reader if isinstance(reader, int) else reader.id
        return sign(purpose, number, keys=keys, now=workspace.clock(), payload=payload)

    return sign_one


@pytest.fixture
def dump(tmp_path):
    """Tells everything that is in the database."""

    def lines():
        with closing(sqlite3.connect(tmp_path / "digest.db")) as connection:
            return [*connection.iterdump()]

    return lines
