"""Every mistake gives one clear line for each thing wrong, and exit code 2 or 1."""

import errno
import gzip
import os
import sqlite3

import pytest

import digest.cli.status

CANARY = "canary-hunter2"
RELAY = '[smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nsender = "d@example.org"\n'


def only_line(ran, code=2):
    assert (ran.code, ran.out) == (code, "")
    (line,) = ran.err.splitlines()
    return line


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("sned", "No such command 'sned'. Did you mean 'send'?; see `digest --help`"),
        ("send --bogus", "No such option: --bogus"),
        ("send --now", "Option '--now' requires an argument"),
        ("why", "Missing argument 'email'; see `digest why --help`"),
        ("rank ada@example.org --top 0", "Invalid value for '--top'"),
        ("rank ada@example.org --top many", "Invalid value for '--top': must be a whole number;"),
        ("subscribers", "Missing command; see `digest subscribers --help`"),
        ("send --now yesterday", "'yesterday' is no time; allowed: 2026-11-23, "),
        ("why ada@example.org --slot 2026-99-99", "'2026-99-99' is no slot; allowed: a day"),
        ("why ada@example.org --slot 2026-W60", "'2026-W60' is no slot"),
        ("send --slot today", "'today' is no slot"),
        ("send --slot 2127-09-25", "slot 2127-09-25 lies in the future; allowed: one that has"),
        ("send --slot 2026-W49 --now 2026-11-29T09:59", "slot 2026-W49 lies in the future"),
        ("send --slot 2026-12 --dry-run --now 2026-11-30T09:59", "slot 2026-12 lies in the"),
        ("send --to nobody@example.org", "nobody@example.org: no such subscriber; `digest sub"),
        ("preview nobody@example.org", "nobody@example.org: no such subscriber"),
        ("rank", "name a reader, or --papers, --profiles and --output"),
        ("rank --papers papers.jsonl", "ranking files needs --papers, --profiles and --output"),
        ("harvest --source arxiv", "no source is called 'arxiv'; allowed: file"),
        ("harvest --since then", "'then' is no time"),
        ("harvest --file papers.jsonl", "--file needs --type: arxiv, arxiv-rss, "),
        ("harvest --file papers.jsonl --type rss", "type 'rss' is not known; allowed are arxiv"),
        ("harvest --file none --type file", "none: cannot be read: No such file or directory"),
        ("harvest --type file", "--type says what --file is; name the file too"),
        ("preview ada@example.org --out papers.jsonl", "papers.jsonl: cannot be written"),
        ("status -c none.toml", "none.toml: no such file; `digest init` writes one"),
        ("status -c .", ".: cannot be read: Is a directory"),
        ("init papers.jsonl", "papers.jsonl: cannot be made: File exists"),
        ("init new --timezone Mars", "digest.timezone: there is no time zone 'Mars'"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(desk, words, says):
    assert says in only_line(desk.run(*words.split()))


def test_no_command_at_all_shows_the_help(desk):
    ran = desk.run()
    assert ran.code == 2
    assert "subscribers" in ran.out


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ("[digest", "config.toml: not valid TOML"),
        ("[digest]\ncadnce = 'daily'", "digest.cadnce: unknown key, did you mean 'cadence'?"),
        ("[digest]\nmax_papers = 'ten'", 'digest.max_papers: "ten" must be a whole number'),
        ("[digest]\nsend_at = '25:00'", 'digest.send_at: "25:00": not a time of day; allowed'),
        ("subscribers_file = 'none.toml'", "none.toml: no such file"),
        ("[store]\nurl = 'redis:///x'", 'store.url: "redis:///x": does not have the form'),
    ],
)
def test_a_mistake_in_the_configuration_names_file_and_key(desk, extra, says):
    desk.configure("ada@example.org", extra=extra)
    line = only_line(desk.run("send"))
    assert line.startswith("config.toml: ")
    assert says in line


def test_an_override_that_does_not_fit_names_its_variable(desk, monkeypatch):
    monkeypatch.setenv("DIGEST_DIGEST__MAX_PAPERS", "ten")
    assert only_line(desk.run("status")).startswith("environment: DIGEST_DIGEST__MAX_PAPERS: ")


def test_an_override_counts_more_than_the_file(desk, monkeypatch):
    monkeypatch.setenv("DIGEST_DIGEST__MAX_PAPERS", "1")
    (plan,) = desk.run("send", "--dry-run", "--json").json
    assert len(plan["papers"]) == 1


