"""Find the readers whose slot is due and who have not had it yet, a block at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from digest.core.schedule import Schedule, Slot
from digest.core.subscriber import Subscriber
from digest.ports import EditionStore, Turns

SlotAt = Callable[[Schedule, datetime], Slot | None]
DueBlock = list[tuple[Subscriber, Slot]]


def find_due(
    blocks: Iterable[Sequence[Subscriber]],
    editions: EditionStore,
    *,
    slot_at: SlotAt,
    now: datetime,
    newest_serial: int,
) -> Iterator[DueBlock]:
    """Yield readers with the slot to compose for them; memory holds one block of them.

    Args:
        blocks: who may be due; those who want no mail are left out.
        editions: what was made before.
        slot_at: ``schedule.due`` for the daemon, ``schedule.current_slot`` for a command.
        now: the present (UTC).
        newest_serial: an empty slot is tried again only when papers came after it.
    """
    slots: dict[Schedule, Slot | None] = {}
    for block in blocks:
        open_slots: DueBlock = []
        for reader in block:
            if reader.schedule not in slots:
                slots[reader.schedule] = slot_at(reader.schedule, now)
            slot = slots[reader.schedule]
            if slot and reader.wants_mail(now):
                open_slots.append((reader, slot))
        if due := not_yet_made(open_slots, editions, newest_serial):
            yield due


def in_turn(
    due: Iterable[DueBlock],
    editions: EditionStore,
    turns: Turns,
    *,
    newest_serial: int,
    patience: timedelta,
) -> Iterator[DueBlock]:
    """Yield due readers in blocks that no other process composes now.

    Args:
        due: as found.
        editions: looked at once more when the turn has come.
        turns: who composes what.
        newest_serial: as ``find_due`` had it.
        patience: how long to wait for whoever composes a block; it is left to them after no
            patience at all, and taken all the same when they were too slow.
    """
    for block in due:
        first, _ = block[0]
        with turns.turn(f"compose {first.id}", patience=patience) as is_ours:
            if (is_ours or patience) and (left := not_yet_made(block, editions, newest_serial)):
                yield left


def not_yet_made(open_slots: DueBlock, editions: EditionStore, newest_serial: int) -> DueBlock:
    """Return those of some readers whose slot has no edition yet."""
    histories = editions.histories([reader.id for reader, _ in open_slots])
    missing: DueBlock = []
    for reader, slot in open_slots:
        history = histories[reader.id]
        seen = history.empty_slots.get(slot.key, -1)
        if slot.key not in history.slots and seen < newest_serial:
            missing.append((reader, slot))
    return missing
