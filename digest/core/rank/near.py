"""Nearness: the parts of a reader's points that meanings bring, for words and for liked papers."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from digest.core.paper import Paper, PaperId
from digest.core.rank.matrices import Floats, Ints, row_numbers
from digest.core.rank.meanings import LIKED_NEAR, NEAR, Meanings, Space, bare
from digest.core.rank.part_meaning import MeaningPart, weighted
from digest.core.rank.results import Profile
from digest.core.rank.scale import LIKED_NEAR_POINTS, NEAR_POINTS, keyword_share, of_each
from digest.core.rank.terms import Term
from digest.core.rank.view import FLOOR
from digest.core.rank.wishes import TermReader, Wishes


def meaning_of_terms(
    space: Space,
    meanings: Meanings,
    profiles: Sequence[Profile],
    *,
    reader: TermReader,
    wishes: Wishes[Term],
    clearness: Any,
    liked: Ints,
    faint: bool,
) -> Iterator[MeaningPart]:
    """Yield the part for papers that are near to a reader's keywords and free words.

    Args:
        space: the papers.
        meanings: the vectors of phrases.
        profiles: the readers.
        reader: who read the terms, and knows how each was typed.
        wishes: the terms, and who asked for them.
        clearness: how clearly papers have the words of the terms, terms x papers, sparse.
        liked: how many liked papers each reader has; they share the say.
        faint: keep faint nearness, too, which makes no match.
    """
    vectors = [meanings.phrases.get(bare(reader.texts[term])) for term in wishes.distinct]
    if not any(vector is not None for vector in vectors):
        return
    shares = of_each(keyword_share, liked.tolist())

    def told(number: int, term: int) -> str:
        interests = profiles[number].interests
        wished = wishes.distinct[term]
        return reader.texts[wished] if wished.is_sentence else reader.wording(interests)[wished]

    worth = NEAR_POINTS * shares / _strongest(wishes)
    asked = weighted(wishes.asked, worth)
    view = space.apart
    drawn = view.drawn(view.seen(_stacked(vectors)), clearness)
    yield MeaningPart(view, drawn, least=FLOOR if faint else NEAR, asked=asked, told=told)


def meaning_of_liked(
    space: Space,
    meanings: Meanings,
    wishes: Wishes[PaperId],
    liked: Sequence[Paper],
    *,
    terms: Ints,
    faint: bool,
) -> Iterator[MeaningPart]:
    """Yield the part for papers that are near to a reader's liked papers.

    Args:
        space: the papers.
        meanings: the vectors of liked papers.
        wishes: who likes which paper.
        liked: the papers of ``wishes.distinct``.
        terms: how many terms each reader has; they share the say.
        faint: keep faint nearness, too, which makes no match.
    """
    vectors = [meanings.liked.get(each) for each in wishes.distinct]
    if not any(vector is not None for vector in vectors):
        return
    counts = wishes.per_reader
    shares = of_each(keyword_share, counts.tolist())
    says = np.where(terms > 0, 1 - shares, np.float32(1))
    worth = LIKED_NEAR_POINTS * says / np.sqrt(np.maximum(counts, 1))
    asked = weighted(wishes.asked, worth.astype(np.float32))
    yield MeaningPart(
        space.whole,
        space.whole.seen(_stacked(vectors)),
        least=FLOOR if faint else LIKED_NEAR,
        asked=asked,
        told=lambda _reader, number: liked[number].title,
    )


def _strongest(wishes: Wishes[Term]) -> Floats:
    """Return each reader's strongest weight; 1 for readers who only push down."""
    strongest = np.zeros(wishes.asked.shape[0], np.float32)
    np.maximum.at(strongest, row_numbers(wishes.asked), wishes.asked.data)
    return np.where(strongest > 0, strongest, np.float32(1))


def _stacked(vectors: Sequence[Floats | None]) -> Floats:
    """Return vectors as rows, zeros for those that are not known."""
    size = next(len(vector) for vector in vectors if vector is not None)
    rows: Floats = np.zeros((len(vectors), size), np.float32)
    for row, vector in zip(rows, vectors, strict=True):
        if vector is not None:
            row[:] = vector
    return rows
