"""Synonyms: other ways in which papers write what a term says.

An abbreviation for its words ("LLM" for "large language model") and the words for it; one
word for two ("finetuning" for "fine-tuning") and two for one.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from digest.core.rank.index import TextIndex
from digest.core.rank.lists import Lists, lengths, numbered
from digest.core.rank.occurrences import Occurrences, find
from digest.core.rank.terms import Form, Word

_LONGEST = 6  # words of an abbreviation's meaning
_TWO = 2
_PART = 3  # letters of each half of a compound, at least

Phrase = tuple[Word, ...]

Feature = tuple[Phrase, ...]
"""Words that stand side by side in a term, and after them other phrases that say the same."""


class _Variant(NamedTuple):
    """Another way to write the words of a term from ``start`` up to ``stop``."""

    start: int
    stop: int
    written: Phrase


class Synonyms:
    """Knows how the papers of an index write things."""

    def __init__(self, index: TextIndex) -> None:
        self._index = index
        self._long_of = {
            short: tuple(Word(Form.STEM, word) for word in long)
            for short, long in index.abbreviations.items()
        }
        self._beginnings = {long[0][:_PART] for long in index.abbreviations.values()}
        self._parts: dict[Word, list[Phrase]] = {}
        self._short_of = {
            tuple(map(index.stem, long)): Word(Form.EXACT, short)
            for short, long in index.abbreviations.items()
        }

    def features(self, words: Phrase, stretches: Sequence[tuple[int, int]]) -> list[Feature]:
        """Return each stretch of a term's words, with the other ways to write it."""
        variants = list(self._variants(words))
        if not variants:  # as with most terms
            return [(words[start:stop],) for start, stop in stretches]
        return [_feature(words, start, stop, variants) for start, stop in stretches]

    def _variants(self, words: Phrase) -> Iterator[_Variant]:
        for start, word in enumerate(words):
            for written in self._apart(word):
                yield _Variant(start, start + 1, written)
            for stop in range(start + 2, min(start + _LONGEST, len(words)) + 1):
                for joined in self._together(words[start:stop]):
                    yield _Variant(start, stop, (joined,))

    def _apart(self, word: Word) -> list[Phrase]:
        """Return what an abbreviation stands for, and a compound as two words."""
        if word not in self._parts:
            short = word.text if word.text in self._long_of else word.text.removesuffix("s")
            long = self._long_of.get(short) if _is_whole(word) else None
            self._parts[word] = [*([long] if long else []), *self._halves(word)]
        return self._parts[word]

    def _halves(self, word: Word) -> Iterator[Phrase]:
        if word.form is Form.STEM:
            for cut in range(_PART, len(word.text) - _PART + 1):
                first, second = word.text[:cut], word.text[cut:]
                if self._index.has(first) and self._index.has(second):
                    yield Word(Form.STEM, first), Word(Form.STEM, second)

    def _together(self, words: Phrase) -> Iterator[Word]:
        """Yield the abbreviation of some words, and two words written as one."""
        short, joined = None, ""
        if words[0].text[:_PART] in self._beginnings:
            short = self._short_of.get(tuple(self._index.stem(word.text) for word in words))
        if len(words) == _TWO:
            joined = words[0].text + words[1].text
        is_joined = bool(joined) and self._index.has(joined)
        if (short or is_joined) and all(map(_is_whole, words)):
            if short:
                yield short
            if is_joined:
                yield Word(Form.STEM, joined)


def _feature(words: Phrase, start: int, stop: int, variants: Sequence[_Variant]) -> Feature:
    others = [
        (*words[start : each.start], *each.written, *words[each.stop : stop])
        for each in variants
        if each.start < stop and start < each.stop
    ]
    return words[start:stop], *dict.fromkeys(others)


def _is_whole(word: Word) -> bool:
    return word.form is not Form.PREFIX


def find_features(index: TextIndex, features: Sequence[Feature]) -> Occurrences:
    """Find distinct features among the content words, in whatever way they are written."""
    phrases, numbers = numbered(chain.from_iterable(features))
    found = find(index, index.content, phrases)
    if len(phrases) == len(features) == len(numbers):
        return found
    return found.together(Lists(numbers, lengths(features)), index.size)
