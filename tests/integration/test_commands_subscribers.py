"""The subscribers commands: people in, people out, and nobody's decision undone."""

import io
import json

import pytest

TUESDAY = "2026-11-24T09:00"


def people(desk):
    """Return everybody by address, without the numbers that one store gave them."""
    listed = desk.run("subscribers", "list", "--json").json
    assert len({reader.pop("id") for reader in listed}) == len(listed)
    return {reader["email"]: reader for reader in listed}


def one(desk, email):
    return desk.run("subscribers", "show", email, "--json").json


def test_a_reader_is_added_with_settings_and_shown_in_words(desk):
    wishes = '["dense retrieval", {"term": "diffusion", "weight": 0.5}]'
    ran = desk.run(
        "subscribers", "add", "cy@example.org", "name=Cy", f"interests={wishes}",
        "exclude=survey, thesis", "cadence=weekly:fri", "send_at=06:05", "timezone=Europe/Oslo",
        "liked=2005.11401", "text=maps of minds", "categories=cs.IR", "authors=Ada Lem",
    )  # fmt: skip
    assert (ran.code, ran.out) == (0, "cy@example.org: added, active\n")
    shown = desk.run("subscribers", "show", "cy@example.org").out
    assert "interests: dense retrieval, diffusion (weight 0.5)\n" in shown
    assert "exclude: survey, thesis\n" in shown
    assert "origin: command\n" in shown
    listed = desk.run("subscribers", "list").out
    row = "weekly:fri 06:05 Europe/Oslo\tdense retrieval, diffusion, cs.IR, Ada Lem, 1 liked paper"
    assert row in listed
    assert "daily 07:30 UTC\t(trending list)" in listed


def test_an_address_is_added_once(desk):
    assert desk.run("subscribers", "add", "ADA@example.org").code == 2


