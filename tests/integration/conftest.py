"""What many of these tests use: a folder, a store, commands in this process, the default theme."""

import json
import shutil
import sys
from contextlib import closing
from dataclasses import dataclass

import pytest

from digest.cli.app import run_command
from digest.core.render import Renderer
from digest.core.subscriber import Subscriber
from digest.store import open_store
from digest.themes import load_theme
from tests.editions import LIST


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Desk:
    """The current folder with a configuration that delivers into a Maildir, and no rows yet."""

    def __init__(self, folder, capsys):
        self.folder = folder
        self._capsys = capsys

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def configure(self, *readers, extra="", way_out=None, source='type = "file"'):
        """Write config.toml; a reader is an address or the text of a block."""
        blocks = [reader if "=" in reader else f'email = "{reader}"' for reader in readers]
        way_out = way_out or '[maildir]\npath = "outbox"\nsender = "digest@example.org"'
        if "file" in source:
            source += '\npath = "papers.jsonl"'
        parts = [extra, way_out, f"[[sources]]\n{source}"]
        self.write("config.toml", "\n".join([*parts, *(f"[[subscribers]]\n{b}" for b in blocks)]))

    def drop_database(self):
        (self.folder / "digest.db").unlink()

    def publish(self, *titles):
        papers = [{"id": f"2611.{n:05}", "title": title} for n, title in enumerate(titles, 1)]
        self.write("papers.jsonl", "\n".join(map(json.dumps, papers)))

    def outbox(self):
        return [*(self.folder / "outbox" / "new").glob("*")]

    def leave(self, email):
        """End a reader's mail as the reader would."""
        with closing(open_store("sqlite:///digest.db", base=self.folder)) as opened:
            opened.subscribers.change(opened.subscribers.find(email).id, Subscriber.unsubscribe)

    def run(self, *words):
        self._capsys.readouterr()
        code = run_command([*words])
        said = self._capsys.readouterr()
        return Ran(code, said.out, said.err)


@pytest.fixture
def desk(tmp_path, empty_database, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    made = Desk(tmp_path, capsys)
    shutil.copy(empty_database, tmp_path / "digest.db")
    made.configure("ada@example.org")
    made.publish("Dense retrieval at scale", "Sparse retrieval in the small")
    return made


@pytest.fixture
def empty(desk):
    """The desk before there is anything on it."""
    for file in desk.folder.iterdir():
        file.unlink()
    return desk


@pytest.fixture
def file(tmp_path):
    """Where the database lies, or will."""
    return tmp_path / "digest.db"


@pytest.fixture
def store(tmp_path, empty_database):
    """An open store, new and empty, in this test's folder."""
    shutil.copy(empty_database, tmp_path / "digest.db")
    with closing(open_store("sqlite:///digest.db", base=tmp_path)) as opened:
        yield opened


@pytest.fixture(scope="module")
def theme():
    return load_theme("default")


@pytest.fixture(scope="module")
def renderer(theme):
    return Renderer(theme, LIST)


@pytest.fixture
def printing(tmp_path):
    """Return a command that prints the given lines one after the other, a run each."""

    def make(*lines, code=0):
        state = tmp_path / "lines"
        state.write_text("\n".join(lines) + "\n")
        script = (
            "import sys; path = sys.argv[1]; lines = open(path).read().splitlines(); "
            "print(lines[0], 'and more', sep='\\n'); "
            "open(path, 'w').write('\\n'.join(lines[1:] or lines)); "
            f"sys.exit({code})"
        )
        return [sys.executable, "-c", script, str(state)]

    return make
