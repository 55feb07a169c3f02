"""What comes back while the installed program runs, and what is left after it was killed."""

import asyncio
import re
import signal
from contextlib import closing, suppress
from email import message_from_bytes

import httpx2

from digest.config import load
from digest.store import open_store
from digest.wiring.bounces import webhook_urls
from tests.bounce_lab import MESSAGE_ID, report
from tests.lab import until
from tests.smtp_server import Running

LIST = '[digest]\nbase_url = "https://digest.example.org"\n'
MAILBOX = '[bounces]\n[bounces.maildir]\npath = "box"\n'
KILLS = 3


def history_of(lab, address):
    with closing(open_store("sqlite:///digest.db", base=lab.folder)) as store:
        return store.bounces.history(address, limit=10_000)


async def port_of(process):
    """Return the port that a process says it serves at."""
    async for line in process.stderr:
        if found := re.search(rb"\bport=(\d+)", line):
            return int(found[1])
    raise AssertionError("it ended without serving")


async def test_every_event_that_was_answered_survives_kill_9_and_counts_once(lab):
    lab.configure(25, ["ada"], LIST)
    await lab.run("status")
    path = webhook_urls(load(lab.folder / "config.toml"))["generic"].partition(".org")[2]
    waiting, answered = list(range(40)), []

    async def tell(client, number):
        event = {"event": "soft-bounce", "email": "ada@example.org", "id": f"e-{number}"}
        answer = await client.post(path, json=event)
        assert answer.status_code == 200
        answered.append(number)
        waiting.remove(number)

    for kill in range(KILLS):
        server = await lab.start("serve", "--port", "0")
        url = f"http://127.0.0.1:{await port_of(server)}"
        async with httpx2.AsyncClient(base_url=url) as client:
            telling = asyncio.gather(
                *(tell(client, number) for number in list(waiting)), return_exceptions=True
            )
            if kill < KILLS - 1:
                enough = len(answered) + 12
                with suppress(TimeoutError):
                    await until(lambda enough=enough: len(answered) >= enough, 5)
                server.send_signal(signal.SIGKILL)
            await telling
        if kill == KILLS - 1:
            server.send_signal(signal.SIGTERM)
        await server.communicate()
    assert server.returncode == 0
    assert waiting == []
    history = history_of(lab, "ada@example.org")
    assert sorted(event.key for event in history) == sorted(
        f"bounce:webhook generic:e-{number}" for number in range(40)
    )
    assert sum(event.points for event in history) == 1


async def test_the_daemon_reads_the_mailbox_and_serves_and_both_end_with_it(lab):
    async with Running() as smtp:
        lab.configure(smtp.port, ["ada"], LIST + MAILBOX)
        lab.publish(1)
        await lab.send("--no-harvest")
        await lab.send()
        mail = message_from_bytes(smtp.inbox.messages[0][1])
        new = lab.folder / "box" / "new"
        new.mkdir(parents=True)
        (new / "1").write_bytes(report("arf_yahoo", (MESSAGE_ID, mail["Message-ID"])))
        daemon = await lab.start("run", "--web", "--port", "0")
        port = await port_of(daemon)
        await until(lambda: not [*new.iterdir()])
        async with httpx2.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{port}/healthz")
        daemon.send_signal(signal.SIGTERM)
        _, err = await daemon.communicate()
    assert (answer.status_code, daemon.returncode) == (200, 0), err.decode()
    assert b"Traceback" not in err, err.decode()
    assert b"level=info event=bounces" in err
    assert [event.kind.value for event in history_of(lab, "ada@example.org")] == ["complaint"]
    _, why, _ = await lab.run("subscribers", "show", "ada@example.org")
    assert "suppressed: since" in why
