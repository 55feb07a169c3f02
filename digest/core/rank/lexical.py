"""Lexical scores: how well each term fits each text, by BM25F with pairs of neighbours.

A term's score sums, over its words and its pairs of neighbours, rarity times saturated
frequency. BM25F: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond", 2009, section 3.6.
"""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from scipy import sparse

from digest.core.rank.cover import covered
from digest.core.rank.index import TITLE_WEIGHT, TextIndex
from digest.core.rank.lists import Lists, lengths, numbered
from digest.core.rank.matrices import Flags, Floats, Ints
from digest.core.rank.occurrences import Occurrences
from digest.core.rank.synonyms import Feature, Synonyms, find_features
from digest.core.rank.terms import Term
from digest.core.subscriber import TextField

K1 = 1.2
B = 0.5
PAIR_WEIGHT = 0.45
SENTENCE_IDEAL = 0.5

_FIELD_WEIGHTS = {
    None: (TITLE_WEIGHT, 1),
    TextField.TITLE: (TITLE_WEIGHT, 0),
    TextField.ABSTRACT: (0, 1),
}


@dataclass(frozen=True, slots=True)
class TermScores:
    """What each term gives to each paper.

    Attributes:
        scores: terms x papers, sparse; every stored entry is above zero.
        ideals: per term, the score of a paper that has it in the title and the abstract.
    """

    scores: Any
    ideals: Floats


@dataclass(frozen=True, slots=True)
class _Parts:
    """The features of all terms as parallel arrays, one entry per term and feature.

    Attributes:
        terms: the term's number.
        features: the feature's number.
        fields: the number of the field that the term wants.
        weights: what the feature counts in the term.
        is_word: whether it is a word, not a pair.
    """

    terms: Ints
    features: Ints
    fields: Ints
    weights: Floats
    is_word: Flags

    def matrix(self, shares: Floats, features: int) -> Any:
        """Return the shares as terms x (fields times features), sparse."""
        place = (self.terms, self.fields * features + self.features)
        shape = (int(self.terms.max()) + 1, (int(self.fields.max()) + 1) * features)
        return sparse.csr_array((shares, place), shape=shape)


def score_terms(
    index: TextIndex, terms: Many[Term], *, papers: int, tail: float = 0.0
) -> TermScores:
    """Score terms against the first ``papers`` texts of an index.

    Args:
        index: the texts; rarity is counted over all of them.
        terms: the terms, one at least, each with one word at least.
        papers: how many texts are ranked.
        tail: the share of its score that is left to a paper which has too little of a term.
    """
    synonyms = Synonyms(index)
    each = [_features_of(term, synonyms) for term in terms]
    features, numbers = numbered(chain.from_iterable(each))
    fields, places = numbered(term.field for term in terms)
    parts = _parts(terms, Lists(numbers, lengths(each)), features, places)
    occurrences = find_features(index, features)
    rarity = _rarity(occurrences, index.size, len(features))
    worth = sparse.vstack(
        [_saturated(index, occurrences, rarity, field, papers) for field in fields], format="csr"
    )
    weights = parts.matrix(parts.weights, len(features))
    meanings = parts.matrix(_meanings(parts, rarity), len(features))
    meanings.eliminate_zeros()
    is_sentence = np.array([term.is_sentence for term in terms])
    scores = covered(weights, meanings, worth, is_sentence=is_sentence, tail=tail)
    return TermScores(scores, _ideals(terms, parts, rarity, fields))


def _features_of(term: Term, synonyms: Synonyms) -> list[Feature]:
    """Return a term's words, and of a keyword its pairs of neighbours as well."""
    count = len(term.words)
    stretches = [(place, place + 1) for place in range(count)]
    if not term.is_sentence:
        stretches += [(place, place + 2) for place in range(count - 1)]
    return synonyms.features(term.words, stretches)


def _parts(terms: Many[Term], own: Lists, features: Many[Feature], fields: Ints) -> _Parts:
    """Return the features of all terms.

    Args:
        terms: the terms.
        own: the numbers of each term's features.
        features: the distinct features.
        fields: the number of each term's field.
    """
    words = lengths([term.words for term in terms])[own.rows]
    is_word = (lengths([phrase for phrase, *_ in features]) == 1)[own.values]
    weights = np.where(is_word, 1.0, PAIR_WEIGHT) / np.sqrt(words)
    return _Parts(own.rows, own.values, fields[own.rows], weights.astype(np.float32), is_word)


def _meanings(parts: _Parts, rarity: Floats) -> Floats:
    """Return each word's share of what its term means: its rarity; a pair adds none."""
    shares = np.where(parts.is_word, rarity[parts.features], np.float32(0))
    whole = np.bincount(parts.terms, shares)
    meanings: Floats = (shares / whole[parts.terms]).astype(np.float32)
    return meanings


def _rarity(occurrences: Occurrences, texts: int, features: int) -> Floats:
    spread = np.bincount(occurrences.keys // max(texts, 1), minlength=features)
    return np.log1p((texts - spread + 0.5) / (spread + 0.5)).astype(np.float32)


def _saturated(
    index: TextIndex,
    occurrences: Occurrences,
    rarity: Floats,
    field: TextField | None,
    papers: int,
) -> Any:
    """Return rarity times saturated frequency, features x papers."""
    in_title, in_abstract = _FIELD_WEIGHTS[field]
    feature, text = np.divmod(occurrences.keys, max(index.size, 1))
    often = in_title * occurrences.in_title + in_abstract * occurrences.in_abstract
    here = (text < papers) & (often > 0)
    feature, text, often = feature[here], text[here], often[here]
    length = 1 - B + B * index.lengths[text] / index.average_length
    values = rarity[feature] * often * (K1 + 1) / (often + K1 * length)
    shape = (len(rarity), papers)
    return sparse.csr_array((values.astype(np.float32), (feature, text)), shape=shape)


def _ideals(
    terms: Many[Term], parts: _Parts, rarity: Floats, fields: tuple[TextField | None, ...]
) -> Floats:
    often = np.array([sum(_FIELD_WEIGHTS[field]) for field in fields])
    saturated = often * (K1 + 1) / (often + K1)
    values = parts.weights * rarity[parts.features] * saturated[parts.fields]
    sums = np.bincount(parts.terms, values, len(terms))
    reach = np.array([SENTENCE_IDEAL if term.is_sentence else 1.0 for term in terms])
    ideals: Floats = (sums * reach).astype(np.float32)
    return ideals
