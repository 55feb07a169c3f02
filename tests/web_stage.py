"""A site with everything on, whose every kind of link is known, and a way back to its beginning."""

import base64
import sqlite3
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from anyio.from_thread import start_blocking_portal

from digest.core.schedule import Schedule
from digest.core.sign_up import Limits, SignUp
from digest.core.subscriber import Origin, Status
from digest.core.tokens import KeyRing, Purpose, sign
from digest.web import Site, make_app
from digest.wiring.bounces import webhook_urls
from digest.wiring.secret_files import key_ring
from tests.any_request import Known
from tests.asgi import ask
from tests.builders import NOW, a_delivery, a_harvest, a_subscriber, an_edition, interests

BASE = "https://digest.example.org"
PASSWORD = "correct horse"
CONFIG = f"""
[digest]
base_url = "{BASE}"
contact = "help@example.org"
[maildir]
path = "outbox"
sender = "digest@example.org"
[web]
trusted_proxy_header = "X-Forwarded-For"
sign_ups_per_client = 1000
sign_ups_per_hour = 100000
[web.report]
password_file = "report.password"
"""
PAGES = {
    Purpose.UNSUBSCRIBE: "unsubscribe",
    Purpose.PREFERENCES: "preferences",
    Purpose.FEEDBACK: "feedback",
    Purpose.CONFIRM: "confirm",
    Purpose.EDITION: "editions",
    Purpose.FEED: "feed",
}
"""The page that a token of each purpose opens."""
PAYLOADS_OF_TOKENS = {Purpose.CONFIRM: "1", Purpose.EDITION: "2026-11-23", Purpose.FEED: "0"}


@dataclass(frozen=True)
class Stage:
    """An application, and what is behind it.

    Attributes:
        app: the application; nobody answers its sign-ups.
        known: its routes and genuine links.
        readers: Ada, who reads, and Bo, who signed up.
        keys: what tokens are signed with.
        call: runs a coroutine function where the application runs.
    """

    app: Any
    known: Known
    readers: dict[str, Any]
    keys: KeyRing
    call: Callable[..., Any]
    _connection: sqlite3.Connection
    _begin: sqlite3.Connection

    def ask(self, asked):
        """Return what is answered."""
        return self.call(ask, self.app, asked)

    def path(self, purpose, *, of=None, keys=None, now=NOW):
        """Return a genuine path: the page of a purpose, with a token of it or of another."""
        return f"/{PAGES[purpose]}/{self.token(of or purpose, keys=keys, now=now)}"

    def token(self, purpose, *, keys=None, now=NOW):
        """Return a token of a purpose for whom it is meant."""
        reader = self.readers["bo" if purpose is Purpose.CONFIRM else "ada"]
        payload = PAYLOADS_OF_TOKENS.get(purpose, "")
        return sign(purpose, reader.id, keys=keys or self.keys, now=now, payload=payload)

    def set_back(self):
        """Have the database as it was in the beginning."""
        self._begin.backup(self._connection)

    def dump(self):
        """Tell everything that is in the database."""
        return [*self._connection.iterdump()]

    @contextmanager
    def somebody_writing(self):
        """Hold the one place of SQLite's writers."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")


@contextmanager
def staged(workspace, file, papers):
    """Yield the stage on a workspace whose database is a file."""
    keys, readers = key_ring(workspace.config), _people(workspace.store, papers)
    app = make_app(Site(workspace=workspace, visit=_nowhere))
    with (
        start_blocking_portal() as portal,
        closing(sqlite3.connect(file, isolation_level=None)) as connection,
        closing(sqlite3.connect(":memory:")) as begin,
    ):
        connection.execute("PRAGMA synchronous = OFF")
        connection.backup(begin)
        stage = Stage(
            app,
            _known(app, workspace, keys, readers),
            readers,
            keys,
            portal.call,
            connection,
            begin,
        )
        yield stage


def _people(store, papers):
    store.papers.record_harvest("a", a_harvest(*papers), now=NOW, not_before=None)
    wanted = interests("dense retrieval", exclude=("survey",))
    ada = store.subscribers.add(
        a_subscriber(name="Ada", interests=wanted, origin=Origin.WEB), now=NOW
    )
    store.editions.add_editions([(an_edition(ada, *papers), a_delivery(ada))])
    bo = store.subscribers.add(
        a_subscriber("bo@example.org", status=Status.PENDING, origin=Origin.WEB), now=NOW
    )
    sign_up = SignUp(email=bo.email, client="", interests=wanted, schedule=Schedule(), asked_at=NOW)
    store.sign_ups.ask(sign_up, Limits(per_client=9, per_hour=9))
    return {"ada": ada, "bo": bo}


def _known(app, workspace, keys, readers):
    """Return an address of every page, for whom it is meant and for one who is gone."""
    paths = ["/archive/2026-11-23", "/archive/2026-11-20"]
    for purpose, page in PAGES.items():
        reader = readers["bo" if purpose is Purpose.CONFIRM else "ada"]
        for number in (reader.id, 2**40):
            payload = PAYLOADS_OF_TOKENS.get(purpose, "")
            token = sign(purpose, number, keys=keys, now=NOW, payload=payload)
            paths.append(f"/{page}/{token}")
    paths += [url.removeprefix(BASE) for url in webhook_urls(workspace.config).values()]
    return Known.of(app, paths, b"Basic " + base64.b64encode(f"x:{PASSWORD}".encode()))


async def _nowhere(_url):
    raise OSError("nothing is visited in a test")
