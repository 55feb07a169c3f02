"""The SMTP transport against a real server: verdicts, connections, and no downgrade."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from digest.core.outcome import Accepted, Deferred, Refused, Unknown
from digest.ports import Envelope
from digest.transports.relay import (
    Relay,
    RelayError,
    Security,
    open_connection,
    tls_context,
)
from digest.transports.smtp import SmtpTransport
from tests.smtp_server import Behaviour, Running, server_context

MESSAGE = b"Subject: hello\r\n\r\nA line.\r\n.a dot\r\n"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def a_relay(port, **fields):
    return Relay(
        **{"host": "localhost", "port": port, "security": Security.NONE, "timeout": 5} | fields
    )


def to(recipient="ada@example.org"):
    return Envelope("digest@example.org", recipient)


async def send(relay, *recipients, message=MESSAGE):
    transport = SmtpTransport(relay)
    try:
        return [await transport.send(message, to(recipient)) for recipient in recipients]
    finally:
        await transport.close()


async def test_message_arrives_byte_for_byte_with_its_dots():
    async with Running() as server:
        (outcome,) = await send(a_relay(server.port), "ada@example.org")
        assert outcome == Accepted("250 2.0.0 Ok: queued as 42")
        assert server.inbox.messages == [("ada@example.org", MESSAGE)]


async def test_connection_is_kept_for_many_messages():
    async with Running() as server:
        await send(a_relay(server.port), *(f"r{n}@example.org" for n in range(5)))
        assert (len(server.inbox.messages), server.inbox.connections) == (5, 1)


async def test_connection_is_replaced_after_its_share_of_messages():
    async with Running() as server:
        relay = a_relay(server.port, max_per_connection=2)
        await send(relay, *(f"r{n}@example.org" for n in range(5)))
        assert (len(server.inbox.messages), server.inbox.connections) == (5, 3)


async def test_no_more_connections_than_allowed_are_open_at_once():
    async with Running(Behaviour(slow_data=0.02)) as server:
        transport = SmtpTransport(a_relay(server.port, connections=3))
        outcomes = await asyncio.gather(
            *(transport.send(MESSAGE, to(f"r{n}@example.org")) for n in range(12))
        )
        await transport.close()
        assert all(isinstance(outcome, Accepted) for outcome in outcomes)
        assert server.inbox.connections == 3


async def test_each_recipient_has_a_verdict_of_their_own():
    behaviour = Behaviour(
        at_rcpt={
            "gone@example.org": "550 5.1.1 no such user",
            "full@example.org": "452 4.2.2 full",
        },
        at_data={"spam@example.org": "554 5.7.1 no", "later@example.org": "451 4.3.0 later"},
    )
    names = ["gone", "ok", "full", "spam", "later", "fine"]
    async with Running(behaviour) as server:
        outcomes = await send(a_relay(server.port), *(f"{name}@example.org" for name in names))
        assert server.inbox.recipients() == ["fine@example.org", "ok@example.org"]
        assert server.inbox.connections == 1
    assert outcomes[0] == Refused("550 5.1.1 no such user", 550)
    assert outcomes[2] == Deferred("452 4.2.2 full", 452)
    assert outcomes[3] == Refused("554 5.7.1 no", 554)
    assert outcomes[4] == Deferred("451 4.3.0 later", 451)


async def test_a_refused_sender_is_our_trouble_and_not_the_readers():
    async with Running(Behaviour(at_mail="550 5.7.1 who are you")) as server:
        (outcome,) = await send(a_relay(server.port), "ada@example.org")
    assert isinstance(outcome, Deferred)
    assert outcome.relay
    assert "check smtp.sender" in outcome.reply


async def test_a_cut_after_the_final_dot_is_in_doubt():
    async with Running(Behaviour(drop_after_data={"ada@example.org"})) as server:
        (outcome,) = await send(a_relay(server.port), "ada@example.org")
        assert len(server.inbox.messages) == 1
    assert isinstance(outcome, Unknown)


async def test_silence_after_the_final_dot_is_in_doubt():
    async with Running(Behaviour(slow_data=0.3)) as server:
        (outcome,) = await send(a_relay(server.port, data_timeout=0.05), "ada@example.org")
        await asyncio.sleep(0)
    assert isinstance(outcome, Unknown)


async def test_a_kept_connection_that_the_server_closed_is_replaced_unnoticed():
    async with Running(timeout=0.05) as server:
        transport = SmtpTransport(a_relay(server.port))
        first = await transport.send(MESSAGE, to("a@example.org"))
        await asyncio.sleep(0.1)
        second = await transport.send(MESSAGE, to("b@example.org"))
        await transport.close()
        assert isinstance(first, Accepted)
        assert isinstance(second, Accepted)
        assert server.inbox.recipients() == ["a@example.org", "b@example.org"]


async def test_421_closes_the_connection_and_the_next_mail_opens_another():
    behaviour = Behaviour(at_rcpt={"busy@example.org": "421 4.3.2 closing"})
    async with Running(behaviour) as server:
        outcomes = await send(a_relay(server.port), "busy@example.org", "ok@example.org")
        assert server.inbox.connections == 2
    assert isinstance(outcomes[0], Deferred)
    assert outcomes[0].relay
    assert isinstance(outcomes[1], Accepted)


async def test_size_is_announced_when_the_server_offers_it():
    async with Running() as server:
        await send(a_relay(server.port), "ada@example.org")
        assert f"SIZE={len(MESSAGE)}" in server.inbox.commands[0].upper()


async def test_an_address_beyond_ascii_needs_smtputf8():
    async with Running() as server:
        (outcome,) = await send(a_relay(server.port), "jörg@example.org")
        assert isinstance(outcome, Accepted)
        assert server.inbox.recipients() == ["jörg@example.org"]
    async with Running(enable_SMTPUTF8=False) as server:
        (outcome,) = await send(a_relay(server.port), "jörg@example.org")
        assert isinstance(outcome, Refused)
        assert "does not offer SMTPUTF8" in outcome.reply


async def test_an_address_with_a_line_break_never_reaches_the_wire():
    async with Running() as server:
        (outcome,) = await send(a_relay(server.port), "a@example.org>\r\nRCPT TO:<b@example.org")
        assert not isinstance(outcome, Accepted)
        assert server.inbox.messages == []


async def test_unreachable_relay_defers_and_names_what_to_check():
    (outcome,) = await send(a_relay(1), "ada@example.org")
    assert outcome == Deferred(
        "smtp localhost:1: connection refused; check smtp.host and smtp.port", relay=True
    )


async def test_unknown_host_is_named():
    (outcome,) = await send(a_relay(25, host="relay.invalid"), "ada@example.org")
    assert "the host name cannot be resolved; check smtp.host" in outcome.reply


async def test_silent_server_is_not_waited_for_without_end():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        relay = a_relay(mute.getsockname()[1], host="127.0.0.1", timeout=0.05)
        (outcome,) = await send(relay, "ada@example.org")
    assert outcome.relay
    assert "no answer within 0.05 s" in outcome.reply


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_mail_goes_over_verified_tls_with_a_login(authority, ca_file, security):
    context = server_context(authority)
    side = {"tls": context} if security is Security.TLS else {"starttls": context}
    async with Running(password="right", **side) as server:
        relay = a_relay(
            server.port, security=security, username="u", password=lambda: "right", ca_file=ca_file
        )
        (outcome,) = await send(relay, "ada@example.org")
        assert isinstance(outcome, Accepted)
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
        (outcome,) = await send(relay, "ada@example.org")
        assert server.inbox.messages == []
    assert outcome.relay
    assert outcome.code == 535
    assert "login as 'ada' was refused (535" in outcome.reply
    assert "canary" not in outcome.reply + repr(relay)


async def test_stripped_starttls_gets_neither_password_nor_mail():
    async with Running(password="right") as server:
        relay = a_relay(
            server.port, security=Security.STARTTLS, username="u", password=lambda: "right"
        )
        (outcome,) = await send(relay, "ada@example.org")
        assert (server.inbox.logins, server.inbox.messages) == ([], [])
    assert "it does not offer STARTTLS, so nothing was sent" in outcome.reply


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
    context = make_context(authority)
    side = {"tls": context} if security is Security.TLS else {"starttls": context}
    async with Running(password="right", **side) as server:
        relay = a_relay(
            server.port,
            security=security,
            username="u",
            password=lambda: "right",
            ca_file=ca_file if trusted else None,
        )
        (outcome,) = await send(relay, "ada@example.org")
        assert (server.inbox.logins, server.inbox.messages) == ([], [])
    assert "its certificate was not accepted" in outcome.reply


async def test_relay_without_login_is_named_when_a_username_is_set():
    async with Running() as server:
        relay = a_relay(server.port, username="u", password=lambda: "p")
        (outcome,) = await send(relay, "ada@example.org")
    assert "it offers no login (AUTH), but smtp.username is set" in outcome.reply


async def test_connection_says_ehlo_before_anything_else():
    async with Running() as server:
        relay = a_relay(server.port)
        connection = await open_connection(relay, tls_context(relay))
        assert connection.supports_extension("size")
        await connection.quit()


async def test_a_kept_connection_cut_before_data_is_tried_again_on_a_new_one():
    async with Running(Behaviour(cut_at_mail=2)) as server:
        outcomes = await send(a_relay(server.port), "a@example.org", "b@example.org")
        assert all(isinstance(outcome, Accepted) for outcome in outcomes)
        assert server.inbox.recipients() == ["a@example.org", "b@example.org"]


async def test_a_new_connection_cut_before_data_defers_and_is_the_relays_trouble():
    async with Running(Behaviour(cut_at_mail=1)) as server:
        (outcome,) = await send(a_relay(server.port), "a@example.org")
    assert isinstance(outcome, Deferred)
    assert outcome.relay
    assert outcome.reply.startswith("the line broke before DATA")


async def test_tls_from_the_start_on_a_plain_port_names_the_two_settings():
    async with Running() as server:
        relay = a_relay(server.port, security=Security.TLS)
        (outcome,) = await send(relay, "ada@example.org")
        assert server.inbox.messages == []
    assert "check smtp.port and smtp.security (587 is starttls, 465 is tls)" in outcome.reply


def test_an_unreadable_ca_file_is_named(tmp_path):
    with pytest.raises(RelayError, match=r"smtp\.ca_file: .*none\.pem: cannot be read"):
        SmtpTransport(a_relay(25, ca_file=tmp_path / "none.pem"))


async def speak_helo_only(reader, writer):
    writer.write(b"220 old\r\n")
    while line := await reader.readline():
        writer.write(b"250 hello\r\n" if line.startswith(b"HELO") else b"502 what?\r\n")
    writer.close()


async def test_a_server_that_knows_only_helo_is_greeted_so():
    async with await asyncio.start_server(speak_helo_only, "127.0.0.1", 0) as server:
        relay = a_relay(server.sockets[0].getsockname()[1], host="127.0.0.1")
        connection = await open_connection(relay, tls_context(relay))
        assert connection.last_helo_response.code == 250
        connection.close()
        await asyncio.sleep(0.01)
