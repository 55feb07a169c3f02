"""The one place where the benchmarks touch the product's insides.

When an interface of the product changes, only this file has to follow.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from digest.core.delivery import Accepted, Delivery, OnDoubt, RetryPolicy, next_state
from digest.core.edition import Edition
from digest.core.message import Headers, build_message
from digest.core.render import Rendered
from digest.core.schedule import current_slot
from digest.core.subscriber import Subscriber
from digest.ports import Envelope, Transport
from digest.transports.relay import Relay, Security
from digest.transports.smtp import SmtpTransport
from digest.wiring import Workspace, open_workspace
from digest.wiring.letters import letter_room
from digest.wiring.way_out import open_transport
from measure import spent

Mail = tuple[bytes, Envelope]


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
    ready = [(message, Envelope(sender, recipient)) for sender, recipient, message in mails]
    transport = SmtpTransport(relay)
    return lambda: asyncio.run(_hand_over(transport, connections, ready))


async def _hand_over(transport: Transport, at_once: int, mails: Sequence[Mail]) -> None:
    waiting = iter(mails)

    async def work() -> None:
        for message, envelope in waiting:
            outcome = await transport.send(message, envelope)
            if not isinstance(outcome, Accepted):
                raise SystemExit(f"not accepted: {outcome}")

    await asyncio.gather(*(work() for _ in range(at_once)))
    await transport.close()


def compose(config: Path) -> None:
    """Choose every reader's papers, and queue the mails."""
    with open_workspace(config) as workspace:
        workspace.compose(workspace.due(current_slot), lambda _readers: None)


def steps(config: Path, mails: int) -> Iterator[tuple[str, float | None]]:
    """Send composed mails, all of them through one step, then all through the next.

    Yields:
        each step with its processor seconds a mail; None for a step that there is not.
    """
    with open_workspace(config) as workspace:
        walk = _Walk(workspace, mails)
        for name, step in walk.steps().items():
            if step is None:
                yield name, None
                continue
            with spent() as cost:
                step()
            yield name, cost.cpu / max(len(walk.deliveries), 1)


@dataclass(slots=True)
class _Walk:
    """Mails on their way through the steps, each of which finds what the one before left."""

    workspace: Workspace
    wanted: int
    deliveries: list[Delivery] = field(default_factory=list)
    loaded: list[tuple[Edition, Subscriber]] = field(default_factory=list)
    rendered: list[Rendered] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)

    def steps(self) -> dict[str, Callable[[], None] | None]:
        """Return the steps in their order."""
        return {
            "claim": self.claim,
            "load": self.load,
            "render": self.render,
            "MIME": self.build,
            "sign": None,
            "SMTP": self.send,
            "record": self.record,
        }

    def claim(self) -> None:
        now = self.workspace.clock()
        for _ in range(self.wanted):
            self.deliveries += self.workspace.store.ledger.claim(
                owner="bench",
                limit=1,
                now=now,
                lease_until=now + self.workspace.config.delivery.lease,
            )

    def load(self) -> None:
        store = self.workspace.store
        for delivery in self.deliveries:
            edition = store.editions.edition(delivery.edition_id)
            if edition is not None:
                readers = store.subscribers.by_id([edition.subscriber_id])
                self.loaded.append((edition, readers[edition.subscriber_id]))

    def render(self) -> None:
        room = letter_room(self.workspace.config, self.workspace.clock)
        now = self.workspace.clock()
        for edition, reader in self.loaded:
            links = room.links.links(reader, edition, now)
            self.rendered.append(room.renderer(reader.theme).render(edition, reader, links))

    def build(self) -> None:
        now = self.workspace.clock()
        mails = zip(self.deliveries, self.loaded, self.rendered, strict=True)
        for delivery, (_, reader), body in mails:
            headers = Headers(
                sender_name="Bench",
                sender_address="digest@example.org",
                recipient_name=reader.name,
                recipient_address=reader.email,
                subject=body.subject,
                date=now,
                message_id=delivery.message_id,
                list_id_name="Bench",
                list_id_domain="digest.example.org",
                unsubscribe_mailto="mailto:digest@example.org",
            )
            self.messages.append(build_message(headers, text=body.text, html=body.html))

    def send(self) -> None:
        mails = [
            (message, Envelope("digest@example.org", delivery.recipient))
            for message, delivery in zip(self.messages, self.deliveries, strict=True)
        ]
        smtp = self.workspace.config.smtp
        connections = smtp.connections if smtp else 1
        asyncio.run(self._hand_over(connections, mails))

    async def _hand_over(self, connections: int, mails: Sequence[Mail]) -> None:
        await _hand_over(open_transport(self.workspace.config), connections, mails)

    def record(self) -> None:
        delivery_settings = self.workspace.config.delivery
        policy = RetryPolicy(
            first=delivery_settings.retry_first,
            cap=delivery_settings.retry_cap,
            on_doubt=OnDoubt.RESEND,
        )
        for delivery in self.deliveries:
            now = self.workspace.clock()
            settled = next_state(delivery, Accepted("250 Ok"), policy=policy, now=now, jitter=0.0)
            self.workspace.store.ledger.record(settled, now=now)
