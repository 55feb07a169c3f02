"""The site over a store with Ada in it, and the address of each webhook."""

import shutil
from contextlib import closing

import pytest
from starlette.testclient import TestClient

from digest.config import load
from digest.store import open_store
from digest.web import Site, make_app
from digest.wiring import Workspace
from digest.wiring.bounces import webhook_token
from digest.wiring.secret_files import key_ring
from tests.bounce_lab import ADA, a_mail_sent
from tests.builders import NOW

CONFIG = """
[digest]
base_url = "https://digest.example.org/papers/"
[maildir]
path = "outbox"
sender = "digest@example.org"
"""
BOUNCE = {"event": "bounce", "email": ADA, "status": "5.1.1", "id": "e-1"}


@pytest.fixture
def workspace(tmp_path, empty_database):
    (tmp_path / "config.toml").write_text(CONFIG)
    shutil.copy(empty_database, tmp_path / "digest.db")
    with closing(open_store("sqlite:///digest.db", base=tmp_path)) as store:
        yield Workspace(load(tmp_path / "config.toml", {}), store, lambda: NOW)


@pytest.fixture
def store(workspace):
    return workspace.store


@pytest.fixture
def ada(store):
    return a_mail_sent(store)


@pytest.fixture
def visits():
    return []


@pytest.fixture
def app(workspace, visits):
    async def visit(url):
        visits.append(url)

    return make_app(Site(workspace=workspace, visit=visit))


@pytest.fixture
def client(app):
    with TestClient(app) as opened:
        yield opened


@pytest.fixture
def path(workspace):
    def to(form="generic"):
        return f"/bounces/{form}/{webhook_token(form, key_ring(workspace.config))}"

    return to
