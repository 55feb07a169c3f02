"""The whole job, as in production, on bundled papers and readers.

They go through harvest, ranking, rendering and sending; only the server at the other end is our
own, inside this process.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from digest.core.delivery import DeliveryState
from digest.core.edition import Edition
from digest.core.schedule import current_slot
from digest.core.subscriber import Subscriber
from digest.demo.inbox import Folder, Inbox, smtp_server
from digest.demo.room import make_room
from digest.whole_file import write_whole
from digest.wiring import Workspace, open_workspace
from digest.wiring.event_loop import run_quickly

EXAMPLE = "https://digest.example.org"
_LINK = re.compile(r"https?://\S+/(?:confirm|preferences)/\S+")
_CONFIG = """\
# Written by `digest demo`; made anew on each run.
subscribers_file = "{sample}/subscribers.toml"

[digest]
name = "Trending papers"
base_url = "{base_url}"  # where `digest demo --serve` has the pages; else an example
max_age = "36500d"          # the bundled papers are classics: take them all for news

[smtp]
host = "127.0.0.1"
port = {port}
security = "none"           # loopback only
sender = "Trending papers <digest@example.org>"

[[sources]]
type = "file"
name = "sample"
path = "{sample}/papers.jsonl"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What the demonstration did.

    Attributes:
        papers: how many papers were harvested.
        editions: each reader with the edition sent.
        subjects: the subject that arrived, by address.
        sent: how many mails the server accepted.
        sent_again: how many a second run sent.
        out: the folder with everything.
        workspace: what the pages can be served from.
    """

    papers: int
    editions: tuple[tuple[Subscriber, Edition], ...]
    subjects: dict[str, str]
    sent: int
    sent_again: int
    out: Path
    workspace: Workspace


@contextmanager
def demonstration(
    out: Path,
    *,
    say: Callable[[str], None],
    base_url: str = EXAMPLE,
    now: datetime | None = None,
) -> Iterator[Demonstration]:
    """Run the whole job twice, keep what arrived in ``out``, and go on taking mails.

    Args:
        out: folder for configuration, database and mails; emptied first when it is an
            earlier demonstration's.
        say: told what is happening, a line at a time.
        base_url: where the links of the mails lead.
        now: the time to act at, or None for the real one.

    Raises:
        UsageError: ``out`` holds anything else.
    """
    make_room(out)
    arrived: list[tuple[str, bytes]] = []
    inbox = Inbox(lambda recipient, content: arrived.append((recipient, content)))
    with smtp_server(inbox) as port:
        say(f"SMTP server listening on 127.0.0.1:{port}")
        config = out / "config.toml"
        text = _CONFIG.format(sample=_sample(), port=port, base_url=base_url)
        write_whole(config, [text.encode()])
        with open_workspace(config, now=now) as workspace:
            papers = asyncio.run(workspace.harvest()).new
            say(f"{papers} papers harvested from the bundled sample")
            sent, _ = _send(workspace)
            sent_again, composed_again = _send(workspace)
            folder = Folder(out)
            kept = {to: folder.keep(to, content) for to, content in sorted(arrived)}
            inbox.arrived = lambda to, content: say(_told(to, folder, content))
            yield Demonstration(
                papers=papers,
                editions=_editions(workspace),
                subjects={to: str(mail["Subject"]) for to, mail in kept.items()},
                sent=sent,
                sent_again=sent_again + composed_again,
                out=out,
                workspace=workspace,
            )


def _send(workspace: Workspace) -> tuple[int, int]:
    """Compose and deliver; return how many mails were sent and how many editions composed."""
    composed = workspace.compose(workspace.due(current_slot))
    report = run_quickly(workspace.deliver())
    return report.states[DeliveryState.SENT], composed.composed if composed else 0


def _editions(workspace: Workspace) -> tuple[tuple[Subscriber, Edition], ...]:
    return tuple(
        (reader, edition)
        for reader in workspace.store.subscribers.all()
        for edition in workspace.store.editions.editions_of(reader.id)
    )


def _told(recipient: str, folder: Folder, content: bytes) -> str:
    """Keep a mail that came later, and say where its link leads."""
    mail = folder.keep(recipient, content)
    body = mail.get_body(("plain",))
    link = _LINK.search(body.get_content()) if body else None
    return f"Mail for {recipient}: {mail['Subject']}" + (f"\n  {link[0]}" if link else "")


def _sample() -> Path:
    return Path(str(files("digest.sample")))
