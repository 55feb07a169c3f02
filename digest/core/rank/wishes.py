"""Wishes: what all readers ask for, each distinct wish once, and who asks for it."""

from array import array
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any, Generic, TypeVar

import numpy as np

from digest.core.negation import split_wish
from digest.core.paper import PaperId
from digest.core.rank.matrices import Entries, Ints, flags
from digest.core.rank.results import Profile
from digest.core.rank.scale import SENTENCE_WEIGHT
from digest.core.rank.terms import Term, Word, keyword_term, phrase, sentence_term
from digest.core.subscriber import Interests, Keyword, TextField

Wish = TypeVar("Wish", bound=Hashable)
_Item = TypeVar("_Item")

_WORDLESS = -1
_AT_ONCE = 1 << 16  # readers; bounds the memory for keywords on their way into a matrix
_WEIGHT = attrgetter("weight")


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
    return _collected([each.interests.exclude for each in profiles], _phrases)


def authors_of(profiles: Sequence[Profile]) -> Wishes[str]:
    """Collect the followed authors."""
    return _collected([each.interests.authors for each in profiles], tuple)


def categories_of(profiles: Sequence[Profile]) -> Wishes[str]:
    """Collect the categories."""
    return _collected([each.interests.categories for each in profiles], tuple)


def excluded_authors_of(profiles: Sequence[Profile]) -> Wishes[str]:
    """Collect the authors whose papers are blocked."""
    return _collected([each.interests.exclude_authors for each in profiles], tuple)


def liked_of(profiles: Sequence[Profile], known: Container[PaperId]) -> Wishes[PaperId]:
    """Collect the papers to look for more of, as far as their texts are known."""
    picked = [each.interests.more_like for each in profiles]
    return _collected(picked, lambda papers: [each for each in papers if each in known])


def disliked_of(profiles: Sequence[Profile], known: Container[PaperId]) -> Wishes[PaperId]:
    """Collect the disliked papers of which the text is known."""
    picked = [each.interests.disliked for each in profiles]
    return _collected(picked, lambda papers: [each for each in papers if each in known])


class TermReader:
    """Collects keywords and free words, reading each distinct spelling once."""

    def __init__(self) -> None:
        self._terms = _Terms()
        self._spellings = {field: _Spellings(field, self._terms) for field in (None, *TextField)}

    @property
    def texts(self) -> Mapping[Term, str]:
        """How each term was typed by the first who asked for it."""
        return self._terms.texts

    def wishes(self, profiles: Sequence[Profile]) -> Wishes[Term]:
        """Collect the terms; one that a reader spelled in two ways counts once."""
        interests = [profile.interests for profile in profiles]
        keywords = Entries.joined(
            [
                self._of_keywords(interests[start : start + _AT_ONCE], start)
                for start in range(0, max(len(interests), 1), _AT_ONCE)
            ]
        )
        has_keywords = np.bincount(keywords.rows, minlength=len(interests)) > 0
        asked = keywords.then(self._of_texts(interests, has_keywords.tolist()))
        terms = tuple(self._terms.all)
        return Wishes(terms, asked.matrix(len(interests), len(terms)))

    def wording(self, interests: Interests) -> dict[Term, str]:
        """Return how one reader typed each keyword."""
        numbers = self._numbers(interests.keywords)
        pairs = zip(numbers, interests.keywords, strict=True)
        return {self._terms.all[n]: each.term.strip() for n, each in pairs if n != _WORDLESS}

    def _of_keywords(self, interests: Sequence[Interests], first: int) -> Entries:
        """Collect the keywords of readers that are numbered from ``first`` on."""
        keywords = [*chain.from_iterable(each.keywords for each in interests)]
        counts = [len(each.keywords) for each in interests]
        rows = np.repeat(np.arange(first, first + len(interests)), counts)
        columns = np.array(self._numbers(keywords), np.int64)
        weights = np.fromiter(map(_WEIGHT, keywords), np.float32, len(keywords))
        return Entries(rows, columns, weights).where(columns != _WORDLESS).strongest()

    def _of_texts(self, interests: Sequence[Interests], has_keywords: Sequence[bool]) -> Entries:
        found: list[tuple[int, int, float]] = []
        for row, each in enumerate(interests):
            if each.text:
                weight = SENTENCE_WEIGHT if has_keywords[row] else 1.0
                signed = zip(split_wish(each.text), (weight, -weight), strict=True)
                own = {self._terms.number(sentence_term(text), text): sign for text, sign in signed}
                found += [(row, number, sign) for number, sign in own.items()]
        rows, columns, weights = np.array(found).reshape(-1, 3).T
        entries = Entries(rows.astype(int), columns.astype(int), weights.astype(np.float32))
        return entries.where(entries.columns != _WORDLESS)

    def _numbers(self, keywords: Iterable[Keyword]) -> list[int]:
        return [self._spellings[each.field][each.term] for each in keywords]


class _Terms:
    """Distinct terms, numbered in the order in which they were first asked for.

    Attributes:
        all: the terms.
        texts: how each was typed by the first who asked for it.
    """

    def __init__(self) -> None:
        self.all: list[Term] = []
        self.texts: dict[Term, str] = {}
        self._same: dict[Hashable, int] = {}

    def number(self, term: Term, text: str) -> int:
        """Return the number of a term, the same for all that mean the same."""
        if not term.words:
            return _WORDLESS
        number = self._same.setdefault((term.words, term.field, term.is_sentence), len(self.all))
        if number == len(self.all):
            self.all.append(term)
            self.texts[term] = text
        return number


class _Spellings(dict[str, int]):
    """The number of the term of each spelling in a field; read when first looked up."""

    def __init__(self, field: TextField | None, terms: _Terms) -> None:
        super().__init__()
        self._field = field
        self._terms = terms

    def __missing__(self, text: str) -> int:
        number = self[text] = self._terms.number(keyword_term(text, self._field), text)
        return number


def _phrases(texts: Iterable[str]) -> list[tuple[Word, ...]]:
    return [words for text in texts if (words := phrase(text))]


def _collected(
    given: Sequence[tuple[_Item, ...]], read: Callable[[tuple[_Item, ...]], Iterable[Wish]]
) -> Wishes[Wish]:
    """Collect what each reader gave of a kind, each wish once and with a weight of one."""
    numbers: dict[Wish, int] = {}
    columns, counts = array("i"), np.zeros(len(given), np.int64)
    for reader, own in enumerate(given):
        if own:
            wishes = dict.fromkeys(read(own))
            columns.extend(numbers.setdefault(wish, len(numbers)) for wish in wishes)
            counts[reader] = len(wishes)
    return Wishes(tuple(numbers), flags(columns, counts, width=len(numbers)))
