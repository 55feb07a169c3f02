"""Prepare a folder with a database of papers and readers, by the product's own commands."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

import ours
import sample

_CONFIG = """\
[digest]
name = "Bench"
max_papers = 10
base_url = "https://digest.example.org"

[store]
url = "sqlite:///digest.db"

[smtp]
host = "127.0.0.1"
port = 25
security = "none"
sender = "Bench <digest@example.org>"
connections = {connections}

[[sources]]
type = "file"
path = "papers.jsonl"
"""


def prepare(folder: Path, *, readers: int, papers: int, connections: int) -> None:
    """Make a folder with everything that ``digest send`` needs, nothing composed yet."""
    folder.mkdir()
    (folder / "config.toml").write_text(_CONFIG.format(connections=connections))
    today = datetime.now(UTC).date()
    sample.write_lines(folder / "papers.jsonl", sample.papers(papers, day=today))
    sample.write_lines(folder / "readers.jsonl", sample.readers(readers))
    digest(folder, "harvest")
    digest(folder, "subscribers", "import", "readers.jsonl")


def copy(prepared: Path, to: Path) -> Path:
    """Return a fresh copy of a prepared folder; what was at ``to`` is gone."""
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(prepared, to))


def digest(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> str:
    """Run a ``digest`` command in a folder and return what it printed.

    Raises:
        SystemExit: it failed.
    """
    ran = subprocess.run(
        [ours.command(), *words],
        cwd=folder,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise SystemExit(f"digest {' '.join(words)} failed:\n{ran.stderr[-1500:]}")
    return ran.stdout


def at_port(port: int) -> dict[str, str]:
    """Return the environment that makes ``digest`` send to a sink."""
    return {"DIGEST_SMTP__PORT": str(port)}


def editions(folder: Path, *, readers: int) -> list[dict[str, Any]]:
    """Return the editions of the first readers, as the templates of ``peers`` take them.

    The same papers for the same readers as the product will choose, with what matched.
    """
    lines = (folder / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    by_title = {paper["title"]: paper for paper in map(json.loads, lines)}
    lines = (folder / "readers.jsonl").read_text(encoding="utf-8").splitlines()[:readers]
    people = {reader["email"]: reader for reader in map(json.loads, lines)}
    wanted = [word for email in people for word in ("--to", email)]
    plan = json.loads(digest(folder, "send", "--no-harvest", "--dry-run", "--json", *wanted))
    return [
        _edition(people[row["email"]], [by_title[title] for title in row["papers"]]) for row in plan
    ]


def _edition(reader: sample.Record, papers: list[sample.Record]) -> dict[str, Any]:
    page = f"https://digest.example.org/{reader['email'].partition('@')[0]:0>40}"
    return {
        "email": reader["email"],
        "name": reader["name"],
        "interests": reader["interests"],
        "subject": f"Bench: {len(papers)} papers for you",
        "papers": [_card(paper, reader["interests"], page) for paper in papers],
        "preferences_url": f"{page}/preferences",
        "unsubscribe_url": f"{page}/unsubscribe",
    }


def _card(paper: sample.Record, interests: list[str], page: str) -> dict[str, Any]:
    text = f"{paper['title']} {paper['abstract']}".lower()
    return paper | {
        "byline": ", ".join(paper["authors"]),
        "category": paper["categories"][0],
        "lead": f"{paper['abstract'][:420]}…",
        "matched": [interest for interest in interests if interest in text],
        "more_url": f"{page}/more/{paper['id']}",
        "less_url": f"{page}/less/{paper['id']}",
    }


def signing(folder: Path, algorithm: str) -> dict[str, str]:
    """Return the environment that makes ``digest`` sign, with a key made here.

    Args:
        folder: where the key is put.
        algorithm: ``rsa`` (2048 bits) or ``ed25519``.
    """
    if algorithm == "rsa":
        key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = rsa.generate_private_key(
            public_exponent=65537, key_size=2048
        )
    else:
        key = ed25519.Ed25519PrivateKey.generate()
    file = folder / f"{algorithm}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    file.chmod(0o600)
    return {
        "DIGEST_SMTP__DKIM__DOMAIN": "example.org",
        "DIGEST_SMTP__DKIM__SELECTOR": algorithm,
        "DIGEST_SMTP__DKIM__KEY_FILE": file.name,
    }
