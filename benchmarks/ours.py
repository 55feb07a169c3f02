"""The one place where the benchmarks touch the product's insides.

When an interface of the product changes, only this file has to follow.
"""

import os
import sqlite3
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.core.delivery import Delivery, OnDoubt, RetryPolicy, begun, next_state
from digest.core.message import Message
from digest.core.outcome import Accepted, Outcome
from digest.core.schedule import current_slot
from digest.core.tokens import Purpose, sign
from digest.pipeline.desk import Desk
from digest.pipeline.outbox import MakeMessage
from digest.pipeline.pace import FreePace
from digest.ports import Envelope, Mail, Transport
from digest.transports.relay import Relay, Security
from digest.transports.smtp import SmtpTransport
from digest.wiring import Workspace, open_workspace
from digest.wiring.event_loop import run_quickly
from digest.wiring.letters import letter_room
from digest.wiring.secret_files import key_ring
from digest.wiring.way_out import open_transports
from measure import spent

_BATCH = 50  # claims at once, as ``pipeline.outbox`` takes them
_NOTING = """
CREATE TABLE late_claims (delivery_id INTEGER);
CREATE TRIGGER note_late_claims AFTER UPDATE OF lease_owner ON deliveries
WHEN NEW.lease_owner <> '' AND NEW.token <> OLD.token
AND (SELECT status FROM subscribers WHERE id = NEW.subscriber_id) = 'unsubscribed'
BEGIN INSERT INTO late_claims VALUES (NEW.id); END;
"""
_POLICY = RetryPolicy(first=timedelta(minutes=5), cap=timedelta(hours=1), on_doubt=OnDoubt.RESEND)


def command() -> str:
    """Return the ``digest`` command to measure: ``$DIGEST``, or the one of this Python."""
    return os.environ.get("DIGEST") or str(Path(sys.executable).with_name("digest"))


def sender(
    port: int, connections: int, mails: Sequence[tuple[str, str, bytes]], ca_file: Path | None
) -> Callable[[], None]:
    """Return what hands ready mails (sender, recipient, bytes) to a relay on 127.0.0.1.

    Raises:
        SystemExit: one was not accepted.
    """
    relay = Relay(
        host="127.0.0.1",
        port=port,
        security=Security.STARTTLS if ca_file else Security.NONE,
        ca_file=ca_file,
        connections=connections,
        max_per_connection=sys.maxsize,
    )
    now = datetime.now(UTC)
    no_row = Delivery(
        edition_id=0,
        subscriber_id=0,
        recipient="",
        message_id="",
        next_attempt_at=now,
        expires_at=now,
    )
    ready = [Mail(no_row, Envelope(of, to), _message(raw)) for of, to, raw in mails]
    transport = SmtpTransport(relay, FreePace())
    return lambda: run_quickly(_hand_over(transport, ready))


def _message(raw: bytes) -> Message:
    """Return bytes without a dot at the beginning of a line as the product knows mails."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return Message(head + b"\r\n", body, has_dots=False)


async def _hand_over(transport: Transport, mails: Sequence[Mail]) -> None:
    outbox = _ReadyOutbox(mails)
    halt = await transport.carry(outbox)
    if halt or outbox.accepted != len(mails):
        raise SystemExit(f"{outbox.accepted} of {len(mails)} mails were accepted: {halt}")


class _ReadyOutbox:
    """Mails that are made already; nothing is recorded."""

    def __init__(self, mails: Sequence[Mail]) -> None:
        self._waiting = deque(mails)
        self.accepted = 0

    async def next(self) -> Mail | None:
        return self.at_hand()

    def at_hand(self) -> Mail | None:
        return self._waiting.popleft() if self._waiting else None

    async def begin(self, mail: Mail) -> bool:  # noqa: ARG002 - as the port has it
        return True

    def tell(self, mail: Mail, outcome: Outcome) -> None:  # noqa: ARG002
        self.accepted += isinstance(outcome, Accepted)

    def give_back(self, mail: Mail) -> None:
        self._waiting.appendleft(mail)


def compose(config: Path) -> None:
    """Choose every reader's papers, and queue the mails."""
    with open_workspace(config) as workspace:
        workspace.compose(workspace.due(current_slot))


