"""Streams that are closed, full or no longer read are no reason for a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DIGEST = Path(sys.executable).with_name("digest")


@pytest.fixture
def shell(desk):
    def run(line):
        ran = subprocess.run(  # noqa: S603 - our own words
            ["bash", "-o", "pipefail", "-c", f'PATH="{DIGEST.parent}:$PATH"; {line}'],  # noqa: S607
            cwd=desk.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return ran.returncode, ran.stdout, ran.stderr

    profile = {"id": "p", "keywords": ["retrieval"]}
    desk.write("profiles.jsonl", json.dumps(profile))
    return run


RANK = "digest rank --papers papers.jsonl --profiles profiles.jsonl --output"
FULL = "digest: standard output: No space left on device\n"


@pytest.mark.parametrize(
    "line",
    [
        "digest status >&-",
        "digest harvest >&- 2>&-",
        "digest doctor --offline <&- >&-",
        "digest migrate -q 2>&-",
    ],
)
def test_closed_streams_lose_what_is_said_and_nothing_else(shell, line):
    assert shell(line) == (0, "", "")


def test_reader_of_a_pipe_may_leave(shell):
    code, _, said = shell("digest subscribers list | true")
    assert (code in {0, 141}, said) == (True, "")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("digest status >/dev/full", FULL),
        (f"{RANK} - 2>&1 >/dev/full | grep -v profile >&2; exit ${{PIPESTATUS[0]}}", FULL),
        (f"{RANK} /dev/full", "digest: /dev/full: cannot be written: No space left on device\n"),
        ("digest report -q --out /dev/full",
         "digest: /dev/full: cannot be written: No space left on device\n"),
        ("digest report --out - >/dev/full", FULL),
    ],
)  # fmt: skip
def test_what_could_not_be_written_is_a_failure(shell, line, says):
    assert shell(line) == (1, "", says)


def test_code_of_a_command_survives_the_loss_of_its_words(shell):
    assert shell("digest status -c none.toml 2>&-")[0] == 2
    assert shell("digest status -c none.toml >/dev/full")[0] == 2