def test_settings_are_changed_together_or_not_at_all(desk):
    desk.run("subscribers", "add", "cy@example.org", "name=Cy")
    ran = desk.run("subscribers", "set", "cy@example.org", "name=C", "cadence=dayly", "max=3")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2
    assert one(desk, "cy@example.org")["name"] == "Cy"
    assert desk.run("subscribers", "set", "cy@example.org", "name=C", "cadence=monthly").code == 0
    assert (one(desk, "cy@example.org")["name"], one(desk, "cy@example.org")["cadence"]) == (
        "C",
        "monthly",
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("set cy@example.org", "nothing to set; allowed: KEY=VALUE"),
        ("set cy@example.org name", "'name' is not KEY=VALUE"),
        ("set cy@example.org interests=[1", "interests: is no JSON list: [1"),
        ("set cy@example.org nmae=C", "nmae: unknown key, did you mean 'name'?"),
        ("set cy@example.org status=paused", "'paused' cannot be set; allowed: active"),
        ("set cy@example.org email=ada@example.org", "ada@example.org: there is a subscriber with"),
        ("set ada@example.org name=A", "is set in the configuration file; change it there"),
        ("erase ada@example.org --yes", "take the [[subscribers]] block out first"),
        ("pause cy@example.org --until then", "'then' is no time"),
        ("add nobody@", "'nobody@' is no mail address"),
        ("import none.jsonl", "none.jsonl: cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_one_line(desk, words, says):
    desk.run("subscribers", "add", "cy@example.org")
    ran = desk.run("subscribers", *words.split())
    assert ran.code == 2
    (line,) = ran.err.splitlines()
    assert says in line


def test_a_pause_holds_mail_until_its_day(desk):
    words = ("subscribers", "pause", "ada@example.org", "--until", "2026-11-25")
    ran = desk.run(*words, "--now", TUESDAY)
    assert ran.out == "ada@example.org: paused until 2026-11-25 00:00 UTC\n"
    assert desk.run("send", "--json", "--now", TUESDAY).json["readers_due"] == 0
    assert ": paused until 2026-11-25" in desk.run("why", "ada@example.org", "--now", TUESDAY).out
    assert desk.run("send", "--json", "--now", "2026-11-25T09:00").json["sent"] == 1


def test_a_paused_reader_can_be_made_active_but_not_one_who_left(desk):
    desk.run("subscribers", "pause", "ada@example.org")
    assert desk.run("subscribers", "set", "ada@example.org", "status=active").code == 0
    assert one(desk, "ada@example.org")["status"] == "active"
    desk.leave("ada@example.org")
    for words in ("set ada@example.org status=active", "pause ada@example.org"):
        assert desk.run("subscribers", *words.split()).code == 2
    assert one(desk, "ada@example.org")["status"] == "unsubscribed"


def test_erasing_asks_first_and_leaves_nothing(desk, monkeypatch):
    desk.run("subscribers", "add", "cy@example.org")
    desk.run("send")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert desk.run("subscribers", "erase", "cy@example.org").code == 130
    assert "cy@example.org" in people(desk)
    assert desk.run("subscribers", "erase", "cy@example.org", "--yes").code == 0
    assert desk.run("subscribers", "show", "cy@example.org").code == 2
    assert not [
        file.name
        for file in desk.folder.glob("digest.db*")
        if b"cy@example.org" in file.read_bytes()
    ]


def test_an_import_is_all_or_nothing_and_tells_every_mistake(desk):
    lines = [
        '{"email": "d@example.org"}',
        "",
        '{"email": "e@", "cadence": "dayly"}',
        "not json",
        "[]",
        '{"email": "D@example.org"}',
        '{"email": "f@example.org", "intrests": ["x"]}',
    ]
    desk.write("people.jsonl", "\n".join(lines))
    ran = desk.run("subscribers", "import", "people.jsonl")
    assert (ran.code, people(desk).keys()) == (2, {"ada@example.org"})
    told = [line.split(": ")[:2] for line in ran.err.splitlines()]
    assert told == [
        ["people.jsonl:3", "email"],
        ["people.jsonl:3", "cadence"],
        ["people.jsonl:4", "is not JSON"],
        ["people.jsonl:5", "is not a JSON object"],
        ["people.jsonl:6", "email"],
        ["people.jsonl:7", "intrests"],
    ]


def test_an_import_undoes_no_unsubscribe_but_takes_one_over(desk):
    for name in ("cy", "di"):
        desk.run("subscribers", "add", f"{name}@example.org")
    desk.run("subscribers", "remove", "cy@example.org")
    lines = [
        '{"email": "cy@example.org", "name": "Cy"}',
        '{"email": "di@example.org", "status": "unsubscribed"}',
        '{"email": "ada@example.org", "name": "not mine to say"}',
        '{"email": "ed@example.org", "interests": [{"term": "maps", "field": "title"}]}',
    ]
    desk.write("people.jsonl", "\n".join(lines))
    ran = desk.run("subscribers", "import", "people.jsonl")
    assert ran.out == (
        "people.jsonl: 1 added, 2 brought up to date, 1 left as the configuration file says\n"
    )
    status = {email: reader["status"] for email, reader in people(desk).items()}
    assert status == {
        "ada@example.org": "active",
        "cy@example.org": "unsubscribed",
        "di@example.org": "unsubscribed",
        "ed@example.org": "active",
    }
    assert people(desk)["cy@example.org"]["name"] == "Cy"


@pytest.mark.parametrize("form", ["--csv", None])
def test_people_exported_and_imported_elsewhere_are_the_same(desk, tmp_path, form):
    wishes = 'interests=["a; b", {"term": "c", "weight": -1}]'
    desk.run("subscribers", "add", "cy@example.org", 'name=Cy "C" O\'Neil', wishes)
    desk.run("subscribers", "add", "di@example.org", "interests=x, y", "exclude=[brackets] in it")
    judged = ("saved=2005.11402, x:1", "disliked=doi:10.1000/x", "exclude_authors=A. Nother, B")
    desk.run("subscribers", "add", "ed@example.org", *judged)
    desk.run("subscribers", "pause", "cy@example.org", "--until", "2026-12-01")
    desk.run("subscribers", "remove", "di@example.org")
    assert one(desk, "ed@example.org")["exclude_authors"] == ["A. Nother", "B"]
    before = people(desk)
    name = "people.csv" if form else "people.jsonl"
    desk.write(name, desk.run("subscribers", "export", *filter(None, [form])).out)
    (tmp_path / "digest.db").unlink()
    desk.configure()
    assert desk.run("subscribers", "import", name).code == 0
    assert people(desk) == before


def test_readers_moved_from_the_file_into_the_database_go_on(desk):
    desk.write("people.jsonl", desk.run("subscribers", "export").out)
    desk.configure()
    assert people(desk)["ada@example.org"]["status"] == "unsubscribed"
    desk.run("subscribers", "import", "people.jsonl")
    assert people(desk)["ada@example.org"]["status"] == "active"
    assert desk.run("send", "--json").json["sent"] == 1


def test_a_list_that_is_printed_reader_by_reader_is_one_json_list(desk):
    printed = desk.run("subscribers", "list", "--json").out
    told = json.loads(printed)
    assert [reader["email"] for reader in told] == sorted(people(desk))
    assert printed == json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def test_a_changed_block_changes_the_reader_and_a_readers_own_end_stays(desk):
    desk.run("send")
    desk.configure('email = "ada@example.org"\nname = "Ada"\nsend_at = "09:15"')
    assert (one(desk, "ada@example.org")["name"], one(desk, "ada@example.org")["send_at"]) == (
        "Ada",
        "09:15",
    )
    desk.run("subscribers", "remove", "ada@example.org")
    desk.configure('email = "ada@example.org"\nname = "A"')
    assert one(desk, "ada@example.org")["status"] == "unsubscribed"


def test_show_lists_the_mails_so_far(desk):
    desk.run("send", "--now", "2026-11-23T09:00")
    desk.run("send", "--now", TUESDAY)
    shown = desk.run("subscribers", "show", "ada@example.org")
    assert "slot\tpapers\tstate\treply\n" in shown.out
    states = [
        (mail["slot"], mail["papers"], mail["state"])
        for mail in one(desk, "ada@example.org")["editions"]
    ]
    assert states == [("2026-11-24", 0, "empty"), ("2026-11-23", 2, "sent")]


def test_what_is_printed_cannot_command_a_terminal(desk):
    desk.write("people.jsonl", json.dumps({"email": "cy@example.org", "name": "\x1b[31mCy\n"}))
    desk.run("subscribers", "import", "people.jsonl")
    for command in ("list", "show cy@example.org"):
        assert "\x1b" not in desk.run("subscribers", *command.split()).out


def test_what_is_left_to_the_list_follows_it_until_it_is_set(desk):
    desk.run("subscribers", "add", "cy@example.org", "max_papers=3")
    desk.run("subscribers", "add", "di@example.org")
    desk.run("subscribers", "set", "di@example.org", "theme=default")
    desk.configure(extra='[digest]\ntheme = "plain"\nmax_papers = 5\ntimezone = "Asia/Tokyo"')
    readers = people(desk)
    kinds = ("theme", "max_papers", "timezone")
    assert [readers["cy@example.org"][kind] for kind in kinds] == ["plain", 3, "Asia/Tokyo"]
    assert [readers["di@example.org"][kind] for kind in kinds] == ["default", 5, "Asia/Tokyo"]
    shown = desk.run("subscribers", "show", "cy@example.org").out
    assert "theme: plain (as the list has it)\n" in shown
    assert "max_papers: 3\n" in shown


@pytest.mark.parametrize(("way", "file"), [([], "people.jsonl"), (["--csv"], "people.csv")])
def test_what_is_left_to_the_list_is_left_to_it_after_an_export(desk, way, file):
    desk.run("subscribers", "add", "cy@example.org", "max_papers=3")
    desk.write(file, desk.run("subscribers", "export", *way).out)
    desk.run("subscribers", "erase", "cy@example.org", "--yes")
    desk.run("subscribers", "import", file)
    desk.configure(extra="[digest]\nmax_papers = 5\ntrending = 0")
    cy = people(desk)["cy@example.org"]
    assert (cy["max_papers"], cy["trending"]) == (3, 0)


def test_characters_that_no_database_keeps_are_refused_in_every_line(desk):
    lines = [
        r'{"email": "a@example.org", "name": "a\u0000b"}',
        r'{"email": "b@example.org", "interests": ["x\ud800"]}',
    ]
    desk.write("people.jsonl", "\n".join(lines))
    ran = desk.run("subscribers", "import", "people.jsonl")
    assert ran.code == 2
    wrong = "holds the unprintable character U+{}; allowed: text without any"
    assert ran.err.splitlines() == [
        f"people.jsonl:1: name: {wrong.format('0000')}",
        f"people.jsonl:2: interests[1]: {wrong.format('D800')}",
    ]
    assert desk.run("subscribers", "remove", "\udcff@example.org").code == 2
