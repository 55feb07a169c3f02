"""Baselines: other people's ways to rank, with numpy and scipy alone."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from scipy import sparse

from digest.core.paper import Paper
from digest.core.rank import Profile
from digest.pipeline.embed import Embedder

from .collection import Collection
from .measures import Floats, Ints, Rankings
from .ours import STOP_WORDS
from .svm import decision
from .words import Bm25, Tfidf

_SVM_COST = 0.1  # arxiv-sanity-lite's

Ranker = Callable[[Sequence[Profile]], Rankings]


class Baselines:
    """Baselines against the papers of a collection.

    Args:
        collection: the papers, and those that readers like.
        embedder: a sentence model, or None.
    """

    def __init__(self, collection: Collection, embedder: Embedder | None) -> None:
        self._papers = collection.papers
        self._liked = collection.liked
        self._embedder = embedder
        self._texts = [*map(_text, self._papers)]
        self._rows_of_liked = {
            paper: len(self._papers) + number for number, paper in enumerate(self._liked)
        }

    def by_words(self) -> dict[str, Ranker]:
        """Return the rankers that go by keywords or free words."""
        return {
            "keyword count": self._each(self._keyword_count),
            "TF-IDF cosine": self._each(self._tfidf_of_words),
            "BM25, stems": self._each(self._bm25_scores),
        }

    def by_likes(self) -> dict[str, Ranker]:
        """Return the rankers that go by liked papers."""
        rankers = {
            "TF-IDF mean cosine": self._each(self._tfidf_of_likes),
            "linear SVM": self._each(self._svm),
        }
        if self._embedder:
            rankers["mean embedding"] = self._each(self._mean_embedding)
        return rankers

    @staticmethod
    def _each(scores: Callable[[Profile], Floats]) -> Ranker:
        return lambda profiles: [_best_first(scores(profile)) for profile in profiles]

    def _keyword_count(self, profile: Profile) -> Floats:
        """Count how often the keywords stand in a paper, inside of words, too."""
        sought = [
            (part, weight)
            for text, weight in _asked(profile)
            for part in ([text] if profile.interests.keywords else {*text.split()} - STOP_WORDS)
        ]
        return np.array(
            [sum(weight * text.count(part) for part, weight in sought) for text in self._lowered]
        )

    def _tfidf_of_words(self, profile: Profile) -> Floats:
        """Cosine to all that is asked as one text; arxiv-sanity-lite has it for its search."""
        texts, weights = zip(*_asked(profile), strict=True)
        return self._cosines(np.array(weights) @ self._tfidf.of(texts))

    def _tfidf_of_likes(self, profile: Profile) -> Floats:
        return self._cosines(self._tfidf.rows[self._rows(profile)].mean(axis=0))

    def _bm25_scores(self, profile: Profile) -> Floats:
        texts, weights = zip(*_asked(profile), strict=True)
        return self._bm25.scores(texts, weights)

    def _svm(self, profile: Profile) -> Floats:
        """One SVM a reader, the liked papers against all candidates (arxiv-sanity-lite)."""
        candidates, likes = len(self._papers), self._rows(profile)
        rows = sparse.vstack([self._tfidf.rows[:candidates], self._tfidf.rows[likes]], format="csr")
        picked = np.where(np.arange(rows.shape[0]) < candidates, -1.0, 1.0)
        return _above_zero(decision(rows, picked, cost=_SVM_COST)[:candidates])

    def _mean_embedding(self, profile: Profile) -> Floats:
        """Weigh cosines by how long ago a paper was liked (zotero-arxiv-daily, reranker)."""
        liked = self._vectors[self._rows(profile)]
        weights = 1 / (1 + np.log10(np.arange(len(liked)) + 1))
        return _above_zero(self._vectors[: len(self._papers)] @ (weights @ liked))

    def _rows(self, profile: Profile) -> Ints:
        known = [each for each in profile.interests.liked if each in self._rows_of_liked]
        return np.array([self._rows_of_liked[each] for each in known], np.int64)

    def _cosines(self, asked: Floats) -> Floats:
        cosines: Floats = self._tfidf.rows[: len(self._papers)] @ np.asarray(asked).ravel()
        return cosines

    @cached_property
    def _lowered(self) -> list[str]:
        return [text.lower() for text in self._texts]

    @cached_property
    def _tfidf(self) -> Tfidf:
        return Tfidf([*self._texts, *map(_text, self._liked.values())])

    @cached_property
    def _bm25(self) -> Bm25:
        return Bm25(self._texts)

    @cached_property
    def _vectors(self) -> Floats:
        papers = [*self._papers, *self._liked.values()]
        vectors = self._embedder.papers(papers) if self._embedder else None
        if vectors is None:
            raise SystemExit("the sentence model fails; rank without --semantic")
        return vectors.astype(np.float64)


def _text(paper: Paper) -> str:
    return f"{paper.title} {paper.abstract}"


def _asked(profile: Profile) -> list[tuple[str, float]]:
    """Return the keywords that draw, in lower case, or else the free words."""
    drawing = [each for each in profile.interests.keywords if each.weight > 0]
    return [(each.term.lower(), each.weight) for each in drawing] or [
        (profile.interests.text.lower(), 1.0)
    ]


def _above_zero(scores: Floats) -> Floats:
    """Return scores that rank in the same way, and rank every paper."""
    shifted: Floats = scores - scores.min() + 1
    return shifted


def _best_first(scores: Floats) -> Ints:
    """Return the papers with points in order; the pool's order breaks ties."""
    order: Ints = np.argsort(-scores, kind="stable")
    return order[scores[order] > 0]
