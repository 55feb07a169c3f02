"""Papers, readers and a run of composing over a real store."""

from datetime import timedelta
from itertools import count

from digest.core.harvest import Harvest, HarvestState
from digest.core.schedule import current_slot
from digest.pipeline.compose import ComposeSettings, compose
from digest.pipeline.due import DueReaders
from tests.builders import NOW, a_paper, a_subscriber, interests

DAY = timedelta(days=1)
MAX_AGE = timedelta(days=30)
NUMBERS = count()
DENSE = interests("dense retrieval")


def harvest(store, *papers, now=NOW):
    answer = Harvest(state=HarvestState.OK, papers=papers)
    store.papers.record_harvest("test", answer, now=now, not_before=None)


def papers(*numbers, title="Dense retrieval", **fields):
    return [a_paper(f"2406.{number:05}", title=f"{title} {number}", **fields) for number in numbers]


def add(store, email="ada@example.org", wanted=DENSE, **fields):
    return store.subscribers.add(a_subscriber(email, interests=wanted, **fields), now=NOW)


def due_readers(store, now=NOW):
    return DueReaders(
        subscribers=store.subscribers,
        editions=store.editions,
        slot_at=current_slot,
        now=now,
        newest_serial=store.papers.newest_serial(),
        size=2,
    )


def run(store, now=NOW, *, send_empty=False, due=None):
    settings = ComposeSettings(
        max_age=MAX_AGE,
        send_empty=send_empty,
        give_up_after=DAY,
        new_message_id=lambda slot: f"<{slot.key}.{next(NUMBERS)}@example.org>",
    )
    return compose(
        due_readers(store, now).blocks() if due is None else due,
        papers=store.papers,
        editions=store.editions,
        feedback=store.feedback,
        settings=settings,
        now=now,
    )


def shown(store, reader):
    return {
        edition.slot.key: [str(match.paper.id) for match in edition.picks]
        for edition in store.editions.editions_of(reader.id)
    }
