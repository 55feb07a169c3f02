"""A reader's own bibliography: it changes the ranking, and says in one line what is wrong."""

import pytest

from digest.config import load
from digest.core.edition import ReasonKind
from digest.core.paper import PaperId
from digest.errors import ConfigError
from digest.pipeline.library import join_libraries
from digest.pipeline.tastes import tastes_of
from tests.builders import NOW, a_harvest, a_paper, a_subscriber, interests

ADA = 'email = "ada@example.org"\n'
KELP = "Kelp forests under warm currents"
WIND = "Wind turbines on old hills"
BIB = "@article{{k, title={{{}}}, author={{Lee, Cy}}, year=2020}}\n"
SPEECH = a_paper("2406.00001", title="Speech agents in noisy rooms", authors=("Ada Lem",))


@pytest.fixture
def reading(desk):
    desk.publish(KELP, WIND, "Proteins folded by hand", "Lattices without trapdoors")
    desk.configure(ADA + 'library = "refs.bib"')
    desk.write("refs.bib", BIB.format("Forests of kelp in warm and cold currents"))
    desk.run("harvest")
    return desk


def ranked(desk):
    return desk.run("rank", "ada@example.org", "--json").json["papers"]


def test_library_draws_papers_like_those_in_it_and_says_so(reading):
    best = ranked(reading)[0]

    assert best["title"] == KELP
    assert best["reasons"][0]["kind"] == "library"
    reading.run("preview", "ada@example.org", "--out", ".")
    mail = (reading.folder / "ada@example.org.txt").read_text()
    assert 'like "Forests of kelp in warm and cold currents", which is in your library' in mail
    assert "papers in your library" in mail


def test_library_is_read_again_at_every_start_and_nothing_of_it_is_stored(reading):
    assert ranked(reading) == ranked(reading)
    reading.write("refs.bib", BIB.format("Turbines for the wind on hills"))
    assert ranked(reading)[0]["title"] == WIND
    reading.configure("ada@example.org")
    assert "library" not in [reason["kind"] for of in ranked(reading) for reason in of["reasons"]]
    assert b"Turbines for the wind" not in (reading.folder / "digest.db").read_bytes()


def test_mail_sent_comes_from_the_library(reading):
    assert reading.run("send", "--no-harvest").code == 0
    [mail] = reading.outbox()
    assert b"which is in your library" in mail.read_bytes()


def test_paper_in_the_library_is_no_result(reading):
    reading.write("refs.bib", "@misc{k, title={Kelp}, eprint={2611.00001}, archiveprefix={arXiv}}")
    assert KELP not in [paper["title"] for paper in ranked(reading)]
    told = reading.run("rank", "ada@example.org", "--json", "--explain").json["left_out"]
    assert [out["why"] for out in told if out["title"] == KELP] == ["in the library already"]


def test_several_files_of_any_kind_are_one_library(reading):
    reading.configure(ADA + 'library = ["refs.bib", "more.ris", "own.json"]')
    reading.write("more.ris", "TY  - JOUR\nTI  - Hills with turbines\nER  - \n")
    reading.write("own.json", '[{"id": "x", "title": "Lattices"}]')
    shown = reading.run("subscribers", "show", "ada@example.org", "--json").json["library"]
    assert (shown["counted"], shown["total"], len(shown["files"])) == (3, 3, 3)


def test_show_list_and_doctor_tell_of_the_library(reading):
    broken = BIB.format("A title") + "@misc{odd, year=2020}\n"
    reading.write("refs.bib", broken)
    shown = reading.run("subscribers", "show", "ada@example.org")
    assert "library: 1 of 1 entries count (refs.bib), 1 skipped\n" in shown.out
    assert "a library" in reading.run("subscribers", "list").out
    (finding,) = [
        each
        for each in reading.run("doctor", "--offline", "--json").json
        if each["check"] == "library of ada@example.org"
    ]
    assert finding["state"] == "warning"
    assert finding["detail"].startswith("1 of 1 entries count; ")
    assert finding["detail"].endswith("refs.bib: line 2 (odd): has no title")


def test_broken_entry_is_one_line_of_warning_and_the_others_count(reading):
    text = (reading.folder / "refs.bib").read_text()
    reading.write("refs.bib", f"@misc{{odd, title={{never closed}}\n{text}")
    ran = reading.run("rank", "ada@example.org", "--json")
    (line,) = ran.err.splitlines()
    assert "refs.bib" in line
    assert "line 1 (odd): is never closed" in line
    assert ran.json["papers"][0]["title"] == KELP


def test_of_many_broken_entries_twenty_are_told_one_by_one(reading):
    reading.write("refs.bib", "@misc{odd, year=2020}\n" * 50)
    lines = reading.run("rank", "ada@example.org").err.splitlines()
    assert len(lines) == 21
    assert "more=30" in lines[-1]


def findings(desk):
    told = desk.run("doctor", "--offline", "--json").json
    return [
        (of["state"], of["detail"]) for of in told if of["check"] == "library of ada@example.org"
    ]


