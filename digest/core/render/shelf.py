"""Keeps what was made of each paper, so that it is made once for all readers."""

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, TypeVar

from digest.core.paper import Paper

_Made = TypeVar("_Made")


class Shelf(Generic[_Made]):
    """What was made of papers, found by the object where possible, else by the record.

    Two editions may hold one paper as the same object or as equal ones; and a record whose
    numbers have changed is another record. So what counts is equality. But to compare
    abstracts for every reader takes longer than to write the mail: an object that was seen
    before is known by its identity, which is sound because the shelf keeps it alive.

    Args:
        make: makes it of a paper.
        most: how many papers to keep; those not asked for the longest time go first.
    """

    def __init__(self, make: Callable[[Paper], _Made], most: int) -> None:
        self._most = most
        self._of_record = lru_cache(most)(make)
        self._of_object: dict[int, tuple[Paper, _Made]] = {}

    def find(self, paper: Paper) -> _Made:
        """Return what was made of a paper, or make it."""
        kept = self._of_object.get(id(paper))
        if kept is None:
            kept = paper, self._of_record(paper)
            if len(self._of_object) >= self._most:
                self._of_object.clear()
            self._of_object[id(paper)] = kept
        return kept[1]
