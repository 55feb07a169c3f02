"""Values that no calendar, no memory and no upstream bears are misuse, in one line each."""

import io

import pytest

from digest.cli.harvest import exit_code
from digest.core.harvest import HarvestState

FAR = "is too far away; allowed: times from 1970 to 2200"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("status --now 0001-01-01", f"'0001-01-01' {FAR}"),
        ("status --now 9999-12-31T23:59-05:00", f"'9999-12-31T23:59-05:00' {FAR}"),
        ("harvest --since 0001-01-01", f"'0001-01-01' {FAR}"),
        ("subscribers pause ada@example.org --until 0001-01-01T00:00+05:00", FAR),
        ("rank ada@example.org --top 99999999999999999999999", "Invalid value for '--top'"),
        ("rank --papers p --profiles p --output - --top 99999999999999999999999", "'--top'"),
        ("send -c long.toml", 'digest.max_age: "800000d": is too long; allowed: a number'),
        ("status -c longer.toml", 'digest.max_age: "999999999999d": is too long; allowed: a'),
        (
            "subscribers pause ada@example.org --until 2026-11-22 --now 2026-11-23",
            "--until 2026-11-22 00:00 UTC has passed; allowed: a later time",
        ),
        (
            "harvest --since 2026-11-24 --now 2026-11-23",
            "--since 2026-11-24 00:00 UTC is to come; allowed: a time before now",
        ),
        ("subscribers add x@example.org email=y@example.org", "email: is given twice; allowed"),
        ("subscribers import far.jsonl", "is too far away; allowed: a time from 1970 to 2200"),
    ],
)
def test_what_is_out_of_all_bounds_is_one_line_and_exit_code_2(desk, words, says):
    desk.write("long.toml", '[digest]\nmax_age = "800000d"')
    desk.write("longer.toml", '[digest]\nmax_age = "999999999999d"')
    record = '{"email": "a@b.org", "status": "paused", "paused_until": "0001-01-01T00:00+05:00"}'
    desk.write("far.jsonl", record)
    ran = desk.run(*words.split())
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert says in line


@pytest.mark.parametrize("now", ["1970-01-01", "2200-12-31T23:59-12:00"])
@pytest.mark.parametrize("command", ["status", "send", "harvest", "doctor --offline"])
def test_commands_work_at_the_ends_of_what_is_allowed(desk, command, now):
    desk.configure("ada@example.org", extra='[digest]\nmax_age = "36500d"')
    ran = desk.run(*command.split(), "--now", now)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("states", "code"),
    [("ok quiet unchanged", 0), ("ok unreachable stale", 75), ("blocked unreachable", 1)],
)
def test_lasting_trouble_of_a_source_outweighs_what_passes(states, code):
    assert exit_code(map(HarvestState, states.split())) == code


def test_file_without_a_good_line_wants_mending(desk):
    desk.write("papers.jsonl", "<html>\n")
    assert desk.run("harvest").code == 1
    assert desk.run("harvest", "--file", "papers.jsonl", "--type", "arxiv").code == 1


def test_erasing_needs_yes_where_nobody_can_be_asked(desk, monkeypatch):
    desk.run("subscribers", "add", "bob@example.org")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ran = desk.run("subscribers", "erase", "bob@example.org")
    assert (ran.code, ran.err) == (2, "digest: there is nobody to ask; this needs --yes then\n")
