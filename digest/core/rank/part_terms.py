"""The terms' part: points for a reader's keywords and free words."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from digest.core.edition import Reason, ReasonKind
from digest.core.rank.lexical import score_terms
from digest.core.rank.matrices import Floats, Ints, row_numbers, stacked
from digest.core.rank.places import Places
from digest.core.rank.pool import Pool
from digest.core.rank.product import Product
from digest.core.rank.results import Profile
from digest.core.rank.scale import keyword_share, of_each
from digest.core.rank.terms import Term
from digest.core.rank.wishes import TermReader, Wishes

_MOST_CELLS = 1 << 19  # of a table of terms and papers


class TermPart:
    """Points by the lexical scores of a reader's terms.

    Args:
        pool: the papers.
        profiles: the readers.
        reader: who read the terms, and knows how each was typed.
        wishes: the terms, and who asked for them.
        liked: how many liked papers each reader has; they share the say.
        tail: what share of its score keeps a paper that has too little of a term.
        say: what share of the say words have, beside meaning.

    Attributes:
        product: who asks for which terms, times what papers have them.
    """

    def __init__(
        self,
        pool: Pool,
        profiles: Sequence[Profile],
        *,
        reader: TermReader,
        wishes: Wishes[Term],
        liked: Ints,
        tail: float,
        say: float = 1.0,
    ) -> None:
        self._profiles = profiles
        self._reader = reader
        self._terms = wishes.distinct
        scored = score_terms(pool.index, self._terms, papers=len(pool.papers), tail=tail)
        step = max(1, _MOST_CELLS // max(len(pool.papers), 1))
        self._scores = stacked(
            pool.neighbourhood.vouched(scored.scores[start : start + step], beyond=tail)
            for start in range(0, len(self._terms), step)
        )
        self._ideals = scored.ideals
        shares = of_each(lambda count: say * keyword_share(count), liked.tolist())
        scales = shares / _ideals(wishes.asked, scored.ideals)
        asked = wishes.asked.copy()
        asked.data *= scales[row_numbers(asked)]
        self.product = Product(asked, self._scores)
        self._places = Places(pool.index, self._terms)

    def clearness(self) -> Any:
        """Return how clearly papers have the terms, terms x papers, sparse; one is clear."""
        clear = self._scores.copy()
        clear.data /= self._ideals[row_numbers(clear)]
        return clear

    def reasons(self, reader: int, papers: Ints) -> list[list[Reason]]:
        """Return, for each of these papers, the terms it has."""
        terms, points = self.product.of_each(reader, papers)
        columns, rows = np.nonzero(points.T)
        told = self._told(reader, terms[rows], papers[columns], points[rows, columns].tolist())
        reasons: list[list[Reason]] = [[] for _ in papers]
        for column, reason in zip(columns.tolist(), told, strict=True):
            reasons[column].append(reason)
        return reasons

    def look_up(self, readers: Ints, papers: Ints) -> None:
        """See ``WishPart``."""
        self._places.look_up(*self.product.met(readers, papers))

    def _told(
        self, reader: int, terms: Ints, papers: Ints, points: Sequence[float]
    ) -> Iterator[Reason]:
        """Yield one reason for each term in its paper."""
        wording = self._reader.wording(self._profiles[reader].interests)
        places = self._places.of(terms, papers)
        each = zip(terms.tolist(), papers.tolist(), places, points, strict=True)
        for number, paper, place, earned in each:
            term = self._terms[number]
            if term.is_sentence:
                words = self._places.words_of(number, paper)
                yield Reason(
                    kind=ReasonKind.TEXT, text=", ".join(words), count=len(words), points=earned
                )
            else:
                text = place.words or wording[term]
                yield Reason(ReasonKind.TERM, text, place.field, place.times, earned)


def _ideals(asked: Any, ideals: Floats) -> Floats:
    """Return, per reader, the score of a clear match of the strongest interest.

    Interests of about the strongest weight count most, so that one rare keyword among
    others does not set the measure alone. What pushes down sets it only when nothing draws.
    """
    rows, readers = row_numbers(asked), asked.shape[0]
    draws = np.bincount(rows, asked.data > 0, readers) > 0
    weights = np.where(draws[rows], np.maximum(asked.data, 0), -asked.data)
    strongest = np.zeros(readers, np.float32)
    np.maximum.at(strongest, rows, weights)
    squares = np.bincount(rows, weights**2, readers)
    means = np.bincount(rows, weights**2 * ideals[asked.indices], readers)
    measured = squares > 0
    result = np.ones(readers)
    result[measured] = strongest[measured] * means[measured] / squares[measured]
    return result.astype(np.float32)
