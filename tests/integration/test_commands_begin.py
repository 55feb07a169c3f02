"""init, doctor, preview, demo and migrate: how somebody begins."""

import asyncio
import errno
import io
import os
import socket
from dataclasses import dataclass

import dns.exception
import dns.rdata
import dns.resolver
import pytest

from digest.store.tables import SCHEMA
from digest.wiring import dns_lookup
from digest.wiring.dns_lookup import DnsSilentError
from tests.smtp_server import Running

RELAY = '[smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nsender = "d@example.org"\n'


@pytest.fixture
def empty(desk):
    for file in desk.folder.iterdir():
        file.unlink()
    return desk


def states(ran):
    return {finding["check"]: finding["state"] for finding in ran.json}


def nobody():
    raise DnsSilentError("no DNS server is configured here")


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
    assert empty.run("init", "--email", "nobody", "--category", "not one").code == 2
    assert [*empty.folder.iterdir()] == []


def test_init_asks_on_a_terminal_until_the_answer_fits(empty, monkeypatch):
    answers = "me@lab.example\nMe\nmaps, RAG\ncs.RO\nEurope/Oslo\nmx.example\nmany\n465\ntls\n\n\n"
    typed = io.StringIO(answers)
    typed.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", typed)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = empty.run("init")
    assert ran.code == 0
    written = (empty.folder / "config.toml").read_text()
    for line in (
        'email = "me@lab.example"', 'name = "Me"', 'interests = ["maps", "RAG"]',
        'categories = ["cs.RO"]', 'host = "mx.example"', "port = 465", 'security = "tls"',
        'sender = "Trending papers <me@lab.example>"',
    ):  # fmt: skip
        assert line in written


def test_doctor_says_what_is_wrong_with_a_configuration(desk):
    desk.configure("ada@", extra="[digest]\ntheme = 7")
    ran = desk.run("doctor")
    assert ran.code == 1
    assert len(ran.out.splitlines()) == 3


def test_doctor_checks_all_there_is_without_asking_anybody(desk):
    desk.drop_database()
    desk.configure("ada@example.org", 'email = "bob@example.org"\ntheme = "lost"')
    ran = desk.run("doctor", "--offline", "--json")
    assert ran.code == 1
    assert states(ran) == {
        "config": "ok", "secret key": "ok", "database": "ok", "theme default": "ok",
        "theme lost": "FAILED", "way out": "ok",
    }  # fmt: skip
    (failed,) = desk.run("doctor", "--offline", "-q").out.splitlines()[1:]
    assert failed.startswith("FAILED\ttheme lost\t")


def test_doctor_looks_for_the_password_of_the_operator_s_pages(desk):
    desk.configure("ada@example.org", extra='[web.report]\npassword_file = "pw"')
    assert states(desk.run("doctor", "--offline", "--json"))["operator's pages"] == "FAILED"
    desk.write("pw", "correct horse\n")
    ran = desk.run("doctor", "--offline", "--json")
    assert states(ran)["operator's pages"] == "ok"
    assert "correct" not in ran.out
    (desk.folder / "pw").chmod(0o644)
    assert states(desk.run("doctor", "--offline", "--json"))["password file"] == "warning"


def test_doctor_asks_sources_and_relay_and_says_how_to_mend_them(desk, monkeypatch):
    monkeypatch.setattr(dns_lookup, "_resolver", nobody)
    source = 'type = "feed"\nurl = "http://127.0.0.1:1/feed"'
    desk.configure("ada@example.org", way_out=RELAY, source=source)
    ran = desk.run("doctor", "--json")
    told = {finding["check"]: finding["detail"] for finding in ran.json}
    assert ran.code == 1
    assert told["source feed"].startswith("blocked, papers: 0; ")
    assert told["source feed"].endswith("allow_private = true if the host is yours")
    assert told["smtp"].startswith("127.0.0.1:1: connection refused; check smtp.host")
    assert told["dns example.org MX"] == "no DNS server is configured here"
    assert states(ran)["dns example.org MX"] == "unknown"


async def test_doctor_logs_in_and_tells_what_the_relay_offers(desk, monkeypatch):
    monkeypatch.setattr(dns_lookup, "_resolver", nobody)
    monkeypatch.setenv("DIGEST_SMTP__PASSWORD", "open-sesame")
    async with Running(password="open-sesame", data_size_limit=1_000_000) as server:
        way_out = RELAY.replace("port = 1", f'port = {server.port}\nusername = "lab"')
        desk.configure("ada@example.org", way_out=way_out)
        ran = await asyncio.to_thread(desk.run, "doctor", "--json")
    told = {finding["check"]: finding["detail"] for finding in ran.json}
    assert ran.code == 0
    assert ", logged in as lab; mails up to 976 KiB; offers " in told["smtp"]


@dataclass
class Resolver:
    """A DNS that knows some records and has trouble with others."""

    records: dict

    async def resolve(self, name, kind, *, lifetime):
        assert lifetime
        found = self.records.get((name, kind), [])
        if isinstance(found, Exception):
            raise found
        if not found:
            raise dns.resolver.NXDOMAIN
        return [dns.rdata.from_text("IN", kind, text) for text in found]


