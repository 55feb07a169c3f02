"""Commands that show, list and keep: each works on a real store and prints what it promises."""

import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing

import httpx2
import pytest

from digest.store.tables import SCHEMA

CONFIG = """
[maildir]
path = "outbox"
sender = "Lab papers <digest@example.org>"
[[sources]]
type = "file"
path = "papers.jsonl"
[[subscribers]]
email = "ada@example.org"
interests = ["dense retrieval"]
"""


@pytest.fixture
def digest(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    paper = {"id": "2611.00001", "title": "Dense retrieval at scale", "upvotes": 3}
    (tmp_path / "papers.jsonl").write_text(json.dumps(paper))

    def run(*words):
        ran = subprocess.run(  # noqa: S603 - the command under test
            [sys.executable, "-m", "digest", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return run


def test_papers_are_harvested_ranked_previewed_and_shown(digest, tmp_path):
    assert '"papers_new": 1' in digest("harvest", "--json")
    ranked = json.loads(digest("rank", "ada@example.org", "--explain", "--json"))
    assert ranked["papers"][0]["title"] == "Dense retrieval at scale"
    assert "Dense retrieval at scale" in digest("preview", "ada@example.org", "--out", "mail")
    assert {file.suffix for file in (tmp_path / "mail").iterdir()} == {".eml", ".html", ".txt"}
    assert "file" in digest("status")
    saved = digest("harvest", "--file", "papers.jsonl", "--type", "file", "--json")
    assert json.loads(saved)["id"] == "arxiv:2611.00001"


def test_people_come_and_go(digest, tmp_path):
    (tmp_path / "people.csv").write_text("email,interests\nbob@example.org,maps; RAG\n")
    digest("subscribers", "import", "people.csv")
    digest("subscribers", "remove", "ada@example.org")
    exported = [json.loads(line) for line in digest("subscribers", "export").splitlines()]
    assert {reader["email"]: (reader["status"], reader["interests"]) for reader in exported} == {
        "ada@example.org": ("unsubscribed", ["dense retrieval"]),
        "bob@example.org": ("active", ["maps", "RAG"]),
    }


def test_demo_sends_six_mails_and_none_again(digest, tmp_path):
    assert "6 mails accepted by the server; a second run sent 0" in digest("demo", "--out", "out")
    assert len([*(tmp_path / "out" / "mails").glob("*.eml")]) == 6
    assert f"none -> {SCHEMA}" in digest("migrate")
    assert "current" in digest("migrate")


def test_demo_serves_its_pages_and_shows_the_mail_of_who_signs_up(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "digest", "demo", "--serve", "--port", str(port)]
    with subprocess.Popen(  # noqa: S603 - the command under test
        words, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as shown:
        try:
            pages = next(line for line in shown.stdout if line.startswith("Pages:")).split()[1]
            front = reply_of(pages)
            assert "Subscribe" in front
            link = pages + "editions/"
            assert link in (tmp_path / "demo-out" / "mails" / "ada.html").read_text()
            reply_of(pages + "subscribe", {"email": "you@example.org", "interests": "retrieval"})
            told = next(line for line in shown.stdout if line.startswith("Mail for"))
            assert (
                told == "Mail for you@example.org: Confirm your subscription to Trending papers\n"
            )
            assert "Confirm" in reply_of(next(shown.stdout).strip())
            assert (tmp_path / "demo-out" / "mails" / "you.eml").exists()
        finally:
            shown.send_signal(signal.SIGINT)
    assert shown.returncode == 0


def reply_of(url, form=None):
    """Return what a page of this machine says, in time."""
    until = time.monotonic() + 20
    while True:
        try:
            if form is None:
                return httpx2.get(url).raise_for_status().text
            return httpx2.post(url, data=form).raise_for_status().text
        except httpx2.ConnectError:
            assert time.monotonic() < until
            time.sleep(0.05)
