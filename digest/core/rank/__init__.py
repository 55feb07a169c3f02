"""Ranking: papers and profiles in, matches with reasons out.

    pool = Pool(papers)
    for ranking in rank(pool, profiles):
        print(ranking.profile_id, [match.paper.title for match in ranking.matches])

What belongs to the papers alone is worked out once, in the pool; what distinct wishes have
to do with papers, once a call; some hundred readers at a time are then a table of points, from
which few entries are taken and sorted.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from digest.core.paper import Paper, PaperId
from digest.core.rank.bars import Bars, Candidates
from digest.core.rank.board import Board
from digest.core.rank.explanation import Explanation
from digest.core.rank.keyword_doctor import Remark, examine
from digest.core.rank.matrices import Flags, Floats, Ints, row_counts
from digest.core.rank.meanings import Meanings, said_by, text_of
from digest.core.rank.outsiders import outsiders
from digest.core.rank.pool import Pool
from digest.core.rank.results import LeftOut, Profile, Ranking
from digest.core.rank.scale import of_each, points_for, score_of
from digest.core.rank.selection import Picks, best_first, first
from digest.core.rank.sheet import Sheet
from digest.core.rank.signals import is_loved
from digest.core.rank.spread import spread
from digest.core.rank.subjects import unheard_of
from digest.core.rank.trending import trending

__all__ = [
    "Candidates",
    "LeftOut",
    "Meanings",
    "Pool",
    "Profile",
    "Ranking",
    "Remark",
    "allowed",
    "examine",
    "explain",
    "is_loved",
    "rank",
    "said_by",
    "score_all",
    "text_of",
    "trending",
    "unheard_of",
]

_NONE: Mapping[PaperId, Paper] = MappingProxyType({})
_TAIL = 0.5  # of its points, to a paper that has too little of a term


def rank(
    pool: Pool,
    profiles: Sequence[Profile],
    *,
    liked: Mapping[PaperId, Paper] = _NONE,
    candidates: Candidates | None = None,
    meanings: Meanings | None = None,
    loved: Sequence[int] = (),
) -> list[Ranking]:
    """Choose the best papers for every reader.

    Args:
        pool: the papers.
        profiles: the readers.
        liked: texts of liked, saved and disliked papers that are not in the pool.
        candidates: per reader, a mask or the numbers of the papers of the pool that come
            into question, or None where all do.
        meanings: vectors of what readers say and like; they count when the pool has those
            of its papers.
        loved: numbers of the papers that many like, most of all first; the first one that has
            nothing to do with a reader's interests is the outsider.

    Returns:
        One ranking for each profile, in their order.
    """
    board = Board(pool, profiles, liked=liked, meanings=meanings)
    bars = Bars(pool, profiles, candidates)
    limits = np.maximum(np.array([profile.limit for profile in profiles], np.int64), 0)
    least = of_each(points_for, (profile.least_score for profile in profiles))
    rankings: list[Ranking] = []
    favourites = np.array(loved, np.int64)
    for sheet in board.sheets():
        free = bars.free(sheet)
        readers = slice(sheet.readers.start, sheet.readers.stop)
        picks = spread(_enough(free, least[readers]), limits[readers], pool.twins)
        extra = outsiders(sheet, bars, profiles[readers], favourites)
        told = Picks(board, picks, extra, limits[readers])
        matched = row_counts(free.points > 0)
        rankings += _rankings(told, profiles[readers], matched)
    return rankings


def allowed(
    pool: Pool, profiles: Sequence[Profile], *, candidates: Candidates | None = None
) -> list[Flags]:
    """Return, for each profile, which papers nothing keeps from the reader.

    Args:
        pool: the papers.
        profiles: the readers.
        candidates: as for ``rank``.
    """
    return [*Bars(pool, profiles, candidates).allowed(range(len(profiles)))]


def explain(
    pool: Pool,
    profile: Profile,
    *,
    liked: Mapping[PaperId, Paper] = _NONE,
    candidates: Candidates | None = None,
    meanings: Meanings | None = None,
) -> Ranking:
    """Rank for one reader without limit, and tell what else matched and why it is left out.

    Args:
        pool: the papers.
        profile: the reader.
        liked: texts of liked, saved and disliked papers that are not in the pool.
        candidates: as for ``rank``, with one entry.
        meanings: as for ``rank``.
    """
    board = Board(pool, [profile], liked=liked, meanings=meanings)
    return Explanation(pool, profile, board, Bars(pool, [profile], candidates)).ranking()


def score_all(
    pool: Pool,
    profiles: Sequence[Profile],
    *,
    liked: Mapping[PaperId, Paper] = _NONE,
    meanings: Meanings | None = None,
    top: int,
) -> Iterator[tuple[str, PaperId, float]]:
    """Yield profile id, paper id and score, best first, down to the faintest resemblance.

    Limits, least scores, spread and works told twice do not count here; exclusions do.
    """
    board = Board(pool, profiles, liked=liked, meanings=meanings, tail=_TAIL)
    bars = Bars(pool, profiles, None)
    for sheet in board.sheets():
        free = bars.free(sheet)
        best = first(best_first(free.entries(free.points > 0)), _same(top, sheet))
        for row, paper, points in zip(best.rows, best.papers, best.points, strict=True):
            profile = profiles[sheet.readers.start + int(row)]
            yield profile.id, pool.papers[paper].id, score_of(float(points))


def _enough(sheet: Sheet, least: Floats) -> Sheet:
    """Strike out what earned too little; papers of followed authors stay whatever they earned."""
    if not least.any():
        return sheet
    return sheet.only((sheet.points >= least[:, None]) | sheet.followed)


def _rankings(told: Picks, profiles: Sequence[Profile], matched: Ints) -> Iterator[Ranking]:
    for row, (profile, count) in enumerate(zip(profiles, matched.tolist(), strict=True)):
        yield Ranking(profile_id=profile.id, matched=count, tell=told.matches, row=row)


def _same(top: int, sheet: Sheet) -> Ints:
    return np.full(len(sheet.readers), max(top, 0), np.int64)