def steps(config: Path, mails: int) -> Iterator[tuple[str, float]]:
    """Send composed mails, all of them through one step, then all through the next.

    Yields:
        each step with its processor seconds a mail.
    """
    with open_workspace(config) as workspace:
        walk = _Walk(workspace, mails)
        for name, step in walk.steps().items():
            with spent() as cost:
                step()
            yield name, cost.cpu / max(len(walk.deliveries), 1)


@dataclass(slots=True)
class _Walk:
    """Mails on their way through the steps, each of which finds what the one before left."""

    workspace: Workspace
    wanted: int
    deliveries: list[Delivery] = field(default_factory=list)
    makers: list[MakeMessage] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)

    def steps(self) -> dict[str, Callable[[], None]]:
        """Return the steps in their order."""
        return {
            "claim": self.claim,
            "load": self.load,
            "make (render, MIME, sign)": self.make,
            "SMTP": self.send,
            "record (begin, settle)": self.record,
        }

    def claim(self) -> None:
        while len(self.deliveries) < self.wanted:
            now = self.workspace.clock()
            claimed = self.workspace.store.ledger.claim(
                owner="bench", limit=_BATCH, now=now, lease_until=now + timedelta(hours=1)
            )
            if not claimed:
                break
            self.deliveries += claimed

    def load(self) -> None:
        desk = Desk(
            room=letter_room(self.workspace.config, self.workspace.clock),
            editions=self.workspace.store.editions,
            subscribers=self.workspace.store.subscribers,
            feedback=self.workspace.store.feedback,
        )
        for begin in range(0, len(self.deliveries), _BATCH):
            self.makers += desk(self.deliveries[begin : begin + _BATCH])

    def make(self) -> None:
        for delivery, maker in zip(self.deliveries, self.makers, strict=True):
            message, envelope = maker()
            self.mails.append(Mail(delivery, envelope, message))

    def send(self) -> None:
        of = self.workspace
        (transport,) = open_transports(of.config, of.store.relays, of.clock)
        run_quickly(_hand_over(transport, self.mails))

    def record(self) -> None:
        """Commit as many at once as there are connections, as a run does at the least."""
        smtp = self.workspace.config.smtp
        at_once = smtp.connections if smtp else 1
        settled: list[Delivery] = []
        for begin in range(0, len(self.deliveries), at_once):
            now = self.workspace.clock()
            lease = now + timedelta(hours=1)
            group = [
                begun(of, lease_until=lease) for of in self.deliveries[begin : begin + at_once]
            ]
            self.workspace.store.ledger.commit(begun=group, settled=settled, now=now)
            settled = [
                next_state(of, Accepted("250 Ok"), policy=_POLICY, now=now, jitter=0.0)
                for of in group
            ]
        now = self.workspace.clock()
        self.workspace.store.ledger.commit(begun=[], settled=settled, now=now)


def unsubscribe_paths(folder: Path) -> Iterator[str]:
    """Yield the path of one click for each reader of a prepared folder."""
    with open_workspace(folder / "config.toml") as workspace:
        keys = key_ring(workspace.config)
        for reader in workspace.store.subscribers.all():
            token = sign(Purpose.UNSUBSCRIBE, reader.id, keys=keys, now=workspace.clock())
            yield f"/unsubscribe/{token}"


def note_claims(folder: Path) -> None:
    """Have a folder's database note each claim of a mail to whoever was unsubscribed before it.

    Triggers do so, within the transactions themselves, so that no clock has a say.
    """
    with closing(sqlite3.connect(folder / "digest.db")) as connection:
        connection.executescript(_NOTING)


def unsubscribed(folder: Path) -> tuple[int, int]:
    """Return how many readers are unsubscribed, and how many mails were claimed after that."""
    with closing(sqlite3.connect(folder / "digest.db")) as connection:
        query = "SELECT count(*) FROM subscribers WHERE status = 'unsubscribed'"
        gone: int = connection.execute(query).fetchone()[0]
        claimed: int = connection.execute("SELECT count(*) FROM late_claims").fetchone()[0]
    return gone, claimed
