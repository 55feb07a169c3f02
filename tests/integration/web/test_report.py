"""The operator's pages: not for everybody, full of numbers and without an address."""

from dataclasses import replace
from datetime import timedelta

import html5lib
import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from digest.core.bounces import BounceEvent, BounceKind
from digest.core.feedback import Feedback, Verdict
from digest.core.harvest import HarvestState
from digest.core.subscriber import Origin
from digest.errors import ConfigError
from digest.web import Site, make_app
from digest.web.server import serving
from tests.builders import (
    LEASE,
    NOW,
    a_delivery,
    a_harvest,
    a_paper,
    a_subscriber,
    accepted,
    an_edition,
    interests,
)
from tests.integration.web.conftest import CONFIG, PAPERS

PASSWORD = "correct horse"
OPERATOR = ("operator", PASSWORD)
PATHS = ("/report", "/metrics")
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def configuration(tmp_path):
    (tmp_path / "report.password").write_text(PASSWORD + "\n")
    source = '[[sources]]\ntype = "file"\npath = "papers.jsonl"\n'
    return f'{CONFIG}[web.report]\npassword_file = "report.password"\n{source}'


@pytest.fixture
def life(store):
    """Readers, a mail sent and one that waits, a bounce, a verdict and a source in trouble."""
    title = f"{HOSTILE} pass@k for eve@evil.example.org"
    papers = (*PAPERS, a_paper("2406.00009", title=title, url="javascript:alert(1)"))
    store.papers.record_harvest("file", a_harvest(*papers), now=NOW, not_before=None)
    trouble = a_harvest(state=HarvestState.MALFORMED, detail="ask admin@upstream.example.org")
    store.papers.record_harvest("file", trouble, now=NOW, not_before=None)
    wanted = interests("dense retrieval", HOSTILE, "write to ada@lab.example.org")
    ada, alan = (
        store.subscribers.add(
            a_subscriber(f"{name}@example.org", name=name, interests=wanted, origin=Origin.WEB),
            now=NOW,
        )
        for name in ("ada", "alan")
    )
    for reader in (ada, alan):
        delivery = a_delivery(reader, next_attempt_at=NOW)
        store.editions.add_editions([(an_edition(reader, PAPERS[0]), delivery)])
    (first,) = store.ledger.claim(owner="me", limit=1, now=NOW, lease_until=NOW + LEASE)
    sent = replace(accepted(first), sent_at=NOW + timedelta(seconds=90))
    store.ledger.commit(begun=[], settled=[sent], now=NOW)
    store.bounces.record(
        BounceEvent(
            key="b",
            kind=BounceKind.HARD,
            address="ada@example.org",
            subscriber_id=ada.id,
            status="5.1.1",
            diagnostic=f"<ada@example.org>: no such user {HOSTILE}",
            source="mailbox",
            seen_at=NOW,
        )
    )
    for reader in (ada, alan):
        told = Feedback(paper=papers[-1].id, verdict=Verdict.FEWER, at=NOW)
        store.feedback.record(reader.id, told)
    return store


@pytest.mark.parametrize("path", PATHS)
def test_without_the_password_nothing_is_told(client, path):
    answer = client.get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Basic realm="digest"')
    assert answer.headers["Cache-Control"] == "no-store"
    assert "readers" not in answer.text
    assert client.get(path, auth=("operator", "guess")).status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_no_cache_and_no_search_engine_keeps_it(client, path):
    answer = client.get(path, auth=OPERATOR)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PATHS)
def test_guessing_ends_for_whoever_guesses(client, path):
    for _ in range(10):
        assert client.get(path, auth=("operator", "guess")).status_code == 401
    late = client.get(path, auth=OPERATOR)
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 900
    assert "In 15 minutes at the latest it will be taken again." in late.text or path == "/metrics"


@pytest.fixture
def open_app(workspace):
    """The application without a password."""
    web = workspace.config.web.model_copy(update={"report": None})
    config = workspace.config.model_copy(update={"web": web})
    return make_app(Site(workspace=replace(workspace, config=config)))


@pytest.mark.parametrize("path", PATHS)
def test_without_a_password_in_the_configuration_strangers_find_no_such_page(open_app, path):
    with TestClient(open_app, client=("192.0.2.1", 4000)) as client:
        for auth in (None, OPERATOR):
            answer = client.get(path, auth=auth)
            assert answer.status_code == 404
            assert "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
