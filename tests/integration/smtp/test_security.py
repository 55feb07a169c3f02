"""The SMTP transport gives neither password nor mail to whom it should not."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from digest.core.outcome import Accepted, Fault
from digest.pipeline.pace import FreePace
from digest.transports.relay import (
    RelayError,
    Security,
)
from digest.transports.smtp import SmtpTransport
from tests.outboxes import a_relay, readers, send
from tests.smtp_server import Running, server_context


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def guarded(security, context):
    """Run a server that wants a password, over TLS from the start or after STARTTLS."""
    side = {"tls": context} if security is Security.TLS else {"starttls": context}
    return Running(password="right", **side)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_mail_goes_over_verified_tls_with_a_login(authority, ca_file, security):
    async with guarded(security, server_context(authority)) as server:
        relay = a_relay(
            server.port,
            security=security,
            username="u",
            password=lambda: "right",
            ca_file=ca_file,
            connections=1,
        )
        sent = await send(relay, *readers(3))
        assert all(isinstance(outcome, Accepted) for outcome in sent.outcomes.values())
        assert server.inbox.logins == ["right"]


async def test_wrong_password_is_told_and_never_shown(authority, ca_file):
    async with Running(password="right", starttls=server_context(authority)) as server:
        relay = a_relay(
            server.port,
            security=Security.STARTTLS,
            username="ada",
            password=lambda: "canary",
            ca_file=ca_file,
        )
        sent = await send(relay, "ada@example.org")
        assert server.inbox.messages == []
        assert server.inbox.connections == 1  # asking on would lock the account
    assert (sent.halt.code, sent.halt.fault) == (535, Fault.OURS)
    assert "login as 'ada' was refused (535" in sent.halt.reply
    assert "canary" not in sent.halt.reply + repr(relay)


async def test_stripped_starttls_gets_neither_password_nor_mail():
    async with Running(password="right") as server:
        relay = a_relay(
            server.port, security=Security.STARTTLS, username="u", password=lambda: "right"
        )
        sent = await send(relay, "ada@example.org")
        assert (server.inbox.logins, server.inbox.messages) == ([], [])
    assert "it does not offer STARTTLS, so nothing was sent" in sent.halt.reply


def expired(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    past = datetime.now(UTC) - timedelta(days=1)
    authority.issue_cert("localhost", not_after=past).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("make_context", "trusted"),
    [
        (lambda authority: server_context(authority, "elsewhere.example.org"), True),
        (expired, True),
        (server_context, False),
    ],
    ids=["wrong host name", "expired", "unknown authority"],
)
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_bad_certificate_gets_neither_password_nor_mail(
    authority, ca_file, security, make_context, trusted
):
    async with guarded(security, make_context(authority)) as server:
        relay = a_relay(
            server.port,
            security=security,
            username="u",
            password=lambda: "right",
            ca_file=ca_file if trusted else None,
        )
        sent = await send(relay, "ada@example.org")
        assert (server.inbox.logins, server.inbox.messages) == ([], [])
    assert "its certificate was not accepted" in sent.halt.reply


async def test_relay_without_login_is_named_when_a_username_is_set():
    async with Running() as server:
        relay = a_relay(server.port, username="u", password=lambda: "p")
        sent = await send(relay, "ada@example.org")
    assert "it offers no login (AUTH), but smtp.username is set" in sent.halt.reply


async def test_tls_from_the_start_on_a_plain_port_names_the_two_settings():
    async with Running() as server:
        relay = a_relay(server.port, security=Security.TLS)
        sent = await send(relay, "ada@example.org")
        assert server.inbox.messages == []
    assert "check smtp.port and smtp.security (587 is starttls, 465 is tls)" in sent.halt.reply


def test_an_unreadable_ca_file_is_named(tmp_path):
    with pytest.raises(RelayError, match=r"smtp\.ca_file: .*none\.pem: cannot be read"):
        SmtpTransport(a_relay(25, ca_file=tmp_path / "none.pem"), FreePace())
