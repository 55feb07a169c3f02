"""Places: where and how often a term stands in a paper, to tell the reader."""

from collections.abc import Sequence
from functools import cached_property
from itertools import chain

import numpy as np

from digest.core.rank.index import TextIndex
from digest.core.rank.occurrences import Occurrences, find
from digest.core.rank.terms import Term, Word
from digest.core.subscriber import TextField

_MOST_WORDS = 6

Place = tuple[TextField | None, int]  # the field (None: both) and how often


class Places:
    """Finds places on demand; the first question looks up all terms in all papers at once."""

    def __init__(self, index: TextIndex, terms: Sequence[Term]) -> None:
        self._index = index
        self._terms = terms
        self._known: dict[tuple[int, int], Place] = {}

    def of(self, term: int, paper: int) -> Place:
        """Return where a term stands: the whole phrase, or else the words it has of it."""
        key = (term, paper)
        if key not in self._known:
            self._known[key] = self._place(self._terms[term], paper)
        return self._known[key]

    def words_of(self, term: int, paper: int) -> tuple[str, ...]:
        """Return the words of a term that the paper has, as they were spelled."""
        asked = self._terms[term]
        pairs = zip(asked.words, asked.spelled, strict=True)
        found = (spelled for word, spelled in pairs if any(self._counts((word,), paper)))
        return tuple(dict.fromkeys(found))[:_MOST_WORDS]

    def _place(self, term: Term, paper: int) -> Place:
        phrase = _within(term.field, self._counts(term.words, paper))
        if any(phrase):
            return _told(phrase)
        each = [_within(term.field, self._counts((word,), paper)) for word in term.words]
        titles, abstracts = zip(*(counts for counts in each if any(counts)), strict=True)
        return _told((min(titles), min(abstracts)))

    @cached_property
    def _numbers(self) -> dict[tuple[Word, ...], int]:
        phrases = (term.words for term in self._terms if not term.is_sentence)
        words = ((word,) for term in self._terms for word in term.words)
        return {phrase: n for n, phrase in enumerate(dict.fromkeys(chain(phrases, words)))}

    @cached_property
    def _occurrences(self) -> Occurrences:
        return find(self._index, self._index.content, tuple(self._numbers))

    def _counts(self, phrase: tuple[Word, ...], paper: int) -> tuple[int, int]:
        if phrase not in self._numbers:
            return 0, 0
        key = np.array([self._numbers[phrase] * self._index.size + paper])
        in_title, in_abstract = self._occurrences.at(key)
        return int(in_title[0]), int(in_abstract[0])


def _within(field: TextField | None, counts: tuple[int, int]) -> tuple[int, int]:
    in_title, in_abstract = counts
    return (
        0 if field is TextField.ABSTRACT else in_title,
        0 if field is TextField.TITLE else in_abstract,
    )


def _told(counts: tuple[int, int]) -> Place:
    match counts:
        case (0, 0):  # its words are spread over title and abstract
            return None, 1
        case (in_title, 0):
            return TextField.TITLE, in_title
        case (0, in_abstract):
            return TextField.ABSTRACT, in_abstract
        case _:
            return None, sum(counts)
