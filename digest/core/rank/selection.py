"""Selection: the best papers of every reader of a block, by one sort of packed keys.

A key holds, from its highest bit down, the reader (12 bits), the points as a 32-bit float
turned round (positive floats sort like their bits, IEEE 754) and the paper (20 bits). So
one plain sort puts readers in order, the best papers first, ties in the order of the pool.
"""

from collections.abc import Mapping

import numpy as np

from digest.core.edition import Match
from digest.core.rank.block import Block
from digest.core.rank.board import Board
from digest.core.rank.matrices import Ints
from digest.core.rank.outsiders import with_outsider

_READER_SHIFT = np.uint64(52)
_POINTS_SHIFT = np.uint64(20)
_PAPER_BITS = np.uint64((1 << 20) - 1)
_POINTS_BITS = np.uint32(0xFFFFFFFF)


def best_first(block: Block) -> Block:
    """Return the entries, all of them above zero, in order."""
    turned = np.ascontiguousarray(block.points).view(np.uint32) ^ _POINTS_BITS
    keys = block.rows.astype(np.uint64) << _READER_SHIFT
    keys |= turned.astype(np.uint64) << _POINTS_SHIFT
    keys |= block.papers.astype(np.uint64)
    keys.sort()
    points = ((keys >> _POINTS_SHIFT).astype(np.uint32) ^ _POINTS_BITS).view(np.float32)
    rows, papers = keys >> _READER_SHIFT, keys & _PAPER_BITS
    return Block(block.readers, rows.astype(np.int64), papers.astype(np.int64), points)


def first(block: Block, limits: Ints) -> Block:
    """Return each reader's first entries of an ordered block."""
    return block.where(places(block) < limits[block.rows])


def places(block: Block) -> Ints:
    """Return how many entries of the same reader come before each entry of an ordered block."""
    return np.arange(len(block.rows)) - _starts(block)[block.rows]


def folded(block: Block, twins: Ints) -> Block:
    """Return an ordered block in which each reader has but the best paper of each work."""
    works = block.rows * len(twins) + twins[block.papers]
    _, first_of_work = np.unique(works, return_index=True)
    return block.where(np.sort(first_of_work))


class Picks:
    """What was chosen for the readers of a block, to be told one by one.

    Args:
        board: knows the papers and the reasons.
        ordered: what was chosen, best first.
        extra: by row, the paper that comes last though it does not match.
    """

    def __init__(self, board: Board, ordered: Block, extra: Mapping[int, int]) -> None:
        self._board = board
        self._block = ordered
        self._starts = _starts(ordered).tolist()
        self._extra = extra

    def matches(self, row: int, limit: int) -> tuple[Match, ...]:
        """Return the matches of the reader in a row of the block, with their reasons."""
        own = slice(self._starts[row], self._starts[row + 1])
        reader = self._block.readers[row]
        matches = self._board.matches(reader, self._block.papers[own], self._block.points[own])
        if row not in self._extra:
            return matches
        return with_outsider(matches, self._board.papers[self._extra[row]], limit)


def _starts(block: Block) -> Ints:
    """Return where each reader's entries begin in an ordered block, then where all end."""
    return np.searchsorted(block.rows, np.arange(len(block.readers) + 1))
