"""The SMTP transport against a real server: verdicts, connections, extensions."""

import asyncio

import pytest

from digest.core.outcome import Accepted, Cause, Deferred, Fault, Refused, Unknown
from digest.pipeline.pace import FreePace
from digest.transports.relay import open_connection, tls_context
from digest.transports.smtp import SmtpTransport
from tests.outboxes import MESSAGE, ListOutbox, a_relay, readers, send
from tests.smtp_server import Running


async def test_message_arrives_byte_for_byte_with_its_dots(behaviour):
    async with Running(behaviour()) as server:
        sent = await send(a_relay(server.port), "ada@example.org")
        assert sent.only == Accepted("250 2.0.0 Ok: queued as 42", 250, "2.0.0")
        assert server.inbox.messages == [("ada@example.org", MESSAGE)]


@pytest.mark.parametrize("message", [b"", b".\r\n", b"x", b"\r\n.\r\n..\r\n", b"a\r\n.b"])
async def test_no_content_can_end_a_mail_early(behaviour, message):
    async with Running(behaviour()) as server:
        await send(a_relay(server.port), "a@example.org", "b@example.org", message=message)
        ended = message if message.endswith(b"\r\n") else message + b"\r\n"
        assert [content for _, content in server.inbox.messages] == [ended, ended]


async def test_connection_is_kept_for_many_messages(behaviour):
    async with Running(behaviour()) as server:
        await send(a_relay(server.port, connections=1), *readers(5))
        assert (len(server.inbox.messages), server.inbox.connections) == (5, 1)


async def test_connection_is_replaced_after_its_share_of_messages(behaviour):
    async with Running(behaviour()) as server:
        await send(a_relay(server.port, connections=1, max_per_connection=2), *readers(5))
        assert (len(server.inbox.messages), server.inbox.connections) == (5, 3)


async def test_the_first_mail_is_a_probe_and_no_more_connections_than_allowed_follow(behaviour):
    async with Running(behaviour(slow_data=0.02)) as server:
        sent = await send(a_relay(server.port, connections=3), *readers(12))
        assert all(isinstance(outcome, Accepted) for outcome in sent.outcomes.values())
        assert server.inbox.connections == 3
        assert server.inbox.together[:2] == [1, 1]
        assert max(server.inbox.together) == 3


async def test_each_recipient_has_a_verdict_of_their_own(behaviour):
    answers = behaviour(
        at_rcpt={
            "gone@example.org": "550 5.1.1 no such user",
            "full@example.org": "452 4.2.2 full",
        },
        at_data={"spam@example.org": "554 5.7.1 no", "later@example.org": "451 4.3.0 later"},
    )
    names = [f"{name}@example.org" for name in ("gone", "ok", "full", "spam", "later", "fine")]
    async with Running(answers) as server:
        sent = await send(a_relay(server.port, connections=1), *names)
        assert server.inbox.recipients() == ["fine@example.org", "ok@example.org"]
        assert server.inbox.connections == 1
    assert sent["gone@example.org"] == Refused(
        "550 5.1.1 no such user", 550, "5.1.1", Cause.ADDRESS_UNKNOWN
    )
    assert sent["full@example.org"] == Deferred("452 4.2.2 full", 452, "4.2.2", Cause.MAILBOX_FULL)
    assert sent["spam@example.org"] == Refused(
        "554 5.7.1 no", 554, "5.7.1", Cause.POLICY, Fault.POLICY
    )
    assert sent["later@example.org"] == Deferred("451 4.3.0 later", 451, "4.3.0")
    assert sent.outbox.begun == [names[1], names[3], names[4], names[5]]


async def test_a_mail_that_may_not_begin_takes_nobody_with_it(behaviour):
    async with Running(behaviour()) as server:
        relay = a_relay(server.port, connections=1)
        sent = await send(relay, *readers(4), unwanted={"r1@example.org"})
        assert server.inbox.recipients() == ["r0@example.org", "r2@example.org", "r3@example.org"]
    assert set(sent.outcomes) == set(server.inbox.recipients())
    assert (sent.halt, sent.left) == (None, [])


async def test_after_a_mail_that_may_not_begin_the_outbox_is_asked_again(behaviour):
    """Another line may have found it empty before; who unsubscribed meanwhile is settled so."""

    class Outbox(ListOutbox):
        def __init__(self, *recipients):
            super().__init__(*recipients)
            self.is_drained, self.asked_after = asyncio.Event(), 0

        async def next(self):
            mail = self.at_hand()
            if mail is None:
                self.is_drained.set()
                self.asked_after += 1
            return mail

        async def begin(self, mail):
            if mail.envelope.recipient == "r30@example.org":
                await asyncio.wait_for(self.is_drained.wait(), 5)
                await asyncio.sleep(0.2)  # all other lines have ended
                self.asked_after = 0
                return False
            return await super().begin(mail)

    outbox = Outbox(*readers(40))
    async with Running(behaviour()) as server:
        transport = SmtpTransport(a_relay(server.port, connections=4), FreePace(), break_seconds=0)
        assert await transport.carry(outbox) is None
    assert len(outbox.told) == 39
    assert outbox.asked_after