def test_the_configuration_may_be_named_by_a_variable(desk, monkeypatch):
    (desk.folder / "config.toml").rename(desk.folder / "mine.toml")
    monkeypatch.setenv("DIGEST_CONFIG", "mine.toml")
    assert desk.run("status").code == 0


@pytest.mark.parametrize(
    ("version", "says"), [("0000", "an older version"), ("9999", "a newer version")]
)
def test_a_database_of_another_version_is_refused_with_what_to_do(desk, version, says):
    desk.run("harvest")
    with sqlite3.connect("digest.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", [version])
    database.close()
    for command in ("send", "status"):
        line = only_line(desk.run(command))
        assert f"was made by {says}" in line
        assert ("digest migrate" in line) == (version == "0000")


def test_a_database_that_is_none_is_left_alone(desk):
    desk.write("digest.db", "a text that somebody wants to keep " * 100)
    for command in ("send", "migrate"):
        assert "digest.db: is not a database" in only_line(desk.run(command), code=1)
    assert (desk.folder / "digest.db").read_text().startswith("a text that somebody")


def test_a_folder_that_cannot_be_written_is_named(desk):
    desk.configure("ada@example.org", extra='[store]\nurl = "sqlite:///papers.jsonl/digest.db"')
    for command in ("send", "migrate", "init"):
        line = only_line(desk.run(command))
        assert line.startswith(f"config.toml: store.url: {desk.folder}/papers.jsonl/digest.db: can")


def test_trouble_with_output_is_one_line_too(desk, monkeypatch):
    def full(*_anything):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(digest.cli.status, "print_table", full)
    assert (
        only_line(desk.run("status"), code=1) == "digest: standard output: No space left on device"
    )


def test_an_interrupted_command_says_so(desk, monkeypatch):
    def interrupt(*_anything):
        raise KeyboardInterrupt

    monkeypatch.setattr(digest.cli.status, "print_table", interrupt)
    assert desk.run("status").code == 130


@pytest.mark.parametrize(
    "way_out",
    [
        f'{RELAY}username = "u"\npassword_file = "pw"',
        f'{RELAY}username = "u"\npassword = "{CANARY}"',
        f'{RELAY}password_file = "{CANARY}"\npassword_env = "{CANARY}"',
        f'{RELAY}[store]\nurl = "postgresql://u:{CANARY}@h/db"',
        f'{RELAY}[store]\nurl = ["{CANARY}"]',
    ],
)
def test_a_password_in_the_configuration_is_never_shown(desk, way_out):
    desk.write("pw", CANARY)
    desk.configure("ada@example.org", way_out=way_out)
    for words in ("send -vv", "status -vv", "doctor --offline --json"):
        ran = desk.run(*words.split())
        assert CANARY not in ran.out + ran.err


def test_a_password_in_the_environment_is_never_shown(desk, monkeypatch):
    desk.configure("ada@example.org", way_out=f'{RELAY}username = "u"')
    monkeypatch.setenv("DIGEST_SMTP__PASSWORD", CANARY)
    ran = desk.run("send", "-vv")
    assert "connection refused" in ran.err
    assert CANARY not in ran.out + ran.err


def test_ranking_files_tells_which_line_is_wrong(desk):
    words = ["rank", "--papers", "papers.jsonl", "--profiles", "who.jsonl", "--output", "run.tsv"]
    desk.write("who.jsonl", '{"id": "a", "keywords": ["retrieval"]}\n{"id": "b"}\n')
    assert "who.jsonl:2: keywords, text, categories" in only_line(desk.run(*words))
    desk.write("who.jsonl", '{"id": "a", "keywords": ["x"]}\n' * 2)
    assert "who.jsonl:2: id: 'a' is in the file already" in only_line(desk.run(*words))
    (desk.folder / "who.jsonl").write_bytes(gzip.compress(b"{}")[:-4])
    assert "who.jsonl: cannot be read: " in only_line(desk.run(*words))
    assert not (desk.folder / "run.tsv").exists()


def test_ranking_never_replaces_a_device_and_a_dash_is_standard_output(desk):
    desk.write("who.jsonl", '{"id": "a", "keywords": ["dense retrieval"]}')
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    files = ["--papers", "papers.jsonl", "--profiles", "who.jsonl"]
    printed = desk.run("rank", *files, "--output", "-")
    assert desk.run("rank", *files, "--output", "pipe").code == 0
    assert os.read(reader, 1000).decode() == printed.out
    os.close(reader)
    assert printed.out.startswith("a\t2611.00001\t0.")
    assert "cannot be written" in only_line(desk.run("rank", *files, "--output", "."))
