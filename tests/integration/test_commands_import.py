"""Files of readers: what they may be, and what is said of those that are none."""

import io

import pytest

from digest.cli.reader_files import csv_lines, read_records


def people(desk):
    return {reader["email"]: reader for reader in desk.run("subscribers", "list", "--json").json}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('email,name\n"g@example.org\n', "is not CSV: unexpected end of data"),
        ("email\ng@example.org,extra\n", "k.csv:2: has more cells than the header"),
        ("name\nGus\n", "k.csv:1: email: is missing"),
        ("g@example.org\n", "k.csv:1: is no header but has an address; allowed: a first line that"),
        ("email,name,email\ng@example.org,G,h@example.org", "k.csv:1: email: is there more than"),
        (f"email\n{'a' * 200_000}\n", "is not CSV: field larger than"),
        ("email,interests\ng@example.org,[1\n", "k.csv:2: interests: is no JSON list"),
    ],
)
def test_csv_that_is_none_is_refused(desk, text, says):
    desk.write("k.csv", text)
    ran = desk.run("subscribers", "import", "k.csv")
    assert ran.code == 2
    assert says in ran.err


def test_a_wrong_header_is_told_once_whatever_follows(desk):
    desk.write("k.csv", "email,nmae,intrests\n" + "g@example.org,G,maps\n" * 50)
    told = desk.run("subscribers", "import", "k.csv").err.splitlines()
    assert [line.partition("?")[0] for line in told] == [
        "k.csv:1: nmae: unknown key, did you mean 'name'",
        "k.csv:1: intrests: unknown key, did you mean 'interests'",
    ]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_csv_is_separated_as_its_header_is(desk, separator):
    rows = [["email", " name", "interests"], ["g@example.org", "Gus, the 2nd", '"maps; RAG"']]
    desk.write("k.csv", "\r\n".join(map(separator.join, rows)))
    assert desk.run("subscribers", "import", "k.csv").code == 0
    gus = people(desk)["g@example.org"]
    assert (gus["name"], gus["interests"]) == ("Gus, the 2nd", ["maps", "RAG"])


@pytest.mark.parametrize(
    "inner", ['"name": "A", "name": "B"', '"interests": [{"term": 1, "term": 2}]']
)
def test_a_key_twice_in_an_object_is_refused(desk, inner):
    desk.write("k.jsonl", f'{{"email": "g@example.org", {inner}}}')
    ran = desk.run("subscribers", "import", "k.jsonl")
    assert ran.code == 2
    assert "k.jsonl:1: " in ran.err
    assert ": is there more than once; allowed: once" in ran.err


def test_csv_comes_from_spreadsheets(desk):
    desk.write("k.csv", '\ufeffemail,interests\r\ng@example.org,"maps; RAG; "\r\n')
    assert desk.run("subscribers", "import", "k.csv").code == 0
    assert people(desk)["g@example.org"]["interests"] == ["maps", "RAG"]


def test_readers_may_come_on_standard_input(desk, monkeypatch):
    def piped(text):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        return desk.run("subscribers", "import", "-")

    assert piped(b'{"email": "g@example.org"}').out == (
        "standard input: 1 added, 0 brought up to date\n"
    )
    assert piped(b'{"email": "g@"}').err.startswith("standard input:1: email: ")
    assert piped(b"\xff").err == "digest: standard input: is not UTF-8 text\n"


def test_a_file_that_is_no_text_is_refused(desk):
    (desk.folder / "k.jsonl").write_bytes(b"\xff\xfe")
    assert "k.jsonl: is not UTF-8 text" in desk.run("subscribers", "import", "k.jsonl").err


def test_an_empty_list_of_people_is_csv_too(tmp_path):
    (tmp_path / "k.csv").write_text("".join(csv_lines([])))
    assert [*read_records(tmp_path / "k.csv")] == []
