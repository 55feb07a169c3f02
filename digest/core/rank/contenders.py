"""Contenders: the few entries of a sheet that can be among the best, so that few are sorted."""

import numpy as np

from digest.core.rank.block import Block
from digest.core.rank.matrices import Floats, Ints
from digest.core.rank.sheet import Sheet

_LEFT = 4  # for each paper wanted, at least: more find a higher floor, and cost more to compare
_FEW = 3  # times as many as are wanted, which is cheaper to sort than a higher floor to find
_ABOVE_ZERO = np.nextafter(np.float32(0), np.float32(1))


def contenders(sheet: Sheet, wanted: Ints, *, floor: float, above: Ints) -> Block:
    """Return the entries that can be among the best of their reader, and few others.

    All entries of followed authors' papers that are above zero are among them.

    Args:
        sheet: the points.
        wanted: how many are wanted of each reader, at most.
        floor: points that so many entries may have as are wanted; where they do, it is enough
            to look at these.
        above: how many entries of each reader have them.
    """
    is_enough = (above >= wanted) & (above <= _FEW * wanted)
    floors = np.where(is_enough, np.float32(floor), _ABOVE_ZERO)
    for most in np.unique(wanted[~is_enough & (wanted > 0)]).tolist():
        rows = np.flatnonzero(~is_enough & (wanted == most))
        floors[rows] = np.maximum(_floors(sheet.points[rows], most), _ABOVE_ZERO)
    chosen = sheet.points >= floors[:, None]
    if sheet.followed.any():
        chosen |= sheet.followed & (sheet.points > 0)
    return sheet.entries(chosen)


def _floors(points: Floats, most: int) -> Floats:
    """Return, for some readers, points that the best ``most`` entries have at the least.

    A reader's entries meet in pairs, as in a cup, until few are left. These are so many entries
    that the last place wanted among them is a floor: nothing below it can come in among all.
    One that has nobody to meet is out, which only makes the floor lower.

    Args:
        points: readers x papers.
        most: how many are wanted.
    """
    if points.shape[1] < most:
        return np.zeros(len(points), np.float32)
    while (half := points.shape[1] // 2) >= _LEFT * most:
        points = np.maximum(points[:, :half], points[:, half : 2 * half])
    floors: Floats = np.partition(points, -most, axis=1)[:, -most]
    return floors
