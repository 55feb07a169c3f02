"""Neighbours: which papers of a pool are most alike, so that they can vouch for each other.

A paper whose nearest papers match a wish as well is likelier to be about it than one that
merely has the words. Diaz, "Regularizing Ad Hoc Retrieval Scores", CIKM 2005.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from digest.core.rank.index import TITLE_WEIGHT, TextIndex
from digest.core.rank.lexical import K1, B
from digest.core.rank.matrices import Floats, Ints, row_numbers

NEAREST = 7  # by words
NEAREST_IN_MEANING = 10
SAY = 0.64  # of the neighbours' mean, beside a paper's own score
_MOST_CELLS = 1 << 22  # of a block of papers compared with all


class Neighbourhood:
    """The nearest papers of each paper.

    Args:
        cosines: papers x papers, sparse: those of the nearest papers of each row, above zero.
    """

    def __init__(self, cosines: Any) -> None:
        self._cosines = cosines
        self._means = _shares(cosines)
        self._to_all = self._means.T.tocsr()

    @classmethod
    def by_words(cls, index: TextIndex, papers: int) -> "Neighbourhood":
        """Compare papers by their words as written.

        Args:
            index: the words of the papers, and those of the background.
            papers: how many of the index's texts, from the first, are compared.
        """
        directions = _directions(index, papers)
        across = directions.T.tocsr()
        return cls(_nearest(lambda rows: (directions[rows] @ across).toarray(), papers, NEAREST))

    @classmethod
    def by_meaning(cls, vectors: Floats) -> "Neighbourhood":
        """Compare papers by their vectors, papers x size, each of length one or zero."""

        def compared(rows: slice) -> Floats:
            cosines: Floats = np.maximum(vectors[rows] @ vectors.T, 0)
            return cosines

        return cls(_nearest(compared, len(vectors), NEAREST_IN_MEANING))

    def vouched(self, scores: Any, *, beyond: float = 0.0) -> Any:
        """Return scores to which each paper's neighbours have added their say.

        Args:
            scores: any x papers, sparse, zero where nothing matches.
            beyond: what share of the say counts for papers that do not match themselves.
        """
        believed = scores.copy()
        believed.data = np.minimum(self._heard_at(scores), scores.data)
        if not beyond:
            return scores + believed
        heard = (scores @ self._to_all) * np.float32(SAY)
        return scores + (beyond * heard + (1 - beyond) * believed)

    def _heard_at(self, scores: Any) -> Floats:
        """Return the neighbours' say in each entry of the scores, and nowhere else."""
        table, papers = scores.toarray().ravel(), scores.indices
        rows = row_numbers(scores) * scores.shape[1]
        heard = np.zeros(len(papers), np.float32)
        for near, share in zip(*self._rows, strict=True):
            heard += table[rows + near[papers]] * share[papers]
        return heard * np.float32(SAY)

    @cached_property
    def _rows(self) -> tuple[Ints, Floats]:
        """The nearest papers, and their shares in the say: most x papers, filled up with zeros."""
        papers = row_numbers(self._means)
        place = np.arange(len(papers)) - self._means.indptr[papers]
        shape = (int(place.max(initial=-1)) + 1, self._means.shape[0])
        near, shares = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
        near[place, papers], shares[place, papers] = self._means.indices, self._means.data
        return near, shares

    def alike(self, *, least: float) -> list[tuple[int, int]]:
        """Return pairs of a paper and one of its nearest whose cosine is at least so much."""
        near = self._cosines.data >= least
        rows, columns = row_numbers(self._cosines)[near], self._cosines.indices[near]
        return [*zip(rows.tolist(), columns.tolist(), strict=True)]

    def blended(self, cosines: Any, *, say: float = SAY) -> Any:
        """Return cosines, any x papers, each with that of the paper's neighbours blended in."""
        return cosines + (cosines @ self._to_all) * np.float32(say)

    def blended_vectors(self, vectors: Any, papers: Ints) -> Any:
        """Return the vectors of a few papers, of papers x features, in the same blend."""
        return vectors[papers] + (self._means[papers] @ vectors) * np.float32(SAY)


def _directions(index: TextIndex, papers: int) -> Any:
    """Return papers x words: BM25's weights of the words as written, each row of length one."""
    tokens, cells = index.content.tokens, index.content.cells
    here = (tokens > 0) & (cells < 2 * papers)
    tokens, cells = tokens[here], cells[here]
    counted = np.where(cells % 2, TITLE_WEIGHT, 1)
    keys, where = np.unique(cells // 2 * index.word_count + tokens, return_inverse=True)
    often = np.bincount(where, counted, len(keys))
    paper, word = np.divmod(keys, index.word_count)
    spread = np.bincount(word, minlength=index.word_count)
    rarity = np.log1p((papers - spread + 0.5) / (spread + 0.5))
    length = 1 - B + B * index.lengths[paper] / index.average_length
    values = rarity[word] * often * (K1 + 1) / (often + K1 * length)
    norms = np.sqrt(np.bincount(paper, values**2, papers))
    weights: Floats = (values / norms[paper]).astype(np.float32)
    return sparse.csr_array((weights, (paper, word)), shape=(papers, index.word_count))


def _nearest(compared: Callable[[slice], Floats], papers: int, most: int) -> Any:
    """Return papers x papers: the nearest ones of each row, by their cosine.

    Args:
        compared: gives some papers' cosines with all, none below zero.
        papers: how many there are.
        most: how many are kept of each row.
    """
    step = max(1, _MOST_CELLS // max(papers, 1))
    starts = range(0, papers, step)
    blocks = [_nearest_of(compared(slice(start, start + step)), start, most) for start in starts]
    return sparse.vstack(blocks, format="csr") if blocks else sparse.csr_array((0, 0))


def _shares(nearest: Any) -> Any:
    """Return the cosines of each row as shares that sum to one."""
    shares = nearest.copy()
    shares.data /= nearest.sum(axis=1)[row_numbers(nearest)]
    return shares


def _nearest_of(dense: Floats, first: int, most: int) -> Any:
    """Return the highest cosines of each row, that with the paper itself left out."""
    rows = np.arange(len(dense))
    dense[rows, rows + first] = 0
    most = min(most, dense.shape[1])
    columns: Ints = np.argpartition(-dense, most - 1, axis=1)[:, :most]
    values = np.take_along_axis(dense, columns, axis=1)
    place = (np.repeat(rows, most), columns.ravel())
    nearest = sparse.csr_array((values.ravel(), place), shape=dense.shape)
    nearest.eliminate_zeros()
    return nearest
