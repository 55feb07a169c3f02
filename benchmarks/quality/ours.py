"""The one place where relevance touches the product's insides."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from digest.core.paper import Paper, PaperId
from digest.core.rank import Meanings, Pool, Profile, cover, lexical, neighbours, score_all
from digest.core.rank.words import STOP_WORDS

from .measures import Ints

__all__ = ["ABLATIONS", "STOP_WORDS", "Ours", "ablated"]

Vectors = NDArray[np.float32]

ABLATIONS = {
    "no neighbours": partial(patch.multiple, neighbours, SAY=0.0),
    "no pairs": partial(patch.multiple, lexical, PAIR_WEIGHT=0.0),
    "no cover rule": partial(
        patch.multiple, cover, KEYWORD_COVER=0.0, SENTENCE_COVER=0.0, COVER_POWER=0
    ),
}


class Ours:
    """Our ranking of some papers.

    Args:
        papers: the papers.
        liked: texts of the papers that readers like; background, too.
        vectors: the papers' meaning, or None to go by words alone.
    """

    def __init__(
        self,
        papers: Sequence[Paper],
        liked: Mapping[PaperId, Paper],
        vectors: Vectors | None = None,
    ) -> None:
        self._liked = liked
        self._pool = Pool(papers, background=[*liked.values()], vectors=vectors)

    def rankings(self, profiles: Sequence[Profile], meanings: Meanings | None = None) -> list[Ints]:
        """Return per reader the numbers of the papers, best first, to the faintest one."""
        rankings: dict[str, list[int]] = {profile.id: [] for profile in profiles}
        everything = len(self._pool.papers)
        for profile, paper, _ in score_all(
            self._pool, profiles, liked=self._liked, meanings=meanings, top=everything
        ):
            rankings[profile].append(self._pool.number_of[paper])
        return [np.array(each, np.int64) for each in rankings.values()]


@contextmanager
def ablated(name: str) -> Iterator[None]:
    """Rank without one of ``ABLATIONS`` over a block; pools must be made in it."""
    with ABLATIONS[name]():
        yield
