"""Papers that are stored, and entries for the outbox, as the contracts of editions use them."""

from datetime import timedelta

from tests.builders import NOW, a_delivery, a_paper, an_edition

PAPERS = tuple(a_paper(f"x:{name}") for name in ("one", "two", "three", "four"))
ONE, TWO, THREE, FOUR = PAPERS
MONDAY, TUESDAY = "2026-11-23", "2026-11-24"
LONG_AGO = NOW - timedelta(days=900)


def sent(subscriber, *papers, slot=MONDAY, **fields):
    """Return an entry with a delivery."""
    edition = an_edition(subscriber, *papers, slot=slot, **fields)
    return edition, a_delivery(subscriber, message_id=f"{subscriber.id}.{slot}@example.org")


def unsent(subscriber, slot=MONDAY, **fields):
    """Return an empty entry that nobody is told of."""
    return an_edition(subscriber, slot=slot, **fields), None