def test_mail_of_a_reader_whose_library_is_away_waits_and_the_others_get_theirs(reading):
    reading.configure(ADA + 'library = "refs.bib"', "bob@example.org")
    kept = (reading.folder / "refs.bib").rename(reading.folder / "away")
    ran = reading.run("send", "--no-harvest", "--json")
    assert (ran.code, ran.json["sent"]) == (75, 1)
    missing = "refs.bib: cannot be read: No such file or directory"
    waits = [line for line in ran.err.splitlines() if line.startswith("waits: ada@example.org: ")]
    assert len(waits) == 1
    assert missing in waits[0]
    why = reading.run("why", "ada@example.org").out
    assert missing in why
    assert "waits for the library" in why
    ((state, detail),) = findings(reading)
    assert state == "FAILED"
    assert missing in detail
    assert missing in reading.run("subscribers", "show", "ada@example.org").out
    kept.rename(reading.folder / "refs.bib")
    ran = reading.run("send", "--no-harvest", "--json")
    assert (ran.code, ran.json["sent"]) == (0, 1)
    assert any(b"which is in your library" in mail.read_bytes() for mail in reading.outbox())


def test_folder_is_no_library(reading):
    (reading.folder / "refs.bib").unlink()
    (reading.folder / "refs.bib").mkdir()
    assert "refs.bib: is no file" in reading.run("send", "--no-harvest").err


def test_library_without_entries_is_a_warning(reading):
    reading.write("refs.bib", "nothing in here")
    assert findings(reading) == [("warning", "0 of 0 entries count; there is no entry in it")]
    shown = reading.run("subscribers", "show", "ada@example.org").out
    assert "library: 0 of 0 entries count (refs.bib); there is no entry in it\n" in shown
    assert reading.run("send", "--no-harvest").code == 0


def test_file_in_another_encoding_is_read(reading):
    text = BIB.format("Kelp und Wälder")
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        (reading.folder / "refs.bib").write_bytes(text.encode(encoding))
        ran = reading.run("rank", "ada@example.org", "--json")
        assert ran.err == ""
        assert ran.json["papers"][0]["reasons"][0]["text"] == "Kelp und Wälder"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ('["refs.txt"]', 'library[1]: "refs.txt": is no kind of bibliography that can be read; al'),
        ('"refs.txt"', 'library: "refs.txt": is no kind of bibliography that can be read; allowed'),
        ("7", "library: 7 must be a list; allowed: a file, or a list of files, that end in .bib, "),
    ],
)
def test_file_that_cannot_be_a_library_is_an_error_of_one_line(tmp_path, value, says):
    path = tmp_path / "config.toml"
    block = f"[[subscribers]]\n{ADA}library = {value}\n"
    for text in (block, 'subscribers_file = "more.toml"'):
        path.write_text(text)
        (tmp_path / "more.toml").write_text(block)
        with pytest.raises(ConfigError) as caught:
            load(path, {})
        (line,) = caught.value.problems
        assert f"subscribers[1] (ada@example.org).{says}" in line


def test_library_is_for_the_configuration_alone(desk):
    desk.write("people.jsonl", '{"email": "cy@example.org", "library": "refs.bib"}')
    desk.write("people.csv", "email,library\ncy@example.org,refs.bib\n")
    for words in (
        ["import", "people.jsonl"],
        ["import", "people.csv"],
        ["add", "cy@example.org", "library=refs.bib"],
    ):
        ran = desk.run("subscribers", *words)
        assert ran.code == 2
        (line,) = ran.err.splitlines()
        assert 'library: "refs.bib": names a file; allowed: in a [[subscribers]] block' in line


# Within one process


class Shelf:
    """Libraries that hold what a test says."""

    def __init__(self, *papers):
        self._papers = papers

    def papers_of(self, _reader):
        return self._papers

    def trouble_of(self, _reader):
        return ""


@pytest.fixture
def taste(store):
    """Return what is known of a reader whose library has these papers."""
    store.papers.record_harvest("a", a_harvest(SPEECH), now=NOW, not_before=None)

    def of(*papers, **fields):
        reader = a_subscriber(interests=interests(**fields))
        return tastes_of(
            [reader], papers=store.papers, feedback=store.feedback, libraries=Shelf(*papers)
        )

    return of


def test_entry_is_known_by_doi_or_by_title_and_author_under_the_id_of_the_store(taste):
    entry = a_paper(
        "doi:10.1000/other", title="Speech Agents in Noisy Rooms", authors=("Ada Lem",),
        abstract="What the entry says.",
    )  # fmt: skip
    tastes = taste(entry)

    assert tastes.profiles[0].interests.library == (SPEECH.id,)
    assert tastes.judged[SPEECH.id].abstract == "What the entry says."
    assert not tastes.profiles[0].interests.is_empty


def test_entry_that_the_store_does_not_know_is_a_text(taste):
    entry = a_paper("library:ab12", title="Coral")
    tastes = taste(entry)

    assert tastes.profiles[0].interests.library == ("library:ab12",)
    assert tastes.judged == {entry.id: entry}


@pytest.mark.parametrize("verdict", ["liked", "saved", "disliked"])
def test_what_was_said_of_a_paper_stands_beside_the_library(taste, verdict):
    tastes = taste(SPEECH, **{verdict: (SPEECH.id,)})

    wanted = tastes.profiles[0].interests
    assert (getattr(wanted, verdict), wanted.library) == ((SPEECH.id,), ())


def test_liked_paper_that_only_the_library_tells_of_has_its_text(taste):
    entry = a_paper("2005.11401", title="Coral")
    assert taste(entry, liked=(PaperId("arxiv:2005.11401"),)).judged[entry.id] == entry


def test_reader_is_left_as_is_without_a_library():
    reader = a_subscriber()
    assert join_libraries([reader], None) == [reader] == join_libraries([reader], Shelf())


def test_kinds_of_reasons_have_a_word_for_libraries():
    assert ReasonKind("library") is ReasonKind.LIBRARY
