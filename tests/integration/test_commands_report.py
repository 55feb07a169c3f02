"""``digest report``: one file that says how the list does, and the same as JSON."""

import re

import html5lib
import pytest

MONDAY = "2026-11-23T09:00"


@pytest.fixture
def sent(desk):
    desk.configure('email = "ada@example.org"\ninterests = ["dense retrieval"]', "alan@example.org")
    assert desk.run("send", "--now", MONDAY).code == 0
    return desk


def test_the_report_is_one_file_that_needs_no_other(sent):
    ran = sent.run("report", "--out", "how.html", "--now", MONDAY)
    assert (ran.code, ran.out, ran.err) == (0, "how.html: written\n", "")
    text = (sent.folder / "how.html").read_text(encoding="utf-8")
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert not [*page.iter("script"), *page.iter("img"), *page.iter("form")]
    assert not [*page.iter("link")]
    assert [sheet.text.count("prefers-color-scheme") for sheet in page.iter("style")] == [1]
    assert "url(" not in text
    assert {each.get("href") for each in page.iter("a")} == {"#content"}
    assert "@" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    rows = [" ".join(" ".join(row.itertext()).split()) for row in page.iter("tr")]
    assert any(re.match(r"23 Nov 2 \d+ s", row) for row in rows)
    assert [file.name for file in sent.folder.glob(".*")] == []


def test_the_report_is_printed_or_written_quietly(sent):
    assert sent.run("report", "--out", "-").out.startswith("<!DOCTYPE html>")
    assert sent.run("report", "--quiet").out == ""
    assert (sent.folder / "report.html").exists()


def test_the_report_as_json_has_every_number(sent):
    facts = sent.run("report", "--json", "--now", MONDAY).json
    assert facts["readers"]["active"] == 2
    (day,) = facts["deliveries"]
    assert (day["day"], day["states"]) == ("2026-11-23", {"sent": 2})
    assert 0 <= day["usual_wait"] <= day["longest_wait"] < 60
    assert facts["arrivals"] == {"2026-11-23": 2}
    assert facts["wishes"]["keywords"] == [{"name": "dense retrieval", "readers": 1}]
    assert [source["name"] for source in facts["sources"]] == ["file"]
    assert "@" not in sent.run("report", "--json").out


def test_a_file_that_cannot_be_written_is_named_in_one_line(sent):
    ran = sent.run("report", "--out", "nowhere/report.html")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "digest: nowhere/report.html: cannot be written: No such file or directory\n"