def test_without_a_password_a_program_on_the_same_machine_gets_the_metrics(open_app, peer):
    with TestClient(open_app, client=(peer, 4000)) as client:
        assert "digest_readers" in client.get("/metrics").text
        assert client.get("/report").status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_proxy_on_the_same_machine_is_nobody_beside_us(open_app, header):
    with TestClient(open_app, client=("127.0.0.1", 4000)) as client:
        assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("password", ["", "seven 7"])
def test_a_password_that_is_too_short_is_refused_at_the_start(workspace, tmp_path, password):
    (tmp_path / "report.password").write_text(password)
    with pytest.raises(ConfigError, match=r"web\.report.*(is empty|allowed: 8 characters)"):
        make_app(Site(workspace=workspace))


@pytest.mark.usefixtures("life")
def test_the_page_tells_how_the_list_does(client):
    page = parsed(client.get("/report", auth=OPERATOR).text)
    said = [" ".join(" ".join(row.itertext()).split()) for row in page.iter("tr")]
    for row in ("active 2", "deferred 0", "queued 1", "dense retrieval 2", "hard 1 1"):
        assert any(told.startswith(row) for told in said), (row, said)
    assert "23 Nov 1 1 2 min 2 min" in said
    assert any("pass@k for (address)" in told and told.endswith("0 0 2") for told in said)
    assert any(told.startswith("file malformed 4") for told in said)
    titles = [plot.find(f"{SVG}title").text for plot in plots(page)]
    assert titles == ["New readers", "Deliveries", "Bounces, complaints and requests", "New papers"]


@pytest.mark.usefixtures("life")
@pytest.mark.parametrize("path", PATHS)
def test_no_address_is_told(client, path):
    text = client.get(path, auth=OPERATOR).text
    assert "@" not in text.replace("pass@k", "")
    assert "ada" not in text.lower()


@pytest.mark.usefixtures("life")
def test_the_page_has_no_fault_no_script_and_no_style_of_its_own(client):
    page = parsed(client.get("/report", auth=OPERATOR).text)
    assert len([*page.iter("h1")]) == 1
    assert not [*page.iter("script")]
    assert not [each for each in page.iter() if each.get("style")]
    ids = [each.get("id") for each in page.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    named = {each.get("aria-labelledby") for each in page.iter()} - {None}
    assert named <= set(ids)
    assert not [a for a in page.iter("a") if "javascript" in a.get("href", "")]


def test_an_empty_list_has_a_report_too(client):
    page = parsed(client.get("/report", auth=OPERATOR).text)
    said = " ".join("".join(page.itertext()).split())
    assert "No mail was composed in these days." in said
    assert "Nothing came back in these days." in said
    assert "No reader has judged a paper yet." in said
    assert not plots(page)


@pytest.mark.usefixtures("life")
def test_metrics_are_what_prometheus_reads(client):
    answer = client.get("/metrics", auth=OPERATOR)
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert found["digest_readers", "active"] == 2
    assert found["digest_deliveries_waiting", "queued"] == 1
    assert found["digest_deliveries_recent", "sent"] == 1
    assert found["digest_came_back_recent", "hard"] == 1
    assert found["digest_source_failures", "file"] == 1
    assert found["digest_source_good_timestamp_seconds", "file"] == NOW.timestamp()


@pytest.mark.usefixtures("life")
def test_metrics_come_in_the_format_that_the_scraper_reads(client):
    accepted = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = client.get("/metrics", auth=OPERATOR, headers=accepted)
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


async def test_a_browser_and_a_scraper_get_in_over_the_wire(workspace):
    app = make_app(Site(workspace=workspace))
    async with serving(app, host="127.0.0.1", port=0) as port, httpx2.AsyncClient() as client:
        for path in PATHS:
            url = f"http://127.0.0.1:{port}{path}"
            assert (await client.get(url)).status_code == 401
            assert (await client.get(url, auth=OPERATOR)).status_code == 200
            assert (await client.head(url, auth=OPERATOR)).status_code == 200
            assert (await client.post(url, auth=OPERATOR)).status_code == 405


def parsed(text):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def plots(page):
    return [svg for svg in page.iter(f"{SVG}svg") if svg.get("role") == "img"]
