"""Ranking files: what comes out is a table whatever went in, and mistakes name file and line."""

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
    assert line.startswith("digest: profiles.jsonl:2: id: 'x")
    assert line.endswith("has control characters, none are allowed")
