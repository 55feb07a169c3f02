"""Join what a harvest tells with what is known: one work, however many records tell of it.

When a record shows that two known papers are the same work, the older one goes on and the
younger one becomes its alias. Every key of the younger leads to the older from then on, so
that it is never a candidate again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from digest.core.paper import Paper, merge, work_keys


@dataclass(slots=True, eq=False)
class Work:
    """A work while a harvest is being read.

    Attributes:
        paper: the record as it stands now.
        keys: what it is known under.
        age: its place in the order of coming, the oldest first.
        serial: its row; None while it is new.
        stored: the record in that row, None while it is new.
        younger: rows that turned out to be the same work.
    """

    paper: Paper
    keys: set[str]
    age: int
    serial: int | None = None
    stored: Paper | None = None
    younger: list[int] = field(default_factory=list)

    def absorb(self, other: "Work") -> None:
        """Take in another record of the same work."""
        self.paper = merge(self.paper, other.paper)
        self.keys |= other.keys
        self.younger += other.younger
        if other.serial is not None:
            self.younger.append(other.serial)


def join(told: Iterable[Paper], known: Iterable[Work]) -> list[Work]:
    """Return all works after a harvest: the known ones, then the new ones as they came.

    Args:
        told: the harvest's records.
        known: the stored works that any of their keys leads to.
    """
    holder = {key: work for work in known for key in work.keys}
    newest = max((work.age for work in holder.values()), default=0)
    for age, paper in enumerate(told, start=newest + 1):
        new = Work(paper=paper, keys=set(work_keys(paper)), age=age)
        same = {work.age: work for work in map(holder.get, new.keys) if work}
        oldest, *others = (*(same[age] for age in sorted(same)), new)
        for other in others:
            oldest.absorb(other)
        holder.update(dict.fromkeys(oldest.keys, oldest))
    return sorted(set(holder.values()), key=lambda work: work.age)
