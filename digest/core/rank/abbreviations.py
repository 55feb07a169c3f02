"""Abbreviations: what the papers themselves say that their short words stand for.

"large language models (LLMs)" defines LLM. The letters of the short form have to begin the
words before the parenthesis, in order; function words may be skipped. A stricter form of
Schwartz and Hearst, "A Simple Algorithm for Identifying Abbreviation Definitions in
Biomedical Text", 2003, section 3.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from digest.core.rank.words import STOP_WORDS, asked_words

_SHORT = re.compile(r"\(([A-Za-z][A-Za-z0-9-]{1,9})\)")
_BEFORE = 100  # characters in which the long form must lie
_CAPITALS = 2
_SKIPPED = 3  # function words at most
_TIMES = 3  # papers' definitions until one is believed
_MAJORITY = 0.5  # of all definitions of the same short form

Long = tuple[str, ...]


def definitions_in(text: str) -> Iterable[tuple[str, Long]]:
    """Yield short forms, folded and in the singular, with the words they stand for."""
    for found in _SHORT.finditer(text):
        short = found[1]
        if sum(letter.isupper() for letter in short) < _CAPITALS:
            continue
        singular = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        words = [word.casefold() for word, _ in asked_words(before)]
        if long := _spelled_out(singular.casefold(), words):
            yield singular.casefold(), long


def believed(counted: Mapping[tuple[str, Long], int]) -> dict[str, Long]:
    """Return what each short form stands for, where the papers agree.

    Args:
        counted: how often each short form was defined by each long form.
    """
    by_short: defaultdict[str, Counter[Long]] = defaultdict(Counter)
    for (short, long), times in counted.items():
        by_short[short][long] += times
    return {
        short: long
        for short, longs in by_short.items()
        for long, times in longs.most_common(1)
        if times >= _TIMES and times >= _MAJORITY * longs.total() and short not in STOP_WORDS
    }


def _spelled_out(short: str, words: list[str]) -> Long:
    """Return the last words that the letters of a short form begin, or none."""
    letters = [letter for letter in short if letter.isalnum()]
    taken: list[str] = []
    skipped = 0
    for word in reversed(words):
        if word[0] == letters[-1]:
            letters.pop()
            taken.append(word)
            if not letters:
                break
        elif word in STOP_WORDS and skipped < _SKIPPED:
            skipped += 1
        else:
            return ()
    meaning = tuple(word for word in reversed(taken) if word not in STOP_WORDS)
    return meaning if not letters and len(meaning) > 1 else ()
