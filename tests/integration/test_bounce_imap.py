"""The bounce mailbox on an IMAP server: encrypted always, mails moved and never lost."""

import asyncio
import shutil
import ssl
from contextlib import closing

import pytest
import trustme

from digest.bounces.imap import ImapAccount, ImapBounces
from digest.bounces.reading import LARGEST, understand
from digest.errors import MailboxError
from digest.pipeline.bounces import read_mailbox
from digest.store import open_store
from tests.bounce_lab import ADA, Clock, a_desk, a_mail_sent, report
from tests.imap_server import ImapServer


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem"


@pytest.fixture
def tls(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def store(tmp_path, empty_database):
    shutil.copy(empty_database, tmp_path / "digest.db")
    with closing(open_store("sqlite:///digest.db", base=tmp_path)) as opened:
        a_mail_sent(opened)
        yield opened


def _read(account, desk):
    with closing(ImapBounces(account)) as mailbox:
        return read_mailbox(mailbox, understand, desk)


@pytest.fixture
def read(store, ca_file):
    async def run(server, *, password="secret", **fields):  # noqa: S107 - opens nothing
        async with server.running() as port:
            defaults = {"host": "localhost", "port": port, "security": "tls", "folder": "INBOX"}
            account = ImapAccount(
                **{"username": "bounces", "password": lambda: password, "ca_file": ca_file}
                | defaults
                | fields
            )
            return await asyncio.to_thread(_read, account, a_desk(store, Clock()))

    return run


@pytest.mark.parametrize("can_move", [True, False])
async def test_mails_are_moved_to_where_they_belong(tls, read, store, can_move):
    server = ImapServer(tls, can_move=can_move)
    for name in ("postfix", "vacation", "person"):
        server.put(report(name))
    await read(server)
    assert {name: [*mails] for name, mails in server.folders.items()} == {
        "INBOX": [],
        "digest-done": ["1", "2"],
        "digest-not-understood": ["3"],
    }
    assert server.folders["digest-not-understood"]["3"] == report("person")
    assert [event.points for event in store.bounces.history(ADA)] == [2]


async def test_another_folder_may_be_read_and_folders_are_made_once(tls, read):
    server = ImapServer(tls)
    server.folders |= {"bounces": {}, "digest-done": {}, "digest-not-understood": {}}
    server.put(report("vacation"), "bounces")
    server.put(report("person"))
    await read(server, folder="bounces")
    assert [*server.folders["digest-done"]] == ["1"]
    assert [*server.folders["INBOX"]] == ["2"]


async def test_starttls_comes_before_the_login(tls, read):
    server = ImapServer(tls, starttls=True)
    server.put(report("postfix"))
    await read(server, security="starttls")
    assert server.logins == [("bounces", "secret")]
    assert server.in_clear == ["CAPABILITY", "STARTTLS"]
    assert [*server.folders["digest-done"]] == ["1"]


async def test_a_certificate_that_cannot_be_verified_gets_no_password(tls, read, tmp_path):
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    for starttls in (False, True):
        server = ImapServer(tls, starttls=starttls)
        security = "starttls" if starttls else "tls"
        with pytest.raises(MailboxError, match=r"imap localhost:\d+ INBOX: .*CERTIFICATE_VERIFY"):
            await read(server, security=security, ca_file=tmp_path / "other.pem")
        assert server.logins == []


async def test_a_refused_login_is_told_without_the_password(tls, read):
    with pytest.raises(MailboxError, match="wrong password") as caught:
        await read(ImapServer(tls), password="hunter2")
    assert "hunter2" not in str(caught.value)
    assert caught.value.temporary


async def test_a_server_that_is_not_there_is_temporary_trouble(ca_file):
    account = ImapAccount(
        host="localhost",
        port=1,
        security="tls",
        username="b",
        password=lambda: "",
        folder="INBOX",
        ca_file=ca_file,
    )
    with closing(ImapBounces(account)) as mailbox, pytest.raises(MailboxError, match="refused"):
        await asyncio.to_thread(list, mailbox.mails())


async def test_a_line_that_breaks_while_a_mail_is_moved_loses_nothing(tls, read, store):
    server = ImapServer(tls)
    server.put(report("postfix"))
    server.broken = "UID MOVE"
    with pytest.raises(MailboxError):
        await read(server)
    assert [*server.folders["INBOX"]] == ["1"]
    server.broken = ""
    await read(server)
    assert [*server.folders["digest-done"]] == ["1"]
    assert [event.points for event in store.bounces.history(ADA)] == [2]


async def test_an_endless_mail_is_fetched_in_part(tls, read):
    server = ImapServer(tls)
    server.put(report("postfix") + b"x" * LARGEST)
    result = await read(server)
    assert result.taken_for == {"bounce": 1}
