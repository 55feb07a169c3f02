"""What every test may use: files of expected output, and a database server."""

import os
import sys
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from digest.store import migrate
from tests.postgres import Server, binaries

# No test is right or wrong by how busy the machine is, or by chance: what a plain run passes, it
# passes again. The thorough one draws anew each time.
settings.register_profile("digest", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile("digest")

# A module is compiled once, not by each of the many processes that tests start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the program says now into tests/golden instead of comparing",
    )
    parser.addoption(
        "--pictures",
        metavar="FOLDER",
        help="keep there how each page looks, wide and narrow, light and dark (browser tests)",
    )


class Golden:
    """Compares a text with the file of that name under tests/golden."""

    def __init__(self, *, update):
        self._update = update

    def check(self, name, text):
        file = _GOLDEN / name
        if self._update:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        assert file.is_file(), f"{file} is missing; run pytest with --update-golden"
        assert text == file.read_text(encoding="utf-8")

    def names(self, folder):
        return {file.name for file in (_GOLDEN / folder).iterdir()}


@pytest.fixture
def golden(request):
    return Golden(update=request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A SQLite file with all tables and no rows: a copy is quicker than the migrations."""
    folder = tmp_path_factory.mktemp("database")
    migrate("sqlite:///empty.db", base=folder)
    return folder / "empty.db"


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server; ``new_database`` makes one that is empty."""
    programs = binaries()
    if programs is None and os.environ.get("DIGEST_TEST_STRICT") != "1":
        pytest.skip("PostgreSQL is not on this machine")
    assert programs, "PostgreSQL is not on this machine"
    server = Server(programs)
    yield server
    server.remove()


@pytest.fixture(autouse=True)
def _logging_as_it_was():
    """Undo what a command run inside a test set up: its stream ends with the test."""
    yield
    structlog.reset_defaults()
