"""The scale: what points are worth as a score in [0, 1].

Points are counted so that a clear match of a reader's strongest interest, in title and
abstract, brings one point. That is a score of 0.75, for every reader.
"""

from collections.abc import Callable, Iterable
from math import inf

import numpy as np

from digest.core.rank.matrices import Floats

AUTHOR_POINTS = 1.5  # more than one interest fully met
CATEGORY_POINTS = 0.1
SIGNAL_POINTS = 0.05  # less than what tells two clear matches apart
SENTENCE_WEIGHT = 0.5  # of free words beside keywords

_POWER = 1.5
_THIRD = 1 / 3
_HAIR = 1e-6

WORDS_SAY = 0.55  # of words, where meanings are known as well
NEAR_POINTS = 1.1  # a keyword's, for a cosine of one above the floor
LIKED_NEAR_POINTS = 0.8  # a liked paper's, when it is the only one


def score_of(points: float) -> float:
    """Return the score: 0 at no points, 0.75 at one, rising towards 1."""
    raised: float = max(points, 0.0) ** _POWER
    return raised / (raised + _THIRD)


def points_for(score: float) -> float:
    """Return the points that reach a score, less a hair for rounding."""
    if score >= 1:
        return inf
    wanted = max(score, 0.0)
    points: float = (_THIRD * wanted / (1 - wanted)) ** (1 / _POWER)
    return points * (1 - _HAIR)


def keyword_share(liked: float) -> float:
    """Return the say of the keywords beside so many liked papers.

    Fitted on reading lists of arXiv papers: more than a half with one liked paper, a fifth
    from six on.
    """
    return max(0.2, 1 / (1 + 0.75 * liked))


def of_each(function: Callable[[float], float], values: Iterable[float]) -> Floats:
    """Return a function of each value, worked out once for all that are the same."""
    values = [*values]
    known = {value: function(value) for value in set(values)}
    return np.array([known[value] for value in values], np.float32)


def likeness_ideal(liked: int) -> float:
    """Return the mean cosine that a clearly similar paper shows to so many liked papers."""
    return float(0.15 * liked**-0.3)
