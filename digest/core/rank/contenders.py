"""Contenders: the few entries of a block that can be among the best, so that few are sorted."""

import numpy as np

from digest.core.rank.block import Block

_GROUPS = 4  # for each paper wanted: more find a higher floor, and cost more to compare


def contenders(block: Block, most: int) -> Block:
    """Return the entries that can be among the best of their reader, and few others.

    A reader's entries are split into groups. The best of each group are so many entries that
    the last place wanted among them is a floor: nothing below it can come in among all.

    Args:
        block: entries in the order of the readers.
        most: how many are wanted of a reader, at most.
    """
    groups, counts = _GROUPS * most, np.diff(block.starts)
    if not most or not np.any(counts > groups):
        return block
    offsets = block.starts[:-1, None] + counts[:, None] * np.arange(groups) // groups
    offsets = np.minimum(offsets, len(block.points) - 1)  # of readers without entries at the end
    best = np.maximum.reduceat(block.points, offsets.ravel()).reshape(-1, groups)
    floors = np.partition(best, groups - most, axis=1)[:, groups - most]
    floors[counts < groups] = 0  # their groups are not all of entries of their own
    return block.where(np.flatnonzero(block.points >= np.repeat(floors, counts)))
