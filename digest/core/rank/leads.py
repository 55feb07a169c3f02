"""Leads: which of a reader's interests earned a paper most of its points."""

import numpy as np
from numpy.typing import NDArray

from digest.core.rank.block import Block
from digest.core.rank.matrices import Entries, Ints, row_numbers
from digest.core.rank.product import Earned
from digest.core.rank.sheet import Sheet

_MOST = 0.5  # of a paper's points


def leads(sheet: Sheet, block: Block) -> Ints:
    """Return, for each entry, the wish that earned most of its points; -1 where none did.

    Args:
        sheet: knows what each wish brought.
        block: some of the sheet's entries, all above zero.
    """
    found = np.full(len(block.rows), -1)
    if not sheet.earned or not len(found):
        return found
    brought = _brought(sheet, block)
    brought = brought.where(brought.values >= _MOST * block.points[brought.rows])
    most = np.zeros(len(found), np.float32)
    np.maximum.at(most, brought.rows, brought.values)
    strongest = brought.where(brought.values == most[brought.rows])
    found[strongest.rows[::-1]] = strongest.columns[::-1]  # of equal ones the first one stays
    return found


def _brought(sheet: Sheet, block: Block) -> Entries:
    """Return what wishes brought as entries x wishes, without most that cannot lead."""
    numbers: NDArray[np.int32] = np.full(sheet.points.shape, -1, np.int32)
    numbers[block.rows, block.papers] = np.arange(len(block.rows))
    if len(sheet.earned) == 1:
        return _known(sheet.earned[0], numbers, _MOST * float(block.points.min()))
    return Entries.joined([_known(each, numbers, 0.0) for each in sheet.earned]).summed()


def _known(earned: Earned, numbers: NDArray[np.int32], least: float) -> Entries:
    """Return what wishes brought at least, at places that have a number."""
    brought = earned.brought
    enough = np.flatnonzero(brought.data >= least)
    askings = row_numbers(brought)[enough]
    places = earned.rows[askings] * numbers.shape[1] + brought.indices[enough]
    entries = numbers.ravel()[places]
    known = np.flatnonzero(entries >= 0)
    return Entries(entries[known], earned.wishes[askings[known]], brought.data[enough[known]])
