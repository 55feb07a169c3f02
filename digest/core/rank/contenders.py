"""Contenders: the few entries of a block that can be among the best, so that few are sorted."""

import numpy as np

from digest.core.rank.block import Block
from digest.core.rank.matrices import Flags, Floats, Ints

_GROUPS = 4  # for each paper wanted: more find a higher floor, and cost more to compare
_FEW = 3  # times as many as are wanted, which is cheaper to sort than a higher floor to find


def contenders(block: Block, wanted: Ints, *, floor: float, always: Flags) -> Block:
    """Return the entries that can be among the best of their reader, and few others.

    Args:
        block: entries in the order of the readers, all above zero.
        wanted: how many are wanted of each reader, at most.
        floor: points that so many entries may have as are wanted; where they do, it is enough
            to look at these.
        always: which entries stay whatever they earned.
    """
    readers, starts = len(block.readers), block.starts
    counts = np.diff(starts)
    above = np.bincount(block.rows[block.points >= floor], minlength=readers)
    is_enough = (above >= wanted) & (above <= _FEW * wanted)
    floors = np.where(is_enough, np.float32(floor), np.float32(0))
    for most in np.unique(wanted[~is_enough]).tolist():
        many = np.flatnonzero(~is_enough & (wanted == most) & (counts > _GROUPS * most))
        if most and len(many):
            floors[many] = _floors(block.points, starts[many], counts[many], most)
    return block.where(np.flatnonzero(always | (block.points >= np.repeat(floors, counts))))


def _floors(points: Floats, starts: Ints, counts: Ints, most: int) -> Floats:
    """Return, for some readers, points that the best ``most`` entries have at the least.

    A reader's entries are split into groups. The best of each group are so many entries that
    the last place wanted among them is a floor: nothing below it can come in among all.
    """
    groups = _GROUPS * most
    edges = starts[:, None] + counts[:, None] * np.arange(groups + 1) // groups
    edges = np.minimum(edges, len(points) - 1)  # the last one only ends the last group
    best = np.maximum.reduceat(points, edges.ravel()).reshape(-1, groups + 1)[:, :-1]
    floors: Floats = np.partition(best, groups - most, axis=1)[:, groups - most]
    return floors
