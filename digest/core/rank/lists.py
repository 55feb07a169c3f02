"""Lists: many short lists of numbers, kept end to end in one array."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count
from typing import TypeVar

import numpy as np

from digest.core.rank.matrices import Ints

_Item = TypeVar("_Item", bound=Hashable)


def numbered(items: Iterable[_Item]) -> tuple[tuple[_Item, ...], Ints]:
    """Return the distinct items in the order of their first, and the number of each item."""
    numbers: defaultdict[_Item, int] = defaultdict(count().__next__)
    places = np.fromiter(map(numbers.__getitem__, items), np.int64)
    return tuple(numbers), places


def lengths(items: Sequence[Sized]) -> Ints:
    """Return how long each item is."""
    return np.fromiter(map(len, items), np.int64, len(items))


@dataclass(frozen=True)
class Lists:
    """Lists of numbers.

    Attributes:
        values: the numbers of all lists, one list after another.
        counts: how many numbers each list has.
    """

    values: Ints
    counts: Ints

    @classmethod
    def joined(cls, lists: Sequence[Sequence[int]]) -> "Lists":
        """Return lists put end to end."""
        counts = lengths(lists)
        values = np.fromiter(chain.from_iterable(lists), np.int64, int(counts.sum()))
        return cls(values, counts)

    @cached_property
    def starts(self) -> Ints:
        """Where each list begins."""
        starts: Ints = np.cumsum(self.counts) - self.counts
        return starts

    @cached_property
    def rows(self) -> Ints:
        """The list of each number."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def of(self, rows: Ints) -> "Lists":
        """Return some of the lists, in the order asked for."""
        chosen = Lists(rows, self.counts[rows])
        place = np.arange(int(chosen.counts.sum()))
        place += np.repeat(self.starts[rows] - chosen.starts, chosen.counts)
        return Lists(self.values[place], chosen.counts)

    def least(self, values: Ints) -> Ints:
        """Return the smallest value of each list.

        Args:
            values: in place of the numbers; no list may be empty.
        """
        smallest: Ints = np.minimum.reduceat(values, self.starts)
        return smallest
