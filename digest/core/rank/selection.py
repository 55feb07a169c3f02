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
    return np.arange(len(block.rows)) - block.starts[block.rows]


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
        limits: by row, the length of the list.
    """

    def __init__(
        self, board: Board, ordered: Block, extra: Mapping[int, int], limits: Ints
    ) -> None:
        self._board = board
        self._readers = ordered.readers
        self._papers = ordered.papers.astype(np.int32)
        self._points = ordered.points
        self._starts = ordered.starts.tolist()
        self._extra = extra
        self._limits = limits
        self._is_looked_up = False

    def matches(self, row: int) -> tuple[Match, ...]:
        """Return the matches of the reader in a row of the block, with their reasons."""
        if not self._is_looked_up:
            self._look_up()
        own = slice(self._starts[row], self._starts[row + 1])
        matches = self._board.matches(
            self._readers[row], self._papers[own].astype(np.int64), self._points[own]
        )
        if row not in self._extra:
            return matches
        paper = self._board.papers[self._extra[row]]
        return with_outsider(matches, paper, int(self._limits[row]))

    def _look_up(self) -> None:
        """Look up what all readers will be told: whoever asks for one list asks for others."""
        readers = np.repeat(np.array(self._readers), np.diff(self._starts))
        self._board.look_up(readers, self._papers.astype(np.int64))
        self._is_looked_up = True
