"""Values that no calendar, no memory and no upstream bears are misuse, in one line each."""

import pytest

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
