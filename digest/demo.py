"""The demonstration: the whole job with nothing configured, over a real SMTP server.

The bundled papers and readers go through harvest, ranking, rendering and sending exactly
as in production; only the server at the other end is our own, inside this process.
"""

import asyncio
import mailbox
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.core.delivery import DeliveryState
from digest.core.edition import Edition
from digest.core.schedule import current_slot
from digest.core.subscriber import Subscriber
from digest.errors import UsageError
from digest.wiring import open_workspace

_MARK = ".digest-demo"
_CONFIG = """\
# Written by `digest demo`; made anew on each run.
subscribers_file = "{sample}/subscribers.toml"

[digest]
name = "Trending papers"
base_url = "https://digest.example.org"  # example links: no pages run here
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


@dataclass(slots=True)
class Inbox:
    """An SMTP server's handler that keeps what it accepts."""

    messages: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Accept one message for its one recipient."""
        self.messages.append((envelope.rcpt_tos[0], envelope.original_content or b""))
        return "250 2.0.0 Ok: kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """What the demonstration did.

    Attributes:
        papers: how many papers were harvested.
        editions: each reader with the edition sent.
        subjects: the subject that arrived, by address.
        sent: how many mails the server accepted.
        sent_again: how many a second run sent.
        out: the folder with everything.
    """

    papers: int
    editions: tuple[tuple[Subscriber, Edition], ...]
    subjects: dict[str, str]
    sent: int
    sent_again: int
    out: Path


def run_demo(out: Path, *, say: Callable[[str], None]) -> DemoResult:
    """Run the whole job twice and keep what arrived in ``out``.

    Args:
        out: folder for configuration, database and mails; emptied first when it is an
            earlier demonstration's.
        say: told what is happening, a line at a time.

    Raises:
        UsageError: ``out`` holds something else.
    """
    _make_room(out)
    inbox = Inbox()
    with _smtp_server(inbox) as port:
        say(f"SMTP server listening on 127.0.0.1:{port}")
        config = out / "config.toml"
        config.write_text(_CONFIG.format(sample=_sample(), port=port), encoding="utf-8")
        with open_workspace(config) as workspace:
            papers = asyncio.run(workspace.harvest()).new
            say(f"{papers} papers harvested from the bundled sample")
            workspace.compose(workspace.due(current_slot))
            report = asyncio.run(workspace.deliver())
            again = workspace.compose(workspace.due(current_slot))
            repeated = asyncio.run(workspace.deliver())
            editions = tuple(
                (reader, edition)
                for reader in workspace.store.subscribers.all()
                for edition in workspace.store.editions.editions_of(reader.id)
            )
    subjects = _keep(inbox, out)
    return DemoResult(
        papers=papers,
        editions=editions,
        subjects=subjects,
        sent=report.states[DeliveryState.SENT],
        sent_again=repeated.states[DeliveryState.SENT] + (again.composed if again else 0),
        out=out,
    )


class _LoopbackController(Controller):
    """A controller that takes any free port and knows which it got."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)  # noqa: S101 - asyncio makes no other
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # aiosmtpd has no types


@contextmanager
def _smtp_server(inbox: Inbox) -> Iterator[int]:
    """Serve SMTP on a free port of the loopback for the time of the block."""
    controller = _LoopbackController(inbox, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _make_room(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        if not (out / _MARK).exists():
            raise UsageError(f"{out}: holds other files; name an empty folder with --out")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).touch()


def _sample() -> Path:
    return Path(str(files("digest.sample")))


def _keep(inbox: Inbox, out: Path) -> dict[str, str]:
    """Write each message as .eml and .html and into a Maildir; return the subjects."""
    folder = out / "mails"
    folder.mkdir()
    maildir = mailbox.Maildir(out / "Maildir", create=True)
    subjects = {}
    for recipient, content in sorted(inbox.messages):
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
        name = recipient.partition("@")[0]
        (folder / f"{name}.eml").write_bytes(content)
        if html := message.get_body(("html",)):
            (folder / f"{name}.html").write_text(html.get_content(), encoding="utf-8")
        maildir.add(content.replace(b"\r\n", b"\n"))
        subjects[recipient] = str(message["Subject"])
    return subjects
