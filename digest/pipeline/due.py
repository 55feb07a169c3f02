"""Find the readers whose slot is due and who have not had it yet, a block at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.core.schedule import Schedule, Slot
from digest.core.subscriber import Subscriber
from digest.ports import EditionStore, Libraries, SubscriberStore, Turns

SlotAt = Callable[[Schedule, datetime], Slot | None]
DueBlock = list[tuple[Subscriber, Slot]]
Postponed = Callable[[Subscriber, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReaders:
    """Finds those who are due; memory holds one block of them.

    Attributes:
        subscribers: who they may be; those who want no mail are left out.
        editions: what was made before.
        slot_at: ``schedule.due`` for the daemon, ``schedule.current_slot`` for a command.
        now: the present (UTC).
        newest_serial: an empty slot is tried again only when papers came after it.
        size: the most readers of a block.
        libraries: readers' own bibliographies; whose cannot be read waits until it can be.
        postponed: called with each reader who waits for that, and why.
    """

    subscribers: SubscriberStore
    editions: EditionStore
    slot_at: SlotAt
    now: datetime
    newest_serial: int
    size: int
    libraries: Libraries | None = None
    postponed: Postponed = lambda _reader, _why: None

    def blocks(self, among: Sequence[int] | None = None) -> Iterator[DueBlock]:
        """Yield readers with the slot to compose for them: of all, or among some by their ids."""
        return self._waiting(self._open_slots(), among)

    def in_turn(
        self, turns: Turns, *, patience: timedelta, among: Sequence[int] | None = None
    ) -> Iterator[DueBlock]:
        """Yield due readers in blocks that no other process composes now.

        Args:
            turns: who composes what.
            patience: how long to wait for whoever composes a block; it is left to them after
                no patience at all, and taken all the same when they were too slow.
            among: as for ``blocks``.
        """
        slots = self._open_slots()
        for block in self._waiting(slots, among):
            ids = [reader.id for reader, _ in block]
            with turns.turn(f"compose {ids[0]}", patience=patience) as is_ours:
                if is_ours or patience:
                    yield from self._waiting(slots, ids)

    def _open_slots(self) -> dict[Schedule, Slot]:
        schedules = self.subscribers.schedules(now=self.now)
        asked = {schedule: self.slot_at(schedule, self.now) for schedule in schedules}
        return {schedule: slot for schedule, slot in asked.items() if slot}

    def _waiting(
        self, slots: Mapping[Schedule, Slot], among: Sequence[int] | None
    ) -> Iterator[DueBlock]:
        waiting = self.editions.waiting(
            slots, now=self.now, newest_serial=self.newest_serial, size=self.size, among=among
        )
        for ids in waiting:
            readers = self.subscribers.by_id(ids)
            known = (readers[number] for number in ids if number in readers)
            asked = [(reader, slots.get(reader.schedule)) for reader in known]
            if due := [(of, slot) for of, slot in asked if slot and not self._postpones(of)]:
                yield due

    def _postpones(self, reader: Subscriber) -> bool:
        """Tell whether a mail would be made without the reader's library, which is not at hand."""
        trouble = self.libraries.trouble_of(reader) if self.libraries else ""
        if trouble:
            self.postponed(reader, trouble)
        return bool(trouble)
