"""Explanations: all that matched one reader, and why the rest was left out."""

import numpy as np

from digest.core.rank.bars import Bars
from digest.core.rank.block import Block
from digest.core.rank.board import Board
from digest.core.rank.pool import Pool
from digest.core.rank.results import LeftOut, Profile, Ranking
from digest.core.rank.scale import points_for, score_of
from digest.core.rank.selection import best_first, folded


class Explanation:
    """A ranking of one reader that keeps what other rankings drop.

    Args:
        pool: the papers.
        profile: the reader.
        board: a board with this reader alone.
        bars: the bars of this reader alone.
    """

    def __init__(self, pool: Pool, profile: Profile, board: Board, bars: Bars) -> None:
        self._pool = pool
        self._profile = profile
        self._board = board
        self._bars = bars

    def ranking(self) -> Ranking:
        """Return every match without limit, and what was left out, in the pool's order."""
        sheet = self._board.sheet(range(1))
        has_no_wish = self._profile.interests.is_empty
        touched = self._board.touched(range(1))
        block = sheet.entries(touched | has_no_wish)
        free = self._bars.allowed(range(1))[block.rows, block.papers]
        matching = best_first(block.where(free & (block.points > 0)))
        least = points_for(self._profile.least_score)
        enough = (matching.points >= least) | sheet.is_followed(matching)
        single = folded(matching.where(enough), self._pool.twins)
        pushed_down = self._pushed_down(sheet.entries(touched & (sheet.points <= 0)))
        matched = has_no_wish | (block.points > 0) | np.isin(block.papers, [*pushed_down])
        open_to_reader = set(block.papers[free].tolist())
        left_out = {
            **{paper: why for paper, why in pushed_down.items() if paper in open_to_reader},
            **self._barred(block.where(~free & matched)),
            **self._too_low(matching.where(~enough)),
            **self._twins(matching.where(enough), single),
        }
        return Ranking(
            profile_id=self._profile.id,
            matched=len(matching.papers),
            tell=lambda row: self._board.matches(row, single.papers, single.points),
            left_out=tuple(
                LeftOut(paper=self._pool.papers[paper], why=left_out[paper])
                for paper in sorted(left_out)
            ),
        )

    def _barred(self, block: Block) -> dict[int, str]:
        reasons = {paper: self._bars.why(0, paper) for paper in block.papers.tolist()}
        return {paper: why for paper, why in reasons.items() if why}

    def _pushed_down(self, block: Block) -> dict[int, str]:
        matches = self._board.matches(0, block.papers, block.points)
        return {
            paper: f'pushed down by "{match.reasons[-1].text}"'
            for paper, match in zip(block.papers.tolist(), matches, strict=True)
            if match.reasons and match.reasons[0].points > 0
        }

    def _too_low(self, block: Block) -> dict[int, str]:
        least = f"below min_score {self._profile.min_score:.2f}"
        pairs = zip(block.papers.tolist(), block.points.tolist(), strict=True)
        return {paper: f"{least} ({score_of(points):.2f})" for paper, points in pairs}

    def _twins(self, ordered: Block, single: Block) -> dict[int, str]:
        shown = {int(self._pool.twins[paper]): paper for paper in single.papers.tolist()}
        hidden = np.setdiff1d(ordered.papers, single.papers).tolist()
        return {paper: f"same work as {self._twin(shown, paper)}" for paper in hidden}

    def _twin(self, shown: dict[int, int], paper: int) -> str:
        return str(self._pool.papers[shown[int(self._pool.twins[paper])]].id)
