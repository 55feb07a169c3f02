"""Places: where and how often terms stand in papers, to tell the reader."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, compress
from typing import NamedTuple

import numpy as np

from digest.core.rank.index import TextIndex
from digest.core.rank.matrices import Ints
from digest.core.rank.occurrences import Occurrences
from digest.core.rank.synonyms import Feature, Synonyms, find_features
from digest.core.rank.terms import Term
from digest.core.subscriber import TextField

_MOST_WORDS = 6


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
        keys = (terms.astype(np.int64) * self._index.size + papers).tolist()
        unknown = [number for number, key in enumerate(keys) if key not in self._known]
        if unknown:
            found = self._found(terms[unknown], papers[unknown])
            self._known.update(zip((keys[number] for number in unknown), found, strict=True))
        return [self._known[key] for key in keys]

    def _found(self, terms: Ints, papers: Ints) -> Iterator[Place]:
        in_title, in_abstract = self._counts(self._phrases[terms], papers)
        titles = (in_title * self._in_title[terms]).tolist()
        abstracts = (in_abstract * self._in_abstract[terms]).tolist()
        for term, paper, *counts in zip(
            terms.tolist(), papers.tolist(), titles, abstracts, strict=True
        ):
            yield Place(*_told(*counts)) if any(counts) else self._scattered(term, paper)

    def words_of(self, term: int, paper: int) -> tuple[str, ...]:
        """Return the words of a term that the paper has, as they were spelled."""
        in_title, in_abstract = self._counts(self._words[term], np.array(paper))
        has = (in_title + in_abstract > 0).tolist()
        return tuple(dict.fromkeys(compress(self._terms[term].spelled, has)))[:_MOST_WORDS]

    def _scattered(self, term: int, paper: int) -> Place:
        """Tell how often there are all of those words that there are at all."""
        in_title, in_abstract = self._counts(self._words[term], np.array(paper))
        in_title = in_title * self._in_title[term]
        in_abstract = in_abstract * self._in_abstract[term]
        has = in_title + in_abstract > 0
        found = " ".join(compress(self._terms[term].spelled, has.tolist()))
        told = _told(int(in_title[has].min()), int(in_abstract[has].min()))
        return Place(*told, "" if has.all() else found)

    def _counts(self, phrases: Ints, papers: Ints) -> tuple[Ints, Ints]:
        return self._occurrences.at(phrases * self._index.size + papers)

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
    def _words(self) -> list[Ints]:
        return [np.array([self._numbers[each] for each in own]) for own in self._singles]

    def _features(self, term: Term, stretches: Sequence[tuple[int, int]]) -> list[Feature]:
        return list(self._synonyms.features(term.words, stretches))


def _told(in_title: int, in_abstract: int) -> tuple[TextField | None, int]:
    if in_title and not in_abstract:
        return TextField.TITLE, in_title
    if in_abstract and not in_title:
        return TextField.ABSTRACT, in_abstract
    return None, max(in_title + in_abstract, 1)  # in neither: its words are spread over both
