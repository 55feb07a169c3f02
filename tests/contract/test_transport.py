"""What every transport promises, over all of them."""

import mailbox

import pytest

from digest.core.delivery import Accepted, Deferred
from digest.errors import TransportError
from digest.ports import Envelope
from digest.transports.maildir import MaildirTransport
from digest.transports.memory import MemoryTransport
from digest.transports.relay import Relay, Security
from digest.transports.smtp import SmtpTransport
from tests.smtp_server import Running

MESSAGE = b"Subject: hello\r\n\r\nA line.\r\n"
ENVELOPE = Envelope("digest@example.org", "ada@example.org")


@pytest.fixture(params=["memory", "maildir", "smtp"])
async def transport_and_received(request, tmp_path):
    """A transport, and a function that returns the bodies that arrived."""
    match request.param:
        case "memory":
            memory = MemoryTransport()
            yield memory, lambda: [message for _, message in memory.accepted]
        case "maildir":
            folder = tmp_path / "box"
            yield MaildirTransport(folder), lambda: _in_maildir(folder)
        case "smtp":
            async with Running() as server:
                relay = Relay(host="localhost", port=server.port, security=Security.NONE)
                yield (
                    SmtpTransport(relay),
                    lambda: [message for _, message in server.inbox.messages],
                )


def _in_maildir(folder):
    return [bytes(message) for message in mailbox.Maildir(folder)]


async def test_accepted_message_has_arrived(transport_and_received):
    transport, received = transport_and_received
    outcome = await transport.send(MESSAGE, ENVELOPE)
    await transport.close()
    assert isinstance(outcome, Accepted)
    assert [b"A line." in message for message in received()] == [True]


async def test_closing_twice_does_nothing(transport_and_received):
    transport, _ = transport_and_received
    await transport.send(MESSAGE, ENVELOPE)
    await transport.close()
    await transport.close()


async def test_memory_answers_as_it_is_told():
    memory = MemoryTransport(lambda _message, _envelope: Deferred("451 later", 451))
    assert await memory.send(MESSAGE, ENVELOPE) == Deferred("451 later", 451)
    assert memory.accepted == []


async def test_maildir_keeps_the_envelope_and_lines_as_files_do(tmp_path):
    await MaildirTransport(tmp_path / "a" / "box").send(MESSAGE, ENVELOPE)
    (path,) = (tmp_path / "a" / "box" / "new").iterdir()
    assert path.read_bytes() == (
        b"Return-Path: <digest@example.org>\nDelivered-To: ada@example.org\n"
        b"Subject: hello\n\nA line.\n"
    )


async def test_maildir_that_cannot_be_written_defers(tmp_path):
    transport = MaildirTransport(tmp_path / "box")
    for part in ("new", "cur", "tmp"):
        (tmp_path / "box" / part).rmdir()
    outcome = await transport.send(MESSAGE, ENVELOPE)
    assert isinstance(outcome, Deferred)
    assert outcome.relay


def test_maildir_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TransportError, match="cannot be made"):
        MaildirTransport(tmp_path / "file" / "box")
