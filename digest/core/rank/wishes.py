"""Wishes: what all readers ask for, each distinct wish once, and who asks for it."""

from array import array
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from digest.core.negation import split_wish
from digest.core.paper import PaperId
from digest.core.rank.matrices import Ints, from_arrays
from digest.core.rank.results import Profile
from digest.core.rank.scale import SENTENCE_WEIGHT
from digest.core.rank.terms import Term, Word, keyword_term, phrase, sentence_term
from digest.core.subscriber import Interests, TextField

Wish = TypeVar("Wish", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Wishes(Generic[Wish]):
    """Distinct wishes of one kind.

    Attributes:
        distinct: each wish once.
        asked: readers x wishes, sparse, with the weights.
    """

    distinct: tuple[Wish, ...]
    asked: Any

    @property
    def per_reader(self) -> Ints:
        """How many wishes each reader has."""
        counts: Ints = np.diff(self.asked.indptr)
        return counts


def exclusions_of(profiles: Sequence[Profile]) -> Wishes[tuple[Word, ...]]:
    """Collect the excluded words and phrases."""
    return _collected(
        profiles, lambda interests: {words: 1.0 for e in interests.exclude if (words := phrase(e))}
    )


def authors_of(profiles: Sequence[Profile]) -> Wishes[str]:
    """Collect the followed authors."""
    return _collected(profiles, lambda interests: dict.fromkeys(interests.authors, 1.0))


def categories_of(profiles: Sequence[Profile]) -> Wishes[str]:
    """Collect the categories."""
    return _collected(profiles, lambda interests: dict.fromkeys(interests.categories, 1.0))


def excluded_authors_of(profiles: Sequence[Profile]) -> Wishes[str]:
    """Collect the authors whose papers are blocked."""
    return _collected(profiles, lambda interests: dict.fromkeys(interests.exclude_authors, 1.0))


def liked_of(profiles: Sequence[Profile], known: Container[PaperId]) -> Wishes[PaperId]:
    """Collect the papers to look for more of, as far as their texts are known."""
    return _collected(
        profiles, lambda interests: {liked: 1.0 for liked in interests.more_like if liked in known}
    )


def disliked_of(profiles: Sequence[Profile], known: Container[PaperId]) -> Wishes[PaperId]:
    """Collect the disliked papers of which the text is known."""
    return _collected(
        profiles, lambda interests: {each: 1.0 for each in interests.disliked if each in known}
    )


class TermReader:
    """Collects keywords and free words, reading each distinct spelling once.

    Attributes:
        texts: how each term was typed by the first who asked for it.
    """

    def __init__(self) -> None:
        self._read: dict[tuple[str, TextField | None], Term] = {}
        self._same: dict[Hashable, Term] = {}
        self.texts: dict[Term, str] = {}

    def wishes(self, profiles: Sequence[Profile]) -> Wishes[Term]:
        """Collect the terms; one that a reader spelled in two ways counts once."""
        return _collected(profiles, self._weights)

    def wording(self, interests: Interests) -> dict[Term, str]:
        """Return how one reader typed each keyword."""
        return {self._read[each.term, each.field]: each.term.strip() for each in interests.keywords}

    def _weights(self, interests: Interests) -> dict[Term, float]:
        chosen: dict[Term, float] = {}
        for keyword in interests.keywords:
            spelling = (keyword.term, keyword.field)
            term = self._read.get(spelling) or self._keyword(*spelling)
            if term.words and (term not in chosen or abs(keyword.weight) > abs(chosen[term])):
                chosen[term] = keyword.weight
        weight = SENTENCE_WEIGHT if chosen else 1.0
        for text, sign in zip(split_wish(interests.text), (1, -1), strict=True):
            if text and (sentence := self._one(sentence_term(text), text)).words:
                chosen[sentence] = sign * weight
        return chosen

    def _keyword(self, text: str, field: TextField | None) -> Term:
        term = self._one(keyword_term(text, field), text)
        self._read[text, field] = term
        return term

    def _one(self, term: Term, text: str) -> Term:
        one = self._same.setdefault((term.words, term.field, term.is_sentence), term)
        self.texts.setdefault(one, text)
        return one


def _collected(
    profiles: Iterable[Profile], read: Callable[[Interests], Mapping[Wish, float]]
) -> Wishes[Wish]:
    numbers: dict[Wish, int] = {}
    columns, weights, ends = array("i"), array("f"), array("i", [0])
    for profile in profiles:
        for wish, weight in read(profile.interests).items():
            columns.append(numbers.setdefault(wish, len(numbers)))
            weights.append(weight)
        ends.append(len(columns))
    return Wishes(tuple(numbers), from_arrays(columns, weights, ends, width=len(numbers)))
