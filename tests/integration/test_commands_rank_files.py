"""Ranking files: what comes out is a table whatever went in, and mistakes name file and line."""

import gzip
import io
import json

import pytest


@pytest.fixture
def files(desk):
    """Write the files, rank them, and return what was said and the rows that came out."""

    def rank(papers, profiles, liked=()):
        names = {"papers": papers, "profiles": profiles} | ({"liked": liked} if liked else {})
        words = ["rank", "--output", "run.tsv"]
        for name, records in names.items():
            desk.write(f"{name}.jsonl", "\n".join(map(json.dumps, records)))
            words += [f"--{name}", f"{name}.jsonl"]
        ran = desk.run(*words)
        run = desk.folder / "run.tsv"
        lines = run.read_bytes().decode().split("\n")[:-1] if run.exists() else []
        return ran, [line.split("\t") for line in lines]

    return rank


def paper(key, title="Dense retrieval"):
    return {"id": key, "title": title}


def profile(key, **more):
    return {"id": key, "keywords": ["dense retrieval"]} | more


def test_ids_come_out_as_they_went_in(files):
    _, rows = files([paper("a  b")], [profile("x  y ")])
    assert [row[:2] for row in rows] == [["x  y ", "a  b"]]


@pytest.mark.parametrize("key", ["x\ty", "x\ny", "x\ry", "x\u2028y", "x\ud800y"])
def test_an_id_that_would_break_the_table_is_refused_by_file_and_line(files, key):
    ran, rows = files([paper("a"), paper(key)], [profile("p")], liked=[paper("l"), paper(key)])
    assert [row[:2] for row in rows] == [["p", "a"]]
    for name in ("papers", "liked"):
        assert f"{name}.jsonl: line 2: id: 'x" in ran.err
    ran, _ = files([paper("a")], [profile("p"), profile(key)])
    (line,) = ran.err.splitlines()
    assert ran.code == 2
    assert line.startswith("profiles.jsonl:2: id: 'x")
    assert line.endswith("has control characters, none are allowed")


def test_misspelt_keys_are_refused_and_every_bad_profile_is_told(files):
    bad = [profile("a", exlude=["x"]), {"id": "b", "keyword": ["x"]}, profile("c"), {"id": "d"}]
    ran, rows = files([paper("a")], bad)
    told = ran.err.splitlines()
    assert (ran.code, rows, len(told)) == (2, [], 3)
    assert told[0].startswith("profiles.jsonl:1: 'exlude': unknown key, did you mean 'exclude'?")
    assert told[1].startswith("profiles.jsonl:2: 'keyword': unknown key, did you mean 'keywords'?")
    assert told[2].startswith("profiles.jsonl:4: keywords, text, categories")


def test_of_very_many_bad_profiles_the_first_twenty_are_told(files):
    ran, _ = files([paper("a")], [{"id": str(number)} for number in range(50)])
    assert len(ran.err.splitlines()) == 21
    assert ran.err.endswith("… and 30 more\n")


def test_keys_that_say_nothing_here_are_told_in_one_line_and_left_alone(files):
    ran, rows = files([paper("a")], [profile(each, group="test") for each in "pq"])
    assert len(rows) == 2
    assert ran.err.splitlines()[0].startswith("profiles.jsonl: group: not known, left alone; ")


def test_liked_papers_that_are_nowhere_are_told_in_one_line(files):
    liked = ["here", "in-liked", "n1", "n2"]
    who = [profile("p", liked=liked), profile("q", disliked=["2406.01234"], saved=["n1"])]
    ran, rows = files([paper("here"), paper("other")], who, liked=[paper("in-liked")])
    assert (ran.code, len(rows)) == (0, 3)
    assert ran.err.splitlines()[0] == (
        "profiles.jsonl: 3 of 5 liked, saved or disliked papers are not among the papers, "
        "nor in a file of --liked: n1, n2, arxiv:2406.01234"
    )


def test_a_profile_that_no_json_reader_can_take_is_one_line(desk):
    desk.write("profiles.jsonl", '{"id": ' + "[" * 100_000 + "\n{\n" + '{"id": ' + "9" * 9000 + "}")
    words = ["--papers", "papers.jsonl", "--profiles", "profiles.jsonl", "--output", "run.tsv"]
    ran = desk.run("rank", *words)
    assert (ran.code, len(ran.err.splitlines())) == (2, 3)


@pytest.mark.parametrize("output", ["papers.jsonl", "profiles.jsonl", "liked.jsonl", "link.jsonl"])
def test_scores_never_replace_a_file_that_was_read(desk, output):
    desk.write("profiles.jsonl", json.dumps(profile("p")))
    desk.write("liked.jsonl", json.dumps(paper("l")))
    (desk.folder / "link.jsonl").symlink_to("papers.jsonl")
    before = (desk.folder / output).read_bytes()
    words = ["--papers", "papers.jsonl", "--profiles", "./profiles.jsonl", "--liked", "liked.jsonl"]
    ran = desk.run("rank", *words, "--output", output)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert f"--output {output}: is the same file as " in ran.err
    assert (desk.folder / output).read_bytes() == before


def test_a_file_that_ends_in_gz_is_gzip_and_the_same_each_time(desk):
    desk.write("profiles.jsonl", json.dumps(profile("p")))
    words = ["rank", "--papers", "papers.jsonl", "--profiles", "profiles.jsonl", "--output"]
    for name in ("run.tsv", "run.tsv.gz", "again.tsv.GZ"):
        assert desk.run(*words, name).code == 0
    folded = (desk.folder / "run.tsv.gz").read_bytes()
    assert gzip.decompress(folded) == (desk.folder / "run.tsv").read_bytes()
    assert folded == (desk.folder / "again.tsv.GZ").read_bytes()
    assert folded[4:8] == bytes(4), "the time of its making"


@pytest.mark.parametrize("name", ["papers", "profiles", "liked"])
def test_one_of_the_files_may_come_on_standard_input(desk, monkeypatch, name):
    for each, record in {
        "profiles": profile("p"),
        "liked": paper("l"),
        "papers": paper("a"),
    }.items():
        desk.write(f"{each}.jsonl", json.dumps(record))
    names = {each: f"{each}.jsonl" for each in ("papers", "profiles", "liked")}
    body = (desk.folder / names[name]).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(body) + b"")))
    words = [word for each, file in (names | {name: "-"}).items() for word in (f"--{each}", file)]
    ran = desk.run("rank", *words, "--output", "-")
    assert (ran.code, ran.out.split("\t")[:2]) == (0, ["p", "a"])


def test_standard_input_is_one_file_alone(desk):
    ran = desk.run("rank", "--papers", "-", "--profiles", "-", "--output", "run.tsv")
    assert (ran.code, ran.err) == (
        2,
        "digest: - is named more than once; standard input can be one file alone\n",
    )
