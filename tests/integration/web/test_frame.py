"""What all pages have in common: the style sheet, the headers, failures, and own forms."""

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from digest.core.privacy import masked
from digest.errors import ThemeError
from digest.web import Site, make_app


def test_the_style_sheet_is_kept_for_as_long_as_it_is_the_same(client):
    page = client.get("/nowhere").text
    address = page.split('href="')[1].split('"')[0]
    assert address.startswith("/style.css?")
    answer = client.get(address)
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "immutable" not in client.get("/style.css?old").headers["Cache-Control"]


@pytest.mark.parametrize("at", ["/nowhere", "/style.css", "/healthz"])
def test_nothing_is_loaded_framed_or_guessed(client, at):
    headers = client.get(at).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["style-src"] == policy["form-action"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("part", ["unsubscribe", "preferences", "feedback"])
def test_pages_with_a_token_are_kept_nowhere(client, part):
    headers = client.get(f"/{part}/x").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_what_is_not_there_is_a_page_with_a_sentence(client):
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "<h1>There is nothing here</h1>" in answer.text
    assert '<a class="name" href="/">Trending papers</a>' in answer.text


@pytest.mark.parametrize("at", ["/nowhere", "/archive/", "/papers/", "/editionsx", "//feed/x"])
def test_a_mistyped_address_tells_nothing_of_readers(client, at):
    answer = client.get(f"https://digest.example.org{at}", follow_redirects=False)
    assert answer.status_code == 404
    assert "The address may be mistyped." in answer.text
    assert "reader who is gone" not in answer.text


@pytest.mark.parametrize("at", ["/editions/", "/editions/x", "/feed/x", "/preferences"])
def test_a_link_of_a_mail_that_leads_nowhere_says_where_fresh_ones_are(client, at):
    answer = client.get(at)
    assert answer.status_code == 404
    assert "each mail has fresh ones" in answer.text


def test_a_wrong_method_is_a_page_too(client):
    answer = client.put("/style.css")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert "That cannot be done here" in answer.text


def test_a_defect_is_told_without_saying_which(workspace, monkeypatch):
    def fail(_self):
        raise RuntimeError("canary")

    monkeypatch.setattr(workspace.store.papers.__class__, "newest_serial", fail)
    app = make_app(Site(workspace=workspace))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/healthz")
    assert (answer.status_code, "canary" in answer.text) == (500, False)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://digest.example.org"},
        {"Origin": "https://digest.example.org.evil.example"},
        {"Origin": "https://[evil"},
    ],
)
def test_a_form_on_another_site_is_refused(client, headers):
    answer = client.post("/preferences/x", headers=headers)
    assert (answer.status_code, "another site" in answer.text) == (403, True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://digest.example.org", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://digest.example.org", "Host": "127.0.0.1:8080"},
        {"Origin": "http://127.0.0.1:8080", "Host": "127.0.0.1:8080"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://other-name.example.org"},
    ],
)
def test_a_form_of_our_own_passes(client, headers):
    assert client.post("/preferences/x", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ada@example.org", "a***@example.org"), ("a@b@c.example", "a***@c.example")],
)
def test_an_address_is_masked(address, shown):
    assert masked(address) == shown


@pytest.mark.parametrize("path", ["/nowhere/", "/healthz/", "//evil.example/"])
def test_nobody_is_sent_elsewhere(client, path):
    at = f"https://digest.example.org{path}"
    assert client.get(at, follow_redirects=False).status_code == 404


def test_own_templates_come_first_and_the_rest_from_the_program(workspace, tmp_path):
    own = tmp_path / "themes" / "web"
    own.mkdir(parents=True)
    (own / "failure.html.j2").write_text(
        '{% extends "base.html.j2" %}{% block content %}Gone fishing{% endblock %}'
    )
    folder = workspace.config.digest.model_copy(update={"themes_folder": own.parent})
    config = workspace.config.model_copy(update={"digest": folder})
    app = make_app(Site(workspace=replace(workspace, config=config)))
    with TestClient(app) as client:
        text = client.get("/nowhere").text
    assert "Gone fishing" in text
    assert "Skip to the content" in text


def test_a_template_that_is_none_is_named_at_the_start(workspace, tmp_path):
    own = tmp_path / "themes" / "web"
    own.mkdir(parents=True)
    (own / "failure.html.j2").write_text("\n{% if %}")
    folder = workspace.config.digest.model_copy(update={"themes_folder": own.parent})
    config = workspace.config.model_copy(update={"digest": folder})
    with pytest.raises(ThemeError, match=r"web/failure\.html\.j2:2: "):
        make_app(Site(workspace=replace(workspace, config=config)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_schemes(client, scheme):
    """WCAG 2.2, 1.4.3 and 1.4.11: 4.5 to 1 for text, 3 to 1 for fields and plots."""
    light, dark = client.get("/style.css").text.split("prefers-color-scheme: dark")
    source = light if scheme == "light" else dark
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", source))
    for ink, ground in (
        *((ink, ground) for ink in ("ink", "text", "soft", "link") for ground in GROUNDS),
        ("chip-ink", "chip"), ("new-ink", "new"), ("button-ink", "button"),
        ("wrong", "wrong-sheet"), ("wrong", "sheet"),
    ):  # fmt: skip
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for shape in ("edge", "plain", "good", "waits", "moves", "late", "bad", "held", "doubt"):
        assert contrast(colours[shape], colours["sheet"]) >= 3, shape


GROUNDS = ("page", "sheet", "quiet", "band")


def contrast(one, other):
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
