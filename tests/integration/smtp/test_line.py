"""Command groups against a server whose every reply is scripted: each mail its own verdict."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from digest.core.outcome import Accepted, Cause, Deferred, Fault, Refused, Unknown
from digest.transports.relay import Relay, Security
from tests.outboxes import send

OK = b"250 2.0.0 ok\r\n"
GO = b"354 go\r\n"


class Script:
    """Answers commands from a table by (command, recipient or number), and keeps what came."""

    def __init__(self, *, split=0, **answers):
        self.answers = answers
        self.split = split
        self.commands = []
        self.contents = []
        self.groups = []

    def answer(self, key, recipient, usual):
        name = recipient.partition("@")[0]
        return self.answers.get(f"{key}_{name}", self.answers.get(key, usual))

    async def serve(self, reader, writer):
        say = self.saying(writer)
        await say(b"220 here\r\n")
        recipient = ""
        try:
            while line := await reader.readline():
                self.commands.append(line.split(b":")[0].strip().decode().split(" ")[0])
                match self.commands[-1]:
                    case "EHLO":
                        await say(b"250-here\r\n250-PIPELINING\r\n250 SIZE 100000\r\n")
                    case "MAIL":
                        await say(self.answer("mail", recipient, OK))
                    case "RCPT":
                        recipient = line.split(b"<")[1].split(b">")[0].decode()
                        await say(self.answer("rcpt", recipient, OK))
                    case "DATA":
                        answer = self.answer("data", recipient, GO)
                        await say(answer)
                        if answer.startswith(b"354"):
                            self.contents.append((recipient, await content_of(reader)))
                            await say(self.answer("dot", recipient, OK))
                    case "QUIT":
                        await say(b"221 bye\r\n")
                        break
                    case _:
                        await say(OK)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def saying(self, writer):
        async def say(reply):
            if reply is None:
                writer.transport.abort()
                raise ConnectionResetError
            pieces = [reply[i : i + 1] for i in range(len(reply))] if self.split else [reply]
            for piece in pieces:
                writer.write(piece)
                await writer.drain()

        return say


async def content_of(reader):
    lines = []
    while (line := await reader.readuntil(b"\r\n")) != b".\r\n":
        lines.append(line)
    return b"".join(lines)


@asynccontextmanager
async def relay_of(script, **fields):
    async with await asyncio.start_server(script.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = {"security": Security.NONE, "timeout": 2, "data_timeout": 2, "connections": 1}
        yield Relay(host="127.0.0.1", port=port, **settings | fields)
        await asyncio.sleep(0.01)


async def run(script, *names, **options):
    async with relay_of(script, **options.pop("relay", {})) as relay:
        return await send(relay, *(f"{name}@x.org" for name in names), **options)


def verdicts(sent):
    return {name.partition("@")[0]: type(outcome) for name, outcome in sent.outcomes.items()}


def taken(script):
    return [recipient.partition("@")[0] for recipient, content in script.contents if content]


@pytest.mark.parametrize("split", [0, 1], ids=["whole replies", "byte by byte"])
async def test_each_reply_finds_its_mail(split):
    script = Script(split=split, dot_b=b"451-4.3.0 not\r\n451 4.3.0 now\r\n")
    sent = await run(script, "a", "b", "c")
    assert verdicts(sent) == {"a": Accepted, "b": Deferred, "c": Accepted}
    assert sent["b@x.org"].reply == "451 4.3.0 not 4.3.0 now"
    assert taken(script) == ["a", "b", "c"]


async def test_the_end_of_a_mail_travels_with_the_offer_of_the_next():
    arrivals = []

    class Seen(Script):
        async def serve(self, reader, writer):
            original = reader.feed_data

            def feed(data):
                arrivals.append(data)
                original(data)

            reader.feed_data = feed
            await super().serve(reader, writer)

    await run(Seen(), "a", "b", "c")
    assert any(data.count(b"\r\n.\r\nMAIL FROM") and b"RCPT TO:<b@" in data for data in arrivals)


@pytest.mark.parametrize("where", ["rcpt_b", "data_b"])
async def test_a_refusal_inside_a_group_concerns_its_own_mail_alone(where):
    script = Script(
        **{where: b"550 5.1.1 nobody\r\n"},
        **({"data_b": b"503 5.5.1 no rcpt\r\n"} if where == "rcpt_b" else {}),
    )
    sent = await run(script, "a", "b", "c", "d")
    assert verdicts(sent) == {"a": Accepted, "b": Refused, "c": Accepted, "d": Accepted}
    assert sent["b@x.org"].cause is Cause.ADDRESS_UNKNOWN
    assert taken(script) == ["a", "c", "d"]
    assert "RSET" in script.commands
    assert "b@x.org" not in sent.outbox.begun


async def test_a_go_ahead_after_a_refused_recipient_is_answered_with_nothing():
    script = Script(rcpt_b=b"550 5.1.1 nobody\r\n", dot_b=b"554 5.5.1 no valid recipients\r\n")
    sent = await run(script, "a", "b", "c")
    assert verdicts(sent) == {"a": Accepted, "b": Refused, "c": Accepted}
    assert script.contents[1] == ("b@x.org", b"")
    assert taken(script) == ["a", "c"]


async def test_a_cut_after_a_dot_leaves_that_mail_in_doubt_and_sends_the_next_elsewhere():
    script = Script(dot_b=None)
    sent = await run(script, "a", "b", "c")
    assert verdicts(sent) == {"a": Accepted, "b": Unknown, "c": Accepted}
    assert taken(script) == ["a", "b", "c"]


async def test_a_cut_before_the_content_is_no_doubt():
    script = Script(data_b=None)
    sent = await run(script, "a", "b", "c")
    assert verdicts(sent) == {"a": Accepted, "b": Deferred, "c": Accepted}
    assert sent["b@x.org"].fault is Fault.RELAY
    assert taken(script) == ["a", "c"]


async def test_a_content_that_is_deferred_does_not_disturb_the_mail_offered_with_it():
    sent = await run(Script(dot_a=b"452 4.3.1 full\r\n"), "a", "b")
    assert verdicts(sent) == {"a": Deferred, "b": Accepted}


async def test_421_in_a_group_ends_the_connection_and_nobody_is_lost_or_doubled():
    script = Script(dot_b=b"421 4.3.2 going down\r\n")
    sent = await run(script, "a", "b", "c")
    assert verdicts(sent) == {"a": Accepted, "b": Deferred, "c": Accepted}
    assert script.commands.count("EHLO") == 2


async def test_nonsense_is_no_acceptance():
    sent = await run(Script(dot_a=b"hello?\r\n", dot_b=b"354 again\r\n"), "a", "b", "c")
    assert verdicts(sent) == {"a": Deferred, "b": Deferred, "c": Accepted}


async def test_a_go_ahead_that_is_none_sends_no_content():
    script = Script(data_a=OK)
    sent = await run(script, "a", "b")
    assert verdicts(sent) == {"a": Deferred, "b": Accepted}
    assert taken(script) == ["b"]


async def test_a_reply_without_end_ends_the_line():
    sent = await run(Script(dot_a=b"250-" + b"x" * 100_000), "a")
    assert verdicts(sent) == {"a": Unknown}


async def test_a_refused_sender_leaves_no_transaction_open():
    script = Script(mail=b"550 5.7.1 no\r\n", rcpt=b"503 no\r\n", data=b"503 no\r\n")
    sent = await run(script, "a", "b")
    assert {outcome.cause for outcome in sent.outcomes.values()} == {Cause.SENDER_REFUSED}
    assert script.contents == []


async def test_a_mail_waits_for_its_place_in_time_before_it_is_offered():
    class Slow:
        def __init__(self):
            self.waited = 0

        def ready(self):
            return False

        async def turn(self):
            self.waited += 1

    pace = Slow()
    script = Script()
    sent = await run(script, "a", "b", "c", pace=pace)
    assert taken(script) == ["a", "b", "c"]
    assert pace.waited == 3
    assert sent.left == []