def test_doctor_looks_at_what_receivers_look_at(desk, monkeypatch):
    resolver = Resolver(
        {
            ("example.org", "MX"): ["10 mx.example.org."],
            ("example.org", "TXT"): ['"google-site-verification=1"'],
            ("_dmarc.example.org", "TXT"): dns.exception.Timeout(),
        }
    )
    monkeypatch.setattr(dns_lookup, "_resolver", lambda: resolver)
    desk.configure("ada@example.org", way_out=RELAY)
    ran = desk.run("doctor", "--json")
    found = {check: state for check, state in states(ran).items() if check.startswith("dns")}
    del found[f"dns {socket.gethostname()} PTR"]
    assert found == {
        "dns example.org MX": "ok",
        "dns example.org SPF": "FAILED",
        "dns example.org DKIM": "unknown",
        "dns example.org DMARC": "unknown",
    }
    assert '_dmarc.example.org. IN TXT "v=DMARC1; p=none"' in {each["publish"] for each in ran.json}


def test_doctor_prints_records_as_lines_to_copy(desk, monkeypatch):
    monkeypatch.setattr(dns_lookup, "_resolver", lambda: Resolver({}))
    desk.configure("ada@example.org", way_out=RELAY)
    _, records = desk.run("doctor", "-q").out.split("\nDNS records to publish:\n\n")
    spf, dmarc = records.splitlines()
    assert spf.startswith('example.org. IN TXT "v=spf1 a:')
    assert dmarc == '_dmarc.example.org. IN TXT "v=DMARC1; p=none"'


def test_preview_writes_the_mail_in_three_forms(desk):
    assert (
        "no paper is new to this reader; `digest harvest`"
        in desk.run("preview", "ada@example.org").err
    )
    desk.run("harvest")
    ran = desk.run("preview", "ADA@example.org", "--out", "mail", "--now", "2026-11-23T09:00")
    subject, *files = ran.out.splitlines()
    assert "2 for you" in subject
    assert files == [f"mail/ada@example.org{suffix}" for suffix in (".eml", ".html", ".txt")]
    assert "Dense retrieval at scale" in (desk.folder / files[2]).read_text()
    assert b"List-Unsubscribe: <mailto:" in (desk.folder / files[0]).read_bytes()
    assert desk.run("send", "--json").json["sent"] == 1


def test_preview_keeps_to_its_folder_whatever_the_address(desk):
    address = '"../../up"@example.org'
    added = desk.run("subscribers", "add", address)
    if added.code == 0:  # whether such an address is one is for others to say
        desk.run("preview", address, "--out", "mail")
        assert {file.parent.name for file in desk.folder.rglob("*.eml")} == {"mail"}
    assert not [*desk.folder.parent.glob("*.eml")]


def test_demo_keeps_out_of_folders_that_are_in_use(desk):
    ran = desk.run("demo", "--out", ".")
    assert (ran.code, ran.err) == (
        2,
        "digest: .: holds other files; name an empty folder with --out\n",
    )
    ran = desk.run("demo", "--out", "papers.jsonl")
    assert (ran.code, ran.err) == (2, "digest: papers.jsonl: is no folder; name one with --out\n")


@pytest.mark.parametrize("name", ["mynotes.txt", "mails/notes.md", "old/digest.db"])
def test_demo_touches_nothing_where_anything_is_not_its_own(empty, name):
    empty.run("demo", "-q", "--out", ".")
    before = (empty.folder / "secret.key").read_bytes()
    (empty.folder / name).parent.mkdir(exist_ok=True)
    empty.write(name, "mine")
    ran = empty.run("demo", "--out", ".")
    assert ran.code == 2
    assert ran.err.startswith(f"digest: {name.removesuffix('/digest.db')}: is no file of `digest")
    assert (empty.folder / name).read_text() == "mine"
    assert (empty.folder / "secret.key").read_bytes() == before


def test_demo_replaces_an_earlier_one_in_its_own_folder(empty):
    assert empty.run("demo", "-q", "--out", ".").code == 0
    before = (empty.folder / "secret.key").read_bytes()
    ran = empty.run("demo", "-q", "--out", ".")
    assert (ran.code, ran.err) == (0, "")
    assert (empty.folder / "secret.key").read_bytes() != before


def test_demo_may_be_quiet(empty):
    assert empty.run("demo", "-q").out == ""
    assert len([*(empty.folder / "demo-out" / "mails").glob("*.eml")]) == 6


def test_migrate_makes_brings_up_to_date_and_keeps(desk):
    desk.drop_database()
    assert desk.run("migrate").out == f"sqlite:///digest.db: schema none -> {SCHEMA}\n"
    assert desk.run("migrate").out == f"sqlite:///digest.db: schema {SCHEMA} is current\n"
    assert desk.run("migrate", "-q").out == ""
