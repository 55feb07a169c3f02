"""The index: the words of many texts as arrays of numbers, and which of them a term means."""

import sys
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count

import numpy as np
import snowballstemmer

from digest.core.rank.abbreviations import Long, believed, definitions_in
from digest.core.rank.matrices import Floats, Ints
from digest.core.rank.terms import Form, Word
from digest.core.rank.words import BORDER, STOP_WORDS, words_of

_BUCKET = 2  # letters that the English stemmer leaves alone (but for dying, lying, tying)

TITLE_WEIGHT = 3  # a word in the title counts as three in the abstract (BM25F)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Word numbers in reading order; 0 stands between fields and sentences.

    Attributes:
        tokens: the word at each position.
        cells: where each position lies: twice the text's number, plus one in the title.
    """

    tokens: Ints
    cells: Ints


class TextIndex:
    """Titles and abstracts, split into words once.

    Attributes:
        size: how many texts there are.
        full: all words.
        content: the words without stop words, which brings their neighbours together.
        average_length: the mean of the lengths, at least one.
        lengths: content words of each text, those of the title counted ``TITLE_WEIGHT`` times.
        word_count: how many distinct words there are, the border included.
        abbreviations: what the texts' short forms stand for.
    """

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        border = numbers[BORDER]
        tokens: list[int] = [border]
        ends: list[int] = []
        defined: Counter[tuple[str, Long]] = Counter()
        for title, abstract in texts:
            for text in (abstract, title):
                tokens.extend(map(numbers.__getitem__, words_of(text)))
                defined.update(definitions_in(text))
                tokens.append(border)
                ends.append(len(tokens))
        self.size = len(ends) // 2
        self.word_count = len(numbers)
        self.abbreviations = believed(defined)
        self.full = Sequence(np.array(tokens, dtype=np.int64), _cells(ends))
        self.content = _without_stop_words(self.full, numbers)
        self.lengths = self._lengths()
        self.average_length = max(float(self.lengths.sum()) / max(self.size, 1), 1.0)
        self._numbers = dict(numbers)
        self._sorted = sorted(self._numbers)
        self._stems: dict[str, str] = {}
        self._buckets: dict[str, dict[str, list[int]]] = {}
        self._stemmer = snowballstemmer.stemmer("english")

    def numbers_of(self, word: Word) -> list[int]:
        """Return the numbers of all words of the texts that this word of a term means."""
        match word.form:
            case Form.STEM:
                return self._bucket(word.text).get(self.stem(word.text), [])
            case Form.EXACT:
                spellings = (word.text, f"{word.text}s")
                return [self._numbers[each] for each in spellings if each in self._numbers]
            case Form.PREFIX:
                return [self._numbers[each] for each in self._spelled_from(word.text)]

    def counted_from(self, start: str) -> dict[str, int]:
        """Return the words that begin so, and how often each stands in the texts."""
        return {word: int(self._counts[self._numbers[word]]) for word in self._spelled_from(start)}

    @cached_property
    def _counts(self) -> Ints:
        return np.bincount(self.full.tokens, minlength=self.word_count)

    def has(self, text: str) -> bool:
        """Tell whether the texts have a folded word exactly so."""
        return text in self._numbers

    def read(self, texts: Iterable[tuple[str, str]]) -> Sequence:
        """Return the content words of other texts; words not in the index count as borders."""
        border = self._numbers[BORDER]
        tokens: list[int] = [border]
        ends: list[int] = []
        for title, abstract in texts:
            for text in (abstract, title):
                words = (word for word in words_of(text) if word not in STOP_WORDS)
                tokens.extend(self._numbers.get(word, border) for word in words)
                tokens.append(border)
                ends.append(len(tokens))
        return Sequence(np.array(tokens, dtype=np.int64), _cells(ends))

    def _lengths(self) -> Floats:
        here = self.content.tokens > 0
        counts = np.bincount(self.content.cells[here], minlength=2 * self.size)
        return (counts[0::2] + TITLE_WEIGHT * counts[1::2]).astype(np.float32)

    def stem(self, word: str) -> str:
        """Return the stem of a folded word."""
        if word not in self._stems:
            self._stems[word] = self._stemmer.stemWord(word)
        return self._stems[word]

    def _bucket(self, word: str) -> dict[str, list[int]]:
        """Stem, once, the words that begin as this one does: stemming is what costs."""
        start = word[:_BUCKET]
        if start not in self._buckets:
            bucket: defaultdict[str, list[int]] = defaultdict(list)
            alike = self._spelled_from(start)
            for each, stem in zip(alike, self._stemmer.stemWords(alike), strict=True):
                bucket[stem].append(self._numbers[each])
                self._stems[each] = stem
            self._buckets[start] = bucket
        return self._buckets[start]

    def _spelled_from(self, start: str) -> list[str]:
        first = bisect_left(self._sorted, start)
        last = bisect_left(self._sorted, start + chr(sys.maxunicode))
        return self._sorted[first:last]


def _cells(ends: list[int]) -> Ints:
    """Number the stretches of positions that end at ``ends``; the last one gets a border."""
    starts = np.array([1, *ends[:-1]], dtype=np.int64)[: len(ends)]
    sizes = np.array(ends, dtype=np.int64) - starts
    stretches = np.repeat(np.arange(len(ends), dtype=np.int64), sizes)
    return np.concatenate([np.zeros(1, dtype=np.int64), stretches])


def _without_stop_words(full: Sequence, numbers: Mapping[str, int]) -> Sequence:
    is_stop = np.zeros(len(numbers), dtype=np.bool_)
    is_stop[[numbers[word] for word in STOP_WORDS if word in numbers]] = True
    keep = ~is_stop[full.tokens]
    return Sequence(full.tokens[keep], full.cells[keep])
