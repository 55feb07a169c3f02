"""A store with one sent mail, and reports about it: what tests of bounces begin with."""

from pathlib import Path

from digest.core.return_path import ReturnPath
from digest.core.tokens import KeyRing, Purpose, sign
from digest.pipeline.bounces import BounceDesk
from tests.builders import NOW, a_delivery, a_harvest, a_paper, a_subscriber, an_edition

FOLDER = Path(__file__).parent / "data" / "bounces"
ADA = "ada@example.com"
MESSAGE_ID = "<2026-11-23.0123456789abcdef01234567@example.org>"
KEYS = KeyRing((b"k" * 32,))
RETURN_PATH = ReturnPath(
    address="bounces@example.org", separator="+", domain="example.org", keys=KEYS
)


def report(name, *changes):
    """Return a sample report, with parts of it replaced."""
    content = (FOLDER / f"{name}.eml").read_bytes()
    for old, new in changes:
        assert old.encode() in content
        content = content.replace(old.encode(), new.encode())
    return content


def anonymous(name, *, to="bounces@example.org"):
    """Return a report that no longer names the mail it is about."""
    return report(name, (MESSAGE_ID, "<gone@example.com>"), ("bounces@example.org", to))


def unsubscribe_token(reader, keys=KEYS):
    return sign(Purpose.UNSUBSCRIBE, reader.id, keys=keys, now=NOW)


def a_mail_sent(store, *, address=ADA, message_id=MESSAGE_ID):
    """Store a reader with one delivery, and return the reader."""
    reader = store.subscribers.add(a_subscriber(address), now=NOW)
    store.papers.record_harvest("a", a_harvest(a_paper()), now=NOW, not_before=None)
    delivery = a_delivery(reader, message_id=message_id)
    store.editions.add_editions([(an_edition(reader, a_paper()), delivery)])
    return reader


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


def a_desk(store, clock, *, return_path=RETURN_PATH):
    return BounceDesk(store=store.bounces, keys=KEYS, return_path=return_path, clock=clock)
