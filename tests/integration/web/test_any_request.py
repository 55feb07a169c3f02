"""Whatever is asked of whatever route: no failure, nothing told, nothing that a page would run.

``DIGEST_REQUESTS=20000`` draws so many requests, not a hundred.
"""

import os

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings

from tests.any_request import READING, requests
from tests.payloads import harm_in
from tests.web_stage import CONFIG, PASSWORD

EXAMPLES = int(os.environ.get("DIGEST_REQUESTS", "0"))
SECRETS = (PASSWORD, "Traceback", "sqlalchemy", "sqlite3", "/digest/web/")
MANY = settings(
    max_examples=EXAMPLES or 100,
    derandomize=not EXAMPLES,
    suppress_health_check=[*HealthCheck],
)
FEW = settings(MANY, max_examples=EXAMPLES // 10 or 40)


@pytest.fixture
def configuration(tmp_path):
    (tmp_path / "report.password").write_text(PASSWORD)
    return CONFIG


def check(asked, answered):
    assert 200 <= answered.status < 500, asked
    assert not [secret for secret in SECRETS if secret.encode() in answered.body], asked
    headers = answered.headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in {"same-origin", "no-referrer"}
    assert "cache-control" in headers
    assert not {"set-cookie", "location", "access-control-allow-origin"} & headers.keys()
    assert all(value.isprintable() for value in headers.values())
    if answered.body and headers["content-type"].startswith("text/html"):
        assert harm_in(lxml.html.fromstring(answered.body.decode())) == [], asked


def test_no_request_breaks_a_route(stage):
    @MANY
    @given(asked=requests(stage.known))
    def hold(asked):
        stage.set_back()
        check(asked, stage.ask(asked))

    hold()


def test_reading_never_changes_the_database(stage):
    before = stage.dump()

    @MANY
    @given(asked=requests(stage.known, READING))
    def hold(asked):
        check(asked, stage.ask(asked))
        assert stage.dump() == before

    hold()


class TestWhileAnotherProcessWrites:
    """Whoever waits for their turn is told so after ten seconds; here at once."""

    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch):
        monkeypatch.setattr("digest.store.database._BUSY_SECONDS", 0.001)

    def test_a_route_answers_or_says_try_again(self, stage):
        @FEW
        @given(asked=requests(stage.known))
        def hold(asked):
            with stage.somebody_writing():
                answered = stage.ask(asked)
            if answered.status == 503:
                assert answered.headers["retry-after"] == "60"
                answered.status = 299
            check(asked, answered)

        hold()
