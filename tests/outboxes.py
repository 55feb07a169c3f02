"""An outbox in memory for tests of transports: gives out mails, remembers what it was told."""

from collections import deque
from dataclasses import dataclass

from digest.core.message import Message
from digest.core.outcome import Outcome
from digest.pipeline.pace import FreePace
from digest.ports import Envelope, Halt, Mail
from digest.transports.relay import Relay, Security
from digest.transports.smtp import SmtpTransport
from tests.builders import a_delivery, a_subscriber

MESSAGE = b"Subject: hello\r\n\r\nA line.\r\n.a dot\r\n"


def message_of(raw):
    """Return bytes as a message, whatever they hold; the empty line is where one can be."""
    head, empty, body = raw.partition(b"\r\n\r\n")
    return Message(head + b"\r\n", body) if empty else Bare(raw)


class Bare(Message):
    """A message that is nothing but bytes."""

    def __init__(self, raw):
        super().__init__(b"", raw)

    size = property(lambda self: len(self.body))

    def __bytes__(self):
        return self.body


def a_relay(port, **fields):
    return Relay(
        **{"host": "localhost", "port": port, "security": Security.NONE, "timeout": 5} | fields
    )


def readers(number):
    return [f"r{n}@example.org" for n in range(number)]


class ListOutbox:
    """Gives out one mail for each recipient, in order.

    ``unwanted`` names recipients whose mail may not begin.
    """

    def __init__(self, *recipients, message=MESSAGE, sender="digest@example.org", unwanted=()):
        self.waiting = deque(
            Mail(
                a_delivery(a_subscriber(name), recipient=name),
                Envelope(sender, name),
                message_of(message),
            )
            for name in recipients
        )
        self.unwanted = unwanted
        self.begun = []
        self.told = []

    async def next(self):
        return self.at_hand()

    def at_hand(self):
        return self.waiting.popleft() if self.waiting else None

    async def begin(self, mail):
        if mail.envelope.recipient in self.unwanted:
            return False
        self.begun.append(mail.envelope.recipient)
        return True

    def tell(self, mail, outcome):
        self.told.append((mail.envelope.recipient, outcome))

    def give_back(self, mail):
        self.waiting.appendleft(mail)


@dataclass
class Sent:
    """What came of a run: outcomes by recipient, what stopped it, who was left over."""

    outcomes: dict[str, Outcome]
    halt: Halt | None
    left: list[str]
    outbox: ListOutbox

    def __getitem__(self, recipient):
        return self.outcomes[recipient]

    @property
    def only(self):
        (outcome,) = self.outcomes.values()
        return outcome


async def carry(transport, *recipients, **options):
    """Have a transport carry one mail for each recipient."""
    outbox = ListOutbox(*recipients, **options)
    halt = await transport.carry(outbox)
    assert len({name for name, _ in outbox.told}) == len(outbox.told)
    left = [mail.envelope.recipient for mail in outbox.waiting]
    return Sent(dict(outbox.told), halt, left, outbox)


async def send(relay, *recipients, pace=None, **options):
    """Send one mail to each recipient over SMTP, without breaks between connections."""
    transport = SmtpTransport(relay, pace or FreePace(), break_seconds=0)
    return await carry(transport, *recipients, **options)
