"""Spread: the places of a list, shared out among a reader's interests.

The best papers by points alone may all be about the broadest interest. As in calibrated
recommendations (Steck, RecSys 2018) a list keeps to its reader's interests: each one that
has a clear match gets a place, and none takes more than its share while others have clear
matches. Papers of followed authors come before all that. Within the list the best is first.
"""

import numpy as np

from digest.core.rank.block import Block
from digest.core.rank.contenders import contenders
from digest.core.rank.leads import leads
from digest.core.rank.matrices import Flags, Ints, row_counts
from digest.core.rank.scale import points_for
from digest.core.rank.selection import best_first, first, folded, places
from digest.core.rank.sheet import Sheet

_SHARE = 0.6  # of a list, the most for one interest while others have clear matches
_CLEAR = points_for(0.5)
_DEPTH = 6  # times the list's length: how far down clear matches are looked at

_ROW_SHIFT, _LEAD_SHIFT = 51, 20  # of a sorting key: 12 bits, 31 bits, and 20 for the place
_PLACE_BITS = (1 << _LEAD_SHIFT) - 1

_TIERS = 4
_FOLLOWED, _FIRST, _SHARED, _REST = range(_TIERS)


def spread(sheet: Sheet, limits: Ints, twins: Ints) -> Block:
    """Choose the lists of a sheet's readers.

    Args:
        sheet: what comes into question is above zero.
        limits: per reader of the sheet, the length of the list.
        twins: per paper, the first paper that is the same work; a list has but one of them.

    Returns:
        The lists, best first.
    """
    surplus = np.count_nonzero(twins != np.arange(len(twins)))
    clear = row_counts(sheet.points >= _CLEAR)
    crowded = clear > limits
    needed = limits + surplus
    depth = np.where(crowded, np.maximum(needed, np.minimum(clear, _DEPTH * limits)), needed)
    ordered = best_first(contenders(sheet, depth, floor=_CLEAR, above=clear))
    followed = sheet.is_followed(ordered)
    within = places(ordered) < depth[ordered.rows]
    short = ordered.where(within | followed)
    if surplus:
        short = folded(short, twins)
    if not crowded.any() and not followed.any():
        return first(short, limits)
    return _chosen(short, _tiers(sheet, short, limits, crowded), limits)


def _tiers(sheet: Sheet, short: Block, limits: Ints, crowded: Flags) -> Ints:
    """Return which papers are to have a place before which others."""
    tiers = np.full(len(short.rows), _REST)
    open_to = np.flatnonzero(crowded[short.rows] & (short.points >= _CLEAR))
    clear = short.where(open_to)
    leading = leads(sheet, clear)
    before = _before(clear.rows, leading)
    share = np.maximum(np.rint(_SHARE * limits), 1)[clear.rows]
    led = leading >= 0
    tiers[open_to[~led | (before < share)]] = _SHARED
    tiers[open_to[led & (before == 0)]] = _FIRST
    tiers[sheet.is_followed(short)] = _FOLLOWED
    return tiers


def _before(rows: Ints, leading: Ints) -> Ints:
    """Return how many entries of the same reader and interest come before each."""
    place = np.arange(len(rows))
    keys = np.sort((rows << _ROW_SHIFT) | ((leading + 1) << _LEAD_SHIFT) | place)
    starts = np.where(np.diff(keys >> _LEAD_SHIFT, prepend=-1) > 0, place, 0)
    before = np.empty(len(rows), np.int64)
    before[keys & _PLACE_BITS] = place - np.maximum.accumulate(starts)
    return before


def _chosen(short: Block, tiers: Ints, limits: Ints) -> Block:
    keys = (short.rows * _TIERS + tiers).astype(np.uint16)  # which numpy sorts by radix
    order = np.argsort(keys, kind="stable")
    within = places(short) < limits[short.rows]  # rows are in the same places in either order
    return short.where(np.sort(order[within]))
