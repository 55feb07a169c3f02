"""The block: points of some readers for papers, the way the ranking passes them on."""

from dataclasses import dataclass

import numpy as np

from digest.core.rank.matrices import Flags, Floats, Ints


@dataclass(frozen=True, slots=True)
class Block:
    """Points of some readers, as parallel arrays in the order of the readers.

    Attributes:
        readers: the readers' numbers.
        rows: the reader of each entry, counted from the block's first.
        papers: the paper of each entry.
        points: what it earned.
    """

    readers: range
    rows: Ints
    papers: Ints
    points: Floats

    @property
    def starts(self) -> Ints:
        """Where each reader's entries begin, then where all end."""
        return np.searchsorted(self.rows, np.arange(len(self.readers) + 1))

    def where(self, chosen: Flags | Ints) -> "Block":
        """Return the chosen entries."""
        return Block(self.readers, self.rows[chosen], self.papers[chosen], self.points[chosen])
