"""Likeness: how much the papers of a pool resemble papers that readers liked.

Cosine between vectors of words and pairs of neighbouring words, as written, weighted by
sublinear TF-IDF; rare and very common features are left out.
"""

from collections.abc import Sequence as Many
from typing import Any

import numpy as np
from scipy import sparse

from digest.core.paper import Paper
from digest.core.rank.index import Sequence, TextIndex
from digest.core.rank.matrices import Floats, Ints
from digest.core.rank.neighbours import Neighbourhood

MOST_FEATURES = 20_000
_LIMITS = ((3000, 5, 0.1), (0, 1, 0.3))  # from so many texts on: in least texts, in most of them


class Likeness:
    """The pool's side of the comparison, made once."""

    def __init__(self, index: TextIndex, neighbourhood: Neighbourhood, papers: int) -> None:
        self._index = index
        keys, texts, counts = _counted(index.content, index.word_count, index.size)
        self._vocabulary, spread = _chosen(keys, counts, index.size)
        self._rarity = np.log((1 + index.size) / (1 + spread)) + 1
        here = texts < papers
        vectors = self._vectors(keys[here], texts[here], counts[here], papers)
        self._by_paper = vectors
        self._neighbourhood = neighbourhood
        self._by_feature = self._by_paper.T.tocsr()

    def vectors(self, liked: Many[Paper]) -> Any:
        """Return the liked papers as sparse rows, to be compared by ``cosines``."""
        sequence = self._index.read((paper.title, paper.abstract) for paper in liked)
        counted = _counted(sequence, self._index.word_count, len(liked))
        return self._vectors(*counted, len(liked))

    def cosines(self, vectors: Any) -> Any:
        """Return the cosine of every row with every paper of the pool, sparse.

        Those of the paper's neighbours are blended in, here and in ``cosines_with``.
        """
        return self._neighbourhood.blended(vectors @ self._by_feature)

    def cosines_with(self, papers: Ints, vectors: Any) -> Floats:
        """Return the cosine of every row with a few papers, dense."""
        few = self._neighbourhood.blended_vectors(self._by_paper, papers)
        cosines: Floats = (vectors @ few.T).toarray()
        return cosines

    def _vectors(self, keys: Ints, texts: Ints, counts: Ints, size: int) -> Any:
        """Return texts x features, each row of length one (or zero)."""
        shape = (size, len(self._vocabulary))
        if not len(self._vocabulary):
            return sparse.csr_array(shape, dtype=np.float32)
        place = np.minimum(np.searchsorted(self._vocabulary, keys), len(self._vocabulary) - 1)
        known = self._vocabulary[place] == keys
        place, texts, counts = place[known], texts[known], counts[known]
        values = (1 + np.log(counts)) * self._rarity[place]
        norms = np.sqrt(np.bincount(texts, values**2, size))
        values = (values / norms[texts]).astype(np.float32)
        return sparse.csr_array((values, (texts, place)), shape=shape)


def _counted(sequence: Sequence, words: int, size: int) -> tuple[Ints, Ints, Ints]:
    """Count words and pairs of neighbours: features, texts and counts, sorted by feature."""
    first, second = sequence.tokens[:-1], sequence.tokens[1:]
    texts = sequence.cells // 2
    single, pair = first > 0, (first > 0) & (second > 0)
    keys = np.concatenate([first[single], first[pair] * words + second[pair]])
    where = np.concatenate([texts[:-1][single], texts[:-1][pair]])
    both, counts = np.unique(keys * size + where, return_counts=True)
    return both // size, both % size, counts


def _chosen(keys: Ints, counts: Ints, size: int) -> tuple[Ints, Ints]:
    """Choose the features, the most frequent ones first; return them with their spread."""
    least, most = next((low, high * size) for start, low, high in _LIMITS if size >= start)
    features, starts, spread = np.unique(keys, return_index=True, return_counts=True)
    totals = np.add.reduceat(counts, starts) if len(keys) else counts
    usable = np.flatnonzero((spread >= least) & (spread <= max(most, 1)))
    chosen = np.sort(usable[np.argsort(-totals[usable], kind="stable")[:MOST_FEATURES]])
    return features[chosen], spread[chosen]
