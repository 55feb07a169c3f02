"""Spread: the places of a list, shared out among a reader's interests.

The best papers by points alone may all be about the broadest interest. As in calibrated
recommendations (Steck, RecSys 2018) a list keeps to its reader's interests: each one that
has a clear match gets a place, and none takes more than its share while others have clear
matches. Papers of followed authors come before all that. Within the list the best is first.
"""

import numpy as np

from digest.core.rank.block import Block
from digest.core.rank.board import Board
from digest.core.rank.contenders import contenders
from digest.core.rank.matrices import Flags, Ints
from digest.core.rank.scale import points_for
from digest.core.rank.selection import best_first, first, folded, places

_SHARE = 0.6  # of a list, the most for one interest while others have clear matches
_CLEAR = points_for(0.5)
_DEPTH = 6  # times the list's length: how far down clear matches are looked at

_FOLLOWED, _FIRST, _SHARED, _REST = range(4)


def spread(board: Board, block: Block, limits: Ints, twins: Ints) -> Block:
    """Choose the lists of a block's readers.

    Args:
        board: knows which interest earned what, and who is followed.
        block: what comes into question, all above zero.
        limits: per reader of the block, the length of the list.
        twins: per paper, the first paper that is the same work; a list has but one of them.

    Returns:
        The lists, best first.
    """
    surplus = len(twins) - len(np.unique(twins))
    clear = np.bincount(block.rows[block.points >= _CLEAR], minlength=len(limits))
    crowded = clear > limits
    needed = limits + surplus
    depth = np.where(crowded, np.maximum(needed, np.minimum(clear, _DEPTH * limits)), needed)
    always = board.is_followed(block)
    ordered = best_first(contenders(block, depth, floor=_CLEAR, always=always))
    followed = board.is_followed(ordered)
    within = places(ordered) < depth[ordered.rows]
    short = ordered.where(within | followed)
    if surplus:
        short = folded(short, twins)
    if not crowded.any() and not followed.any():
        return first(short, limits)
    return _chosen(short, _tiers(board, short, limits, crowded), limits)


def _tiers(board: Board, short: Block, limits: Ints, crowded: Flags) -> Ints:
    """Return which papers are to have a place before which others."""
    tiers = np.full(len(short.rows), _REST)
    open_to = np.flatnonzero(crowded[short.rows] & (short.points >= _CLEAR))
    clear = short.where(open_to)
    leads = board.leads(clear)
    before = _before(clear.rows, leads)
    share = np.maximum(np.rint(_SHARE * limits), 1)[clear.rows]
    led = leads >= 0
    tiers[open_to[~led | (before < share)]] = _SHARED
    tiers[open_to[led & (before == 0)]] = _FIRST
    tiers[board.is_followed(short)] = _FOLLOWED
    return tiers


def _before(rows: Ints, leads: Ints) -> Ints:
    """Return how many entries of the same reader and interest come before each."""
    order = np.lexsort((leads, rows))
    rows, leads = rows[order], leads[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (rows[1:] != rows[:-1]) | (leads[1:] != leads[:-1])
    place = np.arange(len(order))
    before = np.empty(len(order), np.int64)
    before[order] = place - np.maximum.accumulate(np.where(new, place, 0))
    return before


def _chosen(short: Block, tiers: Ints, limits: Ints) -> Block:
    order = np.lexsort((tiers, short.rows))
    within = places(short) < limits[short.rows]  # rows are in the same places in either order
    return short.where(np.sort(order[within]))
