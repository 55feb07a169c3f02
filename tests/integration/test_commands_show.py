"""Commands that fetch and show: harvest, rank, why, status; and what a start waits for."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from digest.core.harvest import HarvestState

MONDAY, TUESDAY = "2026-11-23T09:00", "2026-11-24T09:00"


def test_harvest_tells_what_each_source_gave(desk):
    desk.write("papers.jsonl", '{"id": "1", "title": "One"}\nnot json\n')
    skipped = "skipped 1, the first: line 2: "
    assert desk.run("harvest").out.splitlines()[1].startswith(f"file\tok\t1\t1\t1\t{skipped}")
    assert desk.run("status", "--json").json["sources"][0]["detail"].startswith(skipped)
    (source,) = desk.run("harvest", "--json").json["sources"]
    assert (source["state"], source["new"], source["skipped"]) == ("unchanged", 0, [])


def test_harvesting_dry_keeps_nothing(desk):
    desk.drop_database()
    ran = desk.run("harvest", "--dry-run", "--json")
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == [
        "arxiv:2611.00001",
        "arxiv:2611.00002",
    ]
    assert ran.err == "file: ok, 2 papers\n"
    assert not (desk.folder / "digest.db").exists()


def test_a_saved_answer_is_parsed_without_a_configuration(desk):
    (desk.folder / "config.toml").unlink()
    desk.write("saved", '{"id": "1", "title": "One\\u001b[31m"}\n[]\n')
    ran = desk.run("harvest", "--file", "saved", "--type", "file")
    assert ran.code == 0
    assert ran.out.startswith("file:1\tOne")
    assert "\x1b" not in ran.out
    assert "saved: skipped: line 2" in ran.err
    desk.write("saved", "<html>Rate exceeded.</html>")
    wrong = desk.run("harvest", "--file", "saved", "--type", "arxiv", "--json")
    assert (wrong.code, wrong.out) == (1, "")
    assert HarvestState.RATE_LIMITED.value in wrong.err or HarvestState.MALFORMED in wrong.err


def test_rank_shows_scores_reasons_and_what_was_left_out(desk):
    block = 'email = "ada@example.org"\ninterests = ["retrieval"]\nexclude = ["small"]'
    desk.configure(block)
    desk.run("harvest")
    ranked = desk.run("rank", "ada@example.org", "--explain")
    lines = ranked.out.splitlines()
    assert lines[0] == "#\tscore\tpaper\twhy"
    assert lines[1].startswith("1\t0.")
    assert lines[1].endswith("\tDense retrieval at scale\tretrieval (title)")
    assert lines[2] == "1 of 2 new papers matched."
    assert lines[3] == "left out\twhy"
    assert lines[4].startswith("Sparse retrieval in the small\t")
    assert desk.run("rank", "ada@example.org", "--top", "1", "--json").json["matched"] == 1
    desk.run("send")
    assert desk.run("rank", "ada@example.org").out == (
        "No paper is new to this reader; `digest harvest` asks the sources.\n"
    )


def test_what_the_limit_cut_is_told_as_the_next_ten_and_the_number_of_the_rest(desk):
    desk.publish(*(f"Dense retrieval {number}" for number in range(14)))
    for wishes, told, more in (('interests = ["retrieval"]\n', 10, 3), ("", 0, 13)):
        desk.configure(f'email = "ada@example.org"\n{wishes}max_papers = 1')
        desk.run("harvest")
        out = desk.run("rank", "ada@example.org", "--explain").out
        assert out.count("\tbeyond max_papers 1 (0.") == told
        assert f"\n{more} more papers beyond max_papers.\n" in out
        facts = desk.run("rank", "ada@example.org", "--explain", "--json").json
        assert (len(facts["left_out"]), facts["left_out_more"]) == (told, more)
    assert "beyond" not in desk.run("rank", "ada@example.org").out
    assert "beyond" not in desk.run("rank", "ada@example.org", "--explain", "--top", "14").out


def test_rank_of_the_trending_list_says_so_and_what_an_exclusion_keeps_out(desk):
    desk.publish(*(f"Dense retrieval {number}" for number in range(4)))
    desk.configure('email = "ada@example.org"\nexclude = ["retrieval 2"]\nmax_papers = 1')
    desk.run("harvest")
    out = desk.run("rank", "ada@example.org", "--explain").out
    assert "\n1 of 4 new papers that the community talks about most.\n" in out
    assert 'Dense retrieval 2\texcluded: "retrieval 2" in the title\n' in out
    assert "\n2 more papers beyond max_papers.\n" in out


def test_rank_names_both_places_of_a_keyword_that_is_in_both(desk):
    desk.configure('email = "ada@example.org"\ninterests = ["fog"]')
    desk.write("papers.jsonl", '{"id": "1", "title": "Fog", "abstract": "On fog."}\n')
    desk.run("harvest")
    out = desk.run("rank", "ada@example.org").out
    assert "\tFog\tfog (title and abstract ×2)\n" in out


def test_rank_says_of_an_outsider_that_it_is_one(desk):
    desk.configure('email = "ada@example.org"\ninterests = ["retrieval"]\noutsider = true')
    desk.write(
        "papers.jsonl",
        '{"id": "1", "title": "Retrieval"}\n{"id": "2", "title": "Fog", "upvotes": 41}\n',
    )
    desk.run("harvest")
    _, first, second, *_ = desk.run("rank", "ada@example.org", "--explain").out.splitlines()
    assert first.endswith("\tRetrieval\tretrieval (title)")
    assert second == ("2\t-\tFog\toutside the interests, because many liked it; 41 upvotes")
    told = desk.run("rank", "ada@example.org", "--json").json
    assert [paper["reasons"][0]["kind"] for paper in told["papers"]] == ["term", "outsider"]
    assert told["matched"] == 1


def test_why_follows_a_reader_through_a_morning(desk):
    desk.configure('email = "ada@example.org"\ninterests = ["dense retrieval"]\nname = "Ada"')
    before = desk.run("why", "ada@example.org", "--now", MONDAY)
    assert "2026-11-23  not-composed: " in before.out
    desk.run("send", "--now", MONDAY)
    after = desk.run("why", "ada@example.org", "--json", "--now", MONDAY).json
    assert (after["code"], after["papers"]) == ("sent", ["Dense retrieval at scale"])


def test_status_tells_sources_slots_and_what_comes_next(desk):
    early = desk.run("status", "--now", MONDAY).out
    assert "file\tnever asked\t0\t-\t-\t\n" in early
    assert "No deliveries yet.\nReaders who get mail: 1 of 1.\n" in early
    desk.run("send", "--now", "2026-11-23T05:00")
    facts = desk.run("status", "--json", "--now", "2026-11-23T05:01").json
    assert facts["slots"] == [{"slot": "2026-11-23", "sent": 1}]
    assert facts["next"] == {
        "retry_at": None,
        "slot": "2026-11-23",
        "slot_at": datetime(2026, 11, 23, 7, 30, tzinfo=UTC).isoformat(),
        "composed": 1,
    }
    late = desk.run("status", "--now", "2026-11-23T05:01").out
    assert "2026-11-23 at 2026-11-23 07:30 UTC, composed already for 1 reader." in late


def test_status_counts_empty_editions_and_lists_slots_by_their_days(desk):
    weekly, monthly = (
        f'email = "{name}@example.org"\ncadence = "{cadence}"\ninterests = ["fog"]'
        for name, cadence in (("wim", "weekly"), ("moe", "monthly"))
    )
    desk.configure("ada@example.org", weekly, monthly)
    for day in ("2026-10-30", "2026-11-01", "2026-11-22", MONDAY):
        desk.run("send", "--now", day)
    facts = desk.run("status", "--json", "--now", MONDAY).json
    assert facts["slots"] == [
        {"slot": "2026-W48", "empty": 1},
        {"slot": "2026-11-23", "empty": 1},
        {"slot": "2026-11-22", "empty": 1},
        {"slot": "2026-W47", "empty": 1},
        {"slot": "2026-11-01", "empty": 1},
        {"slot": "2026-11", "empty": 1},
        {"slot": "2026-10-30", "sent": 1},
        {"slot": "2026-W44", "empty": 1},
        {"slot": "2026-10", "empty": 1},
    ]
    early = "2026-11-23T05:00"
    assert "composed already" not in desk.run("status", "--now", early).out
    assert "2026-W48\t0\t0\t0\t0\t0\t0\t0\t1\n" in desk.run("status", "--now", early).out


@pytest.mark.parametrize("words", [["send"], ["send", "--no-harvest"], ["status"], ["--help"]])
def test_a_start_with_nothing_to_do_waits_for_no_library_of_those_who_work(desk, words):
    desk.run("send")
    code = (
        "import sys; from digest.cli.app import run_command; run_command(sys.argv[1:]);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    ran = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    slow = {"numpy", "scipy", "jinja2", "premailer", "lxml", "httpx2", "feedparser", "alembic"}
    unwanted = slow | {"aiosmtplib", "apscheduler", "structlog", "rich", "dns"}
    assert not unwanted & set(ran.stderr.split())


def test_keywords_that_do_not_work_are_told_wherever_interests_are_looked_at(desk):
    block = 'email = "ada@example.org"\ninterests = ["retreival", "coral reefs", "reef"]'
    desk.configure(block, extra="[digest]\nmax_age = '30d'")
    desk.publish(
        *(f"Dense retrieval {number}" for number in range(9)),
        *(f"Coral reefs {number}" for number in range(45)),
    )
    desk.run("harvest")
    misspelt = '"retreival" is in none of 54 recent papers; did you mean "retrieval"?'
    broad = '"coral reefs" is too broad: it hits 83% of 54 papers'
    explained = desk.run("rank", "ada@example.org", "--explain").out
    assert f"note: {misspelt}\nnote: {broad}\n" in explained
    assert "note:" not in desk.run("rank", "ada@example.org").out
    for words in (["rank", "ada@example.org"], ["subscribers", "show", "ada@example.org"]):
        told = desk.run(*words, "--json").json["keywords"]
        assert told[0] == {"keyword": "retreival", "ailment": "misspelt", "line": misspelt}
    assert f"note: {broad}\n" in desk.run("subscribers", "show", "ada@example.org").out
    checked = desk.run("doctor", "--offline")
    assert checked.code == 0
    assert f"warning\tinterests of ada@example.org\t{misspelt}" in checked.out
