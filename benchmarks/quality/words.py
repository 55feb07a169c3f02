"""Texts as rows of words, for the baselines: TF-IDF and BM25 the way others have them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import snowballstemmer
from scipy import sparse

from .measures import Floats, Ints
from .ours import STOP_WORDS

_IDENTIFIER = re.compile(r"\b[a-z_][a-z0-9_]+\b")
_WORD = re.compile(r"[a-z0-9]+")
_STEMMER = snowballstemmer.stemmer("english")
_LEAST, _MOST, _FEATURES = 5, 0.1, 20_000  # texts, share of the texts, features in all
_K1, _B = 1.2, 0.75

Split = Callable[[str], list[str]]


def words_and_pairs(text: str) -> list[str]:
    """Return words and pairs of neighbours, stop words left out before pairing."""
    words = [each for each in _IDENTIFIER.findall(text.lower()) if each not in STOP_WORDS]
    return words + [" ".join(pair) for pair in pairwise(words)]


def stems(text: str) -> list[str]:
    """Return the stems of the words that are no stop words (Snowball's English)."""
    words = [each for each in _WORD.findall(text.lower()) if each not in STOP_WORDS]
    stemmed: list[str] = _STEMMER.stemWords(words)
    return stemmed


class Tfidf:
    """Sublinear TF-IDF of words and pairs, rows of length one, with arxiv-sanity-lite's limits.

    https://github.com/karpathy/arxiv-sanity-lite, compute.py; the formulas are scikit-learn's.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._numbers: dict[str, int] = {}
        counts = _counted(texts, words_and_pairs, self._numbers, is_known=False)
        spread = np.bincount(counts.indices, minlength=counts.shape[1])
        usable = np.flatnonzero((spread >= _LEAST) & (spread <= _MOST * len(texts)))
        totals = np.asarray(counts.sum(axis=0)).ravel()[usable]
        self._chosen = usable[np.argsort(-totals, kind="stable")[:_FEATURES]]
        self._rarity = np.log((1 + len(texts)) / (1 + spread[self._chosen])) + 1
        self.rows = self._weighed(counts)

    def of(self, texts: Sequence[str]) -> Any:
        """Return other texts as rows."""
        return self._weighed(_counted(texts, words_and_pairs, self._numbers, is_known=True))

    def _weighed(self, counts: Any) -> Any:
        rows = counts[:, self._chosen].astype(np.float64)
        rows.data = 1 + np.log(rows.data)
        rows = rows @ sparse.diags_array(self._rarity)
        lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        scales = 1 / np.where(lengths > 0, lengths, 1)
        return sparse.csr_array(sparse.diags_array(scales) @ rows)


class Bm25:
    """Okapi BM25 over stems. Robertson and Zaragoza, 2009, section 3.5."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._numbers: dict[str, int] = {}
        counts = _counted(texts, stems, self._numbers, is_known=False).astype(np.float64)
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        spread: Ints = np.bincount(counts.indices, minlength=counts.shape[1])
        rarity = np.log1p((len(texts) - spread + 0.5) / (spread + 0.5))
        rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
        damped = counts.data + _K1 * (1 - _B + _B * lengths[rows] / lengths.mean())
        counts.data = rarity[counts.indices] * counts.data * (_K1 + 1) / damped
        self._worth = counts.T.tocsr()

    def scores(self, texts: Sequence[str], weights: Sequence[float]) -> Floats:
        """Return the points of every text for these queries together."""
        asked = _counted(texts, stems, self._numbers, is_known=True)
        scores: Floats = (np.array(weights) @ asked) @ self._worth
        return scores


def _counted(texts: Iterable[str], split: Split, numbers: dict[str, int], *, is_known: bool) -> Any:
    """Return how often each text has each feature; new features get numbers, or are left out."""
    columns: list[int] = []
    counts: list[int] = []
    ends = [0]
    for text in texts:
        for feature, count in Counter(split(text)).items():
            if not is_known:
                numbers.setdefault(feature, len(numbers))
            if feature in numbers:
                columns.append(numbers[feature])
                counts.append(count)
        ends.append(len(columns))
    return sparse.csr_array((counts, columns, ends), shape=(len(ends) - 1, len(numbers)))
