"""init: a first configuration, from options or in a dialogue."""

import errno
import io
import os


def states(ran):
    return {finding["check"]: finding["state"] for finding in ran.json}


def test_init_with_nothing_but_flags_makes_what_works(empty):
    ran = empty.run("init", "lab", "--email", "me@lab.example", "--interest", 'say "hi"')
    assert ran.code == 0
    assert ran.out.splitlines()[-4:] == [
        "Next:",
        "  1. look through lab/config.toml",
        "  2. digest doctor -c lab/config.toml",
        "  3. digest send -c lab/config.toml",
    ]
    modes = {file.name: oct(file.stat().st_mode)[-3:] for file in (empty.folder / "lab").iterdir()}
    assert modes == {"config.toml": "600", "secret.key": "600", "digest.db": "600"}
    checked = empty.run("doctor", "--offline", "--json", "-c", "lab/config.toml")
    assert checked.code == 0
    assert set(states(checked).values()) == {"ok"}
    listed = empty.run("subscribers", "list", "-c", "lab/config.toml").out
    assert 'me@lab.example\t\tactive\tdaily 07:30 UTC\tsay "hi"' in listed


def test_init_keeps_what_is_there(empty):
    empty.run("init")
    before = {file.name: file.read_bytes() for file in empty.folder.iterdir()}
    again = empty.run("init", "--email", "other@example.org")
    assert again.out.startswith("config.toml: kept as it is\n")
    assert "sqlite:///digest.db: kept, schema " in again.out
    assert (
        before.items() <= {file.name: file.read_bytes() for file in empty.folder.iterdir()}.items()
    )
    assert empty.run("init", "-q").out == ""


def test_init_says_what_an_existing_configuration_keeps_from_having_effect(empty):
    empty.run("init", "--email", "me@lab.example")
    ran = empty.run("init", "--email", "Me@lab.example")
    assert (ran.code, ran.err) == (0, "")
    ran = empty.run("init", "--email", "bob@lab.example", "--smtp-port", "25")
    assert ran.err.splitlines() == [
        "config.toml: bob@lab.example was not added; run `digest subscribers add bob@lab.example`",
        "config.toml: not changed by --smtp-port; edit the file",
    ]
    assert empty.run("init").err == ""


def test_init_mends_what_a_full_disk_left_empty(empty, monkeypatch):
    def refuse(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr("os.fsync", refuse)
        ran = empty.run("init")
    assert (ran.code, ran.err) == (2, "config.toml: cannot be written: No space left on device\n")
    assert [*empty.folder.iterdir()] == []
    for name in ("config.toml", "secret.key"):
        (empty.folder / name).touch(mode=0o600)
    assert "holds no key" in empty.run("doctor", "--offline").out
    assert "kept" not in empty.run("init").out
    assert empty.run("doctor", "--offline").code == 0


def test_init_says_where_the_password_belongs(empty):
    ran = empty.run("init", "--smtp-host", "mx.example", "--smtp-username", "me")
    assert f"put the relay's password into {empty.folder}/smtp.password (chmod 600)" in ran.out
    checked = empty.run("doctor", "--offline", "--json")
    assert (checked.code, states(checked)["way out"]) == (1, "FAILED")
    empty.write("smtp.password", "x")
    assert states(empty.run("doctor", "--offline", "--json"))["way out"] == "ok"


def test_init_leaves_nothing_behind_when_the_answers_are_wrong(empty):
    ran = empty.run("init", "new/lab", "--email", "nobody", "--category", "not one")
    assert ran.code == 2
    assert [line.split(": ")[1] for line in ran.err.splitlines()] == [
        "sources[1] (arxiv).categories[1]",
        "subscribers[1] (nobody).email",
    ]
    assert [*empty.folder.iterdir()] == []


def test_init_asks_on_a_terminal_until_the_answer_fits(empty, monkeypatch):
    answers = [
        "notmail", "me@lab.example", "Me", "maps, RAG", "cs RO", ", ,", "cs.RO", "Mars",
        "Europe/Oslo", "mx.example:25", "mx.example", "many", "70000", "465", "ssl", "tls", "",
        "a@b.org, c@d.org", "",
    ]  # fmt: skip
    typed = io.StringIO("\n".join([*answers, ""]))
    typed.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", typed)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = empty.run("init")
    assert ran.code == 0
    assert ran.out.count("Error: ") == 9
    written = (empty.folder / "config.toml").read_text()
    for line in (
        'email = "me@lab.example"', 'name = "Me"', 'interests = ["maps", "RAG"]',
        'categories = ["cs.RO"]', 'host = "mx.example"', "port = 465", 'security = "tls"',
        'sender = "Trending papers <me@lab.example>"',
    ):  # fmt: skip
        assert line in written
