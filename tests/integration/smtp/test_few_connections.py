"""A relay that takes fewer connections than it is offered."""

from tests.outboxes import a_relay, readers, send
from tests.smtp_server import Behaviour, Running


async def test_a_relay_that_bears_few_connections_gets_all_mails_over_those():
    async with Running(Behaviour(slow_data=0.02, most_connections=2)) as server:
        sent = await send(a_relay(server.port, connections=8), *readers(20))
        assert sent.halt is None
        assert server.inbox.recipients() == sorted(readers(20))


async def test_a_greeting_that_refuses_is_told_in_the_relays_words():
    async with Running(Behaviour(most_connections=0)) as server:
        sent = await send(a_relay(server.port), "ada@example.org")
        assert sent.halt.reply.endswith(
            "it answered 421 4.7.0 too many connections, come back later"
        )
