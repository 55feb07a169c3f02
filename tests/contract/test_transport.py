"""What every transport promises, over all of them."""

import mailbox

import pytest

from digest.core.outcome import Accepted, Cause, Deferred, Fault
from digest.errors import TransportError
from digest.pipeline.pace import FreePace
from digest.ports import Halt
from digest.transports.maildir import MaildirTransport
from digest.transports.memory import MemoryTransport
from digest.transports.relay import Relay, Security
from digest.transports.smtp import SmtpTransport
from tests.outboxes import carry
from tests.smtp_server import Running

MESSAGE = b"Subject: hello\r\n\r\nA line.\r\n"
NAMES = [f"r{n}@example.org" for n in range(5)]


@pytest.fixture(params=["memory", "maildir", "smtp"])
async def transport_and_received(request, tmp_path):
    """A transport, and a function that returns the messages that arrived."""
    match request.param:
        case "memory":
            memory = MemoryTransport()
            yield memory, lambda: [bytes(mail.message) for mail in memory.accepted]
        case "maildir":
            folder = tmp_path / "box"
            yield MaildirTransport(folder), lambda: list(map(bytes, mailbox.Maildir(folder)))
        case "smtp":
            async with Running() as server:
                relay = Relay(host="localhost", port=server.port, security=Security.NONE)
                yield (
                    SmtpTransport(relay, FreePace()),
                    lambda: [message for _, message in server.inbox.messages],
                )


async def test_every_mail_is_begun_and_accepted_and_has_arrived(transport_and_received):
    transport, received = transport_and_received
    sent = await carry(transport, *NAMES, message=MESSAGE)
    assert sorted(sent.outbox.begun) == NAMES
    assert {type(outcome) for outcome in sent.outcomes.values()} == {Accepted}
    assert sorted(sent.outcomes) == NAMES
    assert (sent.halt, sent.left) == (None, [])
    assert [b"A line." in message for message in received()] == [True] * 5


async def test_a_mail_that_may_not_begin_is_not_handed_over(transport_and_received):
    transport, received = transport_and_received
    sent = await carry(transport, *NAMES, message=MESSAGE, unwanted=NAMES[1:3])
    assert sorted(sent.outcomes) == [NAMES[0], *NAMES[3:]]
    assert len(received()) == 3


async def test_an_empty_outbox_is_carried_at_once_and_again(transport_and_received):
    transport, received = transport_and_received
    for _ in range(2):
        sent = await carry(transport)
        assert (sent.outcomes, sent.halt) == ({}, None)
    assert received() == []


def test_transports_have_names(transport_and_received):
    transport, _ = transport_and_received
    assert transport.name


async def test_memory_answers_as_it_is_told():
    memory = MemoryTransport(lambda _mail: Deferred("451 later", 451))
    assert (await carry(memory, NAMES[0])).only == Deferred("451 later", 451)
    assert memory.accepted == []


async def test_memory_stops_as_it_is_told():
    halt = Halt(relay="memory", reply="down", cause=Cause.RELAY_UNREACHABLE, fault=Fault.RELAY)
    sent = await carry(MemoryTransport(lambda _mail: halt), *NAMES)
    assert (sent.halt, sent.left) == (halt, NAMES[1:])


async def test_maildir_keeps_the_envelope_and_lines_as_files_do(tmp_path):
    await carry(MaildirTransport(tmp_path / "a" / "box"), "ada@example.org", message=MESSAGE)
    (path,) = (tmp_path / "a" / "box" / "new").iterdir()
    assert path.read_bytes() == (
        b"Return-Path: <digest@example.org>\nDelivered-To: ada@example.org\n"
        b"Subject: hello\n\nA line.\n"
    )


async def test_maildir_that_cannot_be_written_stops_and_defers(tmp_path):
    transport = MaildirTransport(tmp_path / "box")
    for part in ("new", "cur", "tmp"):
        (tmp_path / "box" / part).rmdir()
    sent = await carry(transport, *NAMES)
    assert "No such file" in sent.halt.reply
    assert sent.only.fault is Fault.RELAY
    assert sent.left == NAMES[1:]


def test_maildir_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TransportError, match="cannot be made"):
        MaildirTransport(tmp_path / "file" / "box")
