"""When a run over a relay ends early: nobody answers, or it takes nothing, or the fault is ours."""

import asyncio
import socket

import pytest
from structlog.testing import capture_logs

from digest.core.outcome import Accepted, Cause, Fault
from tests.outboxes import a_relay, readers, send
from tests.smtp_server import Running


async def test_a_refused_sender_is_our_fault_and_stops_after_twenty(behaviour):
    async with Running(behaviour(at_mail="550 5.1.8 who are you")) as server:
        sent = await send(a_relay(server.port), *readers(50))
    assert {outcome.fault for outcome in sent.outcomes.values()} == {Fault.OURS}
    assert len(sent.outcomes) == 20
    assert (len(sent.left), sent.halt.fault, sent.halt.cause) == (
        30, Fault.OURS, Cause.SENDER_REFUSED,
    )  # fmt: skip
    assert "check smtp.sender" in sent.halt.reply


async def test_a_policy_that_refuses_everybody_stops_the_run(behaviour):
    refused = dict.fromkeys(readers(50), "550 5.7.1 blocked")
    async with Running(behaviour(at_rcpt=refused)) as server:
        sent = await send(a_relay(server.port), *readers(50))
    assert len(sent.left) == 30
    assert sent.halt.fault is Fault.OURS


@pytest.mark.parametrize("connections", [1, 8])
async def test_a_relay_that_takes_nothing_just_now_is_left_alone_after_twenty(
    behaviour, connections
):
    """As Postfix does to whom it counts: every offer more is held against the sender."""
    async with Running(behaviour(at_mail="450 4.7.1 Error: too much mail")) as server:
        sent = await send(a_relay(server.port, connections=connections), *readers(50))
    assert {outcome.cause for outcome in sent.outcomes.values()} == {Cause.RELAY_BUSY}
    assert (len(sent.outcomes), len(sent.left)) == (20, 30)
    assert (sent.halt.fault, sent.halt.cause) == (Fault.RELAY, Cause.RELAY_BUSY)
    assert sent.halt.reply == "450 4.7.1 Error: too much mail"


async def test_a_relay_that_now_and_then_takes_a_mail_is_gone_on_with(behaviour):
    people = readers(60)
    refused = set(people) - set(people[::15])
    answers = behaviour(at_data=dict.fromkeys(refused, "454 4.7.0 Throttling failure"))
    async with Running(answers) as server:
        sent = await send(a_relay(server.port, connections=1), *people)
    assert sent.halt is None
    assert sum(isinstance(outcome, Accepted) for outcome in sent.outcomes.values()) == 4
    assert len(sent.outcomes) == 60


async def test_a_dead_relay_is_asked_three_times_and_keeps_every_mail():
    sent = await send(a_relay(1), *readers(9))
    assert sent.halt.reply == "smtp localhost:1: connection refused; check smtp.host and smtp.port"
    assert (sent.halt.cause, sent.halt.fault) == (Cause.RELAY_UNREACHABLE, Fault.RELAY)
    assert (sent.outcomes, len(sent.left)) == ({}, 9)


async def test_unknown_host_is_named():
    sent = await send(a_relay(25, host="relay.invalid"), "ada@example.org")
    assert "the host name cannot be resolved; check smtp.host" in sent.halt.reply


async def test_silent_server_is_not_waited_for_without_end():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        relay = a_relay(mute.getsockname()[1], host="127.0.0.1", timeout=0.05)
        sent = await send(relay, "ada@example.org")
    assert "no answer within 0.05 s" in sent.halt.reply


async def test_a_relay_that_cuts_every_connection_is_left_alone(behaviour):
    async with Running(behaviour(cut_at_mail=-1)) as server:
        sent = await send(a_relay(server.port), *readers(9))
        assert server.inbox.connections == 3
    assert "the server closed the connection" in sent.halt.reply
    assert len(sent.left) + len(sent.outcomes) == 9
    assert {outcome.fault for outcome in sent.outcomes.values()} == {Fault.RELAY}


async def test_each_connection_that_comes_to_nothing_is_told_when_it_does():
    """A server that does not greet, as one for HTTP: the tries take their time."""

    async def listen(reader, writer):
        await reader.read()
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with capture_logs() as told:
            sent = await send(a_relay(port, timeout=0.1), "ada@example.org")
    assert sent.halt.reply.endswith("no answer within 0.1 s; check smtp.host and smtp.port")
    lines = [(line["event"], line["log_level"], line["why"]) for line in told]
    assert lines == [("connection_failed", "warning", sent.halt.reply)] * 3
