"""What doctor finds is what the other commands would meet, and its advice does no harm."""

from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

import digest.wiring.checkup
from digest.core.harvest import Harvest, HarvestState


@dataclass
class Holiday:
    """A source whose list is yesterday's."""

    name: str = "arxiv"

    async def fetch(self, _cursor, *, now):
        assert now
        return Harvest(state=HarvestState.STALE, detail="a holiday?")


def finding(ran, check):
    (found,) = [each for each in ran.json if each["check"] == check]
    return found["state"], found["detail"]


def test_folder_that_takes_no_database_is_a_failure_before_any_command_makes_one(desk):
    desk.configure("ada@example.org", extra='[store]\nurl = "sqlite:///papers.jsonl/digest.db"')
    ran = desk.run("doctor", "--offline", "--json")
    assert ran.code == 1
    state, detail = finding(ran, "database")
    assert state == "FAILED"
    assert detail == (
        f"config.toml: store.url: {desk.folder}/papers.jsonl/digest.db: "
        "this user must be able to write its folder"
    )


@pytest.mark.parametrize(
    ("locked", "says"),
    [("", "must be able to write its folder"), ("digest.db", "must be able to write it")],
)
def test_what_this_user_may_not_write_is_a_failure(desk, monkeypatch, locked, says):
    place = desk.folder / locked
    monkeypatch.setattr("digest.store.address.os.access", lambda path, _mode: path != place)
    state, detail = finding(desk.run("doctor", "--offline", "--json"), "database")
    assert (state, detail.endswith(says)) == ("FAILED", True)


def test_stale_source_is_a_warning_because_it_passes(desk, monkeypatch):
    @asynccontextmanager
    async def open_sources(_config, _clock):
        yield [Holiday()]

    monkeypatch.setattr(digest.wiring.checkup, "open_sources", open_sources)
    ran = desk.run("doctor", "--json")
    assert ran.code == 0
    assert finding(ran, "source arxiv") == (
        "warning",
        "stale, papers: 0; a holiday?; it passes by itself, unless it lasts for days",
    )


@pytest.mark.parametrize("named", [".", "", "outbox"])
def test_folder_in_place_of_a_key_is_called_a_folder(desk, named):
    (desk.folder / "outbox").mkdir()
    desk.configure("ada@example.org", extra=f'[digest]\nsecret_key_file = "{named}"')
    state, detail = finding(desk.run("doctor", "--offline", "--json"), "secret key")
    assert state == "FAILED"
    assert detail.startswith("config.toml: digest.secret_key_file: ")
    assert detail.endswith(": is a folder; allowed: a file")
    assert desk.run("init").code == 2


def test_folder_in_place_of_a_password_is_not_to_be_locked(desk):
    desk.configure("ada@example.org", extra='[web.report]\npassword_file = "."')
    told = desk.run("doctor", "--offline").out
    assert "cannot be read: Is a directory" in told
    assert "chmod" not in told
