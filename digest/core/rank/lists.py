"""Lists: many short lists of numbers, kept end to end in one array."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from digest.core.rank.matrices import Ints


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
        counts = np.fromiter(map(len, lists), np.int64, len(lists))
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
