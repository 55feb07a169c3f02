"""doctor, preview, demo and migrate: how somebody begins."""

import asyncio
import socket
from contextlib import closing
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


def states(ran):
    return {finding["check"]: finding["state"] for finding in ran.json}


def nobody():
    raise DnsSilentError("no DNS server is configured here")


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


def test_preview_says_that_an_empty_mail_would_not_go(desk):
    skipped = 'on_empty is "skip": this empty mail would not go'
    assert skipped in desk.run("preview", "ada@example.org").err
    desk.configure("ada@example.org", extra='[digest]\non_empty = "send"')
    assert skipped not in desk.run("preview", "ada@example.org").err
    desk.configure("ada@example.org")
    desk.run("harvest")
    assert skipped not in desk.run("preview", "ada@example.org").err


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


def test_demo_does_nothing_when_its_port_is_taken(desk):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ran = desk.run("demo", "--serve", "--port", str(port))
    assert (ran.code, ran.out) == (2, "")
    assert f"127.0.0.1:{port}: cannot be listened on" in ran.err
    assert not (desk.folder / "demo-out").exists()


def test_demo_tells_what_it_did_as_json_at_any_time(desk):
    ran = desk.run("demo", "--json", "--now", "2026-11-23T09:00", "-c", "none.toml")
    told = ran.json
    assert (ran.code, told["sent"], told["sent_again"]) == (0, len(told["mails"]), 0)
    assert "23 Nov" in told["mails"][0]["subject"]
    assert all(mail["papers"][0]["reasons"] is not None for mail in told["mails"])
