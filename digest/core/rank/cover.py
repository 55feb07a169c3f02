"""Cover: how much of a term's meaning a paper has, and what that leaves of its score.

Half a keyword is worth far less than half: "dense fog" is not about dense retrieval. Free words
are not weakened so, for no paper has them all.
"""

from typing import Any

import numpy as np
from scipy import sparse

from digest.core.rank.matrices import Entries, Flags, Floats, entries_of, product_table

KEYWORD_COVER = 0.5  # the share of a keyword's meaning that makes a paper a match
COVER_POWER = 1.5
SENTENCE_COVER = 0.15  # free words ask for more than any one paper has

_MOST_CELLS = 1 << 19  # of a table of terms and papers


def covered(
    weights: Any, meanings: Any, worth: Any, *, is_sentence: Flags, tail: float = 0.0
) -> Any:
    """Return terms x papers, sparse: scores, weakened where a paper has not all of a term.

    Args:
        weights: terms x features, sparse: what a feature counts in a term.
        meanings: terms x features, sparse: the share of what the term means.
        worth: features x papers, sparse: what having the feature is worth.
        is_sentence: which terms are free words.
        tail: the share of its score that is left to a paper which has too little of a term.
    """
    terms, papers = len(is_sentence), worth.shape[1]
    present = worth.copy()
    present.data[:] = 1
    step = max(1, _MOST_CELLS // max(papers, 1))
    some = [slice(start, start + step) for start in range(0, terms, step)]
    return sparse.vstack(
        [
            _weakened(
                product_table(weights[rows], worth),
                product_table(meanings[rows], present),
                is_sentence[rows],
                tail,
            )
            for rows in some
        ],
        format="csr",
    )


def _weakened(scores: Floats, cover: Floats, is_sentence: Flags, tail: float) -> Any:
    """Return what is left of the scores of some terms, sparse."""
    least = np.where(is_sentence, np.float32(SENTENCE_COVER), np.float32(KEYWORD_COVER))
    kept = cover > 0 if tail else (cover > 0) & (cover >= least[:, None])
    found = entries_of(scores, kept)
    share = cover[found.rows, found.columns]
    left = np.where(is_sentence[found.rows], np.float32(1), share**COVER_POWER)
    left *= np.where(share < least[found.rows], np.float32(tail), np.float32(1))
    return Entries(found.rows, found.columns, found.values * left).matrix(*kept.shape)
