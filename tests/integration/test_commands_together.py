"""Commands that show, list and keep, one after the other: each finds what another left."""

import json

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
def digest(desk):
    """Run a command that must succeed; return what it prints."""
    desk.write("config.toml", CONFIG)
    paper = {"id": "2611.00001", "title": "Dense retrieval at scale", "upvotes": 3}
    desk.write("papers.jsonl", json.dumps(paper))

    def run(*words):
        ran = desk.run(*words)
        assert ran.code == 0, ran.err
        return ran.out

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


def test_demo_sends_six_mails_and_none_again(digest, desk, tmp_path):
    desk.drop_database()
    assert "6 mails accepted by the server; a second run sent 0" in digest("demo", "--out", "out")
    assert len([*(tmp_path / "out" / "mails").glob("*.eml")]) == 6
    assert f"none -> {SCHEMA}" in digest("migrate")
    assert "current" in digest("migrate")
