"""The sheet: points of some readers for every paper, as the board hands them out."""

from dataclasses import dataclass, replace

import numpy as np

from digest.core.rank.block import Block
from digest.core.rank.matrices import Flags, Floats, entries_of
from digest.core.rank.product import Earned


@dataclass(frozen=True, slots=True)
class Sheet:
    """Points of some readers, as a table.

    A third of its places may be taken: a table is then filled, compared and counted several
    times as quickly as entries with their rows and columns are.

    Attributes:
        readers: the readers' numbers.
        points: readers x papers; zero where nothing matches, less where something pushes down.
        followed: readers x papers: whether a followed author wrote the paper.
        earned: what single wishes brought, of the parts that go by the same wishes.
    """

    readers: range
    points: Floats
    followed: Flags
    earned: tuple[Earned, ...] = ()

    def only(self, kept: Flags) -> "Sheet":
        """Return the sheet with no points in other places than these."""
        return replace(self, points=np.where(kept, self.points, np.float32(0)))

    def entries(self, chosen: Flags) -> Block:
        """Return what stands in the chosen places."""
        found = entries_of(self.points, chosen)
        return Block(self.readers, found.rows, found.columns, found.values)

    def is_followed(self, block: Block) -> Flags:
        """Tell of which entries a followed author wrote the paper."""
        return self.followed[block.rows, block.papers]
