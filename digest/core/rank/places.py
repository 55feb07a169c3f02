"""Places: where and how often terms stand in papers, to tell the reader."""

from collections.abc import Sequence
from functools import cached_property
from itertools import chain, compress
from typing import NamedTuple

import numpy as np

from digest.core.rank.index import TextIndex
from digest.core.rank.lists import Lists
from digest.core.rank.matrices import Ints
from digest.core.rank.occurrences import Occurrences
from digest.core.rank.synonyms import Feature, Synonyms, find_features
from digest.core.rank.terms import Term
from digest.core.subscriber import TextField

_MOST_WORDS = 6
_ANY = np.iinfo(np.int64).max  # what any number is smaller than


class Place(NamedTuple):
    """Where a keyword stands in a paper.

    Attributes:
        field: the field; None when both.
        times: how often.
        words: the words that the paper has, as spelled, when it lacks some; else "".
    """

    field: TextField | None
    times: int
    words: str = ""


class Places:
    """Finds places on demand; the first question looks up all terms in all papers at once."""

    def __init__(self, index: TextIndex, terms: Sequence[Term]) -> None:
        self._index = index
        self._terms = terms
        self._synonyms = Synonyms(index)
        self._known: dict[int, Place] = {}
        self._in_title = np.array([term.field is not TextField.ABSTRACT for term in terms])
        self._in_abstract = np.array([term.field is not TextField.TITLE for term in terms])

    def of(self, terms: Ints, papers: Ints) -> list[Place]:
        """Return where each keyword stands in its paper: the phrase, or else its words."""
        keys = self._keys(terms, papers).tolist()
        if not self._known.keys() >= set(keys):
            self.look_up(terms, papers)
        return [*map(self._known.__getitem__, keys)]

    def look_up(self, terms: Ints, papers: Ints) -> None:
        """Find where keywords stand in papers; many together take a third of the time."""
        asked = np.unique(self._keys(terms, papers)).tolist()
        unknown = [key for key in asked if key not in self._known]
        if unknown:
            found = self._found(*np.divmod(np.array(unknown), self._index.size))
            self._known.update(zip(unknown, found, strict=True))

    def words_of(self, term: int, paper: int) -> tuple[str, ...]:
        """Return the words of a term that the paper has, as they were spelled."""
        words = self._words.of(np.array([term])).values
        in_title, in_abstract = self._occurrences.at(words * self._index.size + paper)
        has = (in_title + in_abstract > 0).tolist()
        return tuple(dict.fromkeys(compress(self._terms[term].spelled, has)))[:_MOST_WORDS]

    def _keys(self, terms: Ints, papers: Ints) -> Ints:
        return terms.astype(np.int64) * self._index.size + papers

    def _found(self, terms: Ints, papers: Ints) -> list[Place]:
        in_title, in_abstract = self._counts(self._phrases[terms], terms, papers)
        is_apart = in_title + in_abstract == 0
        scattered = iter(self._scattered(terms[is_apart], papers[is_apart]))
        told = zip(is_apart.tolist(), in_title.tolist(), in_abstract.tolist(), strict=True)
        return [next(scattered) if apart else Place(*_told(*counts)) for apart, *counts in told]

    def _scattered(self, terms: Ints, papers: Ints) -> list[Place]:
        """Tell how often there are all of those words that there are at all."""
        if not len(terms):
            return []
        words = self._words.of(terms)
        in_title, in_abstract = self._counts(words.values, terms[words.rows], papers[words.rows])
        has = in_title + in_abstract > 0
        titles = words.least(np.where(has, in_title, _ANY)).tolist()
        abstracts = words.least(np.where(has, in_abstract, _ANY)).tolist()
        every = words.least(has.astype(np.int64)).tolist()
        flags = iter(has.tolist())
        spelled = (compress(self._terms[term].spelled, flags) for term in terms.tolist())
        found = map(" ".join, spelled)
        told = zip(map(_told, titles, abstracts), found, every, strict=True)
        return [Place(*where, "" if is_all else some) for where, some, is_all in told]

    def _counts(self, phrases: Ints, terms: Ints, papers: Ints) -> tuple[Ints, Ints]:
        """Return occurrences (in title, in abstract) in the fields that each term wants."""
        in_title, in_abstract = self._occurrences.at(phrases * self._index.size + papers)
        return in_title * self._in_title[terms], in_abstract * self._in_abstract[terms]

    @cached_property
    def _occurrences(self) -> Occurrences:
        return find_features(self._index, tuple(self._numbers))

    @cached_property
    def _numbers(self) -> dict[Feature, int]:
        wholes = (feature for feature in self._wholes if feature)
        words = chain.from_iterable(self._singles)
        return {feature: n for n, feature in enumerate(dict.fromkeys(chain(wholes, words)))}

    @cached_property
    def _wholes(self) -> list[Feature | None]:
        return [
            None if term.is_sentence else self._features(term, [(0, len(term.words))])[0]
            for term in self._terms
        ]

    @cached_property
    def _singles(self) -> list[list[Feature]]:
        return [
            self._features(term, [(place, place + 1) for place in range(len(term.words))])
            for term in self._terms
        ]

    @cached_property
    def _phrases(self) -> Ints:
        return np.array([self._numbers[each] if each else -1 for each in self._wholes])

    @cached_property
    def _words(self) -> Lists:
        return Lists.joined([[self._numbers[each] for each in own] for own in self._singles])

    def _features(self, term: Term, stretches: Sequence[tuple[int, int]]) -> list[Feature]:
        return self._synonyms.features(term.words, stretches)


def _told(in_title: int, in_abstract: int) -> tuple[TextField | None, int]:
    if in_title and not in_abstract:
        return TextField.TITLE, in_title
    if in_abstract and not in_title:
        return TextField.ABSTRACT, in_abstract
    return None, max(in_title + in_abstract, 1)  # in neither: its words are spread over both
