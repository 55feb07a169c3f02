"""Find the readers whose slot is due and who have not had it yet."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from digest.core.schedule import Schedule, Slot
from digest.core.subscriber import Subscriber
from digest.ports import EditionStore

_BLOCK = 5_000

SlotAt = Callable[[Schedule, datetime], Slot | None]


def find_due(
    subscribers: Iterable[Subscriber],
    editions: EditionStore,
    *,
    slot_at: SlotAt,
    now: datetime,
    newest_serial: int,
) -> list[tuple[Subscriber, Slot]]:
    """Return readers with the slot to compose for them.

    Args:
        subscribers: who may be due; those who want no mail are left out.
        editions: what was made before.
        slot_at: ``schedule.due`` for the daemon, ``schedule.current_slot`` for a command.
        now: the present (UTC).
        newest_serial: an empty slot is tried again only when papers came after it.
    """
    wanting = [reader for reader in subscribers if reader.wants_mail(now)]
    slots: dict[Schedule, Slot | None] = {}
    open_slots: list[tuple[Subscriber, Slot]] = []
    for reader in wanting:
        if reader.schedule not in slots:
            slots[reader.schedule] = slot_at(reader.schedule, now)
        if slot := slots[reader.schedule]:
            open_slots.append((reader, slot))
    return _not_yet_made(open_slots, editions, newest_serial)


def _not_yet_made(
    open_slots: Sequence[tuple[Subscriber, Slot]], editions: EditionStore, newest_serial: int
) -> list[tuple[Subscriber, Slot]]:
    missing: list[tuple[Subscriber, Slot]] = []
    for start in range(0, len(open_slots), _BLOCK):
        block = open_slots[start : start + _BLOCK]
        histories = editions.histories([reader.id for reader, _ in block])
        for reader, slot in block:
            history = histories[reader.id]
            seen = history.empty_slots.get(slot.key, -1)
            if slot.key not in history.slots and seen < newest_serial:
                missing.append((reader, slot))
    return missing