async def test_a_cut_after_the_final_dot_is_in_doubt(behaviour):
    async with Running(behaviour(drop_after_data={"r0@example.org"})) as server:
        sent = await send(a_relay(server.port), *readers(3))
        assert len(server.inbox.messages) == 3
    assert isinstance(sent["r0@example.org"], Unknown)
    assert isinstance(sent["r1@example.org"], Accepted)


async def test_silence_after_the_final_dot_is_in_doubt(behaviour):
    async with Running(behaviour(slow_data=0.3)) as server:
        sent = await send(a_relay(server.port, data_timeout=0.05), "ada@example.org")
        await asyncio.sleep(0)
    assert isinstance(sent.only, Unknown)
    assert sent.only.reply.endswith("no reply within 0.05 s")


async def test_421_closes_the_connection_and_the_mail_goes_over_another_one(behaviour):
    answers = behaviour(at_rcpt={"busy@example.org": "421 4.3.2 closing"})
    async with Running(answers) as server:
        relay = a_relay(server.port, connections=1)
        sent = await send(relay, "a@example.org", "busy@example.org", "ok@example.org")
        assert server.inbox.recipients() == ["a@example.org", "ok@example.org"]
    busy = sent["busy@example.org"]
    assert (busy.cause, busy.fault) == (Cause.LINE_BROKEN, Fault.RELAY)
    assert sent.left == []


async def test_a_421_to_the_content_is_a_definite_no(behaviour):
    async with Running(behaviour(at_data={"r0@example.org": "421 4.3.2 closing"})) as server:
        sent = await send(a_relay(server.port), *readers(2))
    assert sent["r0@example.org"].fault is Fault.RELAY
    assert isinstance(sent["r1@example.org"], Accepted)


async def test_size_is_announced_when_the_server_offers_it(behaviour):
    async with Running(behaviour()) as server:
        await send(a_relay(server.port), "ada@example.org")
        assert f"SIZE={len(MESSAGE)}" in server.inbox.commands[0].upper()


async def test_a_mail_beyond_the_servers_size_is_not_offered(behaviour):
    async with Running(behaviour(), data_size_limit=100) as server:
        sent = await send(a_relay(server.port), "ada@example.org", message=b"x" * 101)
        assert server.inbox.commands == []
    assert sent.only.cause is Cause.TOO_LARGE


async def test_an_address_beyond_ascii_needs_smtputf8(behaviour):
    async with Running(behaviour()) as server:
        sent = await send(a_relay(server.port), "jörg@example.org", "ada@example.org")
        assert all(isinstance(outcome, Accepted) for outcome in sent.outcomes.values())
        assert server.inbox.recipients() == ["ada@example.org", "jörg@example.org"]
    async with Running(behaviour(), enable_SMTPUTF8=False) as server:
        sent = await send(a_relay(server.port), "jörg@example.org", "ada@example.org")
        assert sent["jörg@example.org"].cause is Cause.NO_SMTPUTF8
        assert isinstance(sent["ada@example.org"], Accepted)


async def test_eight_bit_content_is_announced_when_the_server_takes_it(behaviour):
    async with Running(behaviour()) as server:
        await send(a_relay(server.port), "ada@example.org", message="é\r\n".encode())
        assert "BODY=8BITMIME" in server.inbox.commands[0]


async def test_an_address_with_a_line_break_never_reaches_the_wire(behaviour):
    async with Running(behaviour()) as server:
        sent = await send(a_relay(server.port), "a@example.org>\r\nRCPT TO:<b@example.org")
        assert sent.only.cause is Cause.ADDRESS_INVALID
        assert server.inbox.messages == []


async def test_connection_says_ehlo_before_anything_else():
    async with Running() as server:
        relay = a_relay(server.port)
        connection = await open_connection(relay, tls_context(relay))
        assert connection.supports_extension("size")
        await connection.quit()


async def test_a_kept_connection_cut_before_data_is_tried_again_on_a_new_one(behaviour):
    async with Running(behaviour(cut_at_mail=2)) as server:
        sent = await send(a_relay(server.port, connections=1), *readers(3))
        assert all(isinstance(outcome, Accepted) for outcome in sent.outcomes.values())
        assert server.inbox.recipients() == readers(3)


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
