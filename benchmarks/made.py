"""Made-up papers and readers for ranking, always the same for the same numbers.

Words are drawn as in texts (Zipf's law). Each reader has eight phrases of one to three words
out of 20,000, two thirds of which occur in the papers.
"""

import random
from bisect import bisect
from collections.abc import Callable
from itertools import accumulate

from digest.core.paper import Paper, PaperId
from digest.core.rank import Profile
from digest.core.subscriber import Interests, Keyword

_SYLLABLES = [f"{consonant}{vowel}" for consonant in "bcdfglmnprstvz" for vowel in "aeio"]
_WORDS = 12_000
_PHRASES = 20_000
_PHRASES_EACH = 8
_OCCURRING = 0.67
_SENTENCES, _SENTENCE_WORDS = 10, 17


def made(readers: int, papers: int) -> tuple[list[Paper], list[Profile]]:
    """Return so many papers, and readers who want them."""
    dice = random.Random(5)  # noqa: S311 (made-up data, no secret)
    library = _papers(papers, _drawing(dice, _vocabulary(dice), start=12, power=0.9), dice)
    return library, _profiles(readers, _phrases(library, dice), dice)


def _vocabulary(dice: random.Random) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < _WORDS:
        words["".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4)))] = None
    return list(words)


def _drawing(
    dice: random.Random, items: list[str], *, start: int, power: float
) -> Callable[[int], list[str]]:
    """Return a way to draw items, the first ones most often (Zipf's law)."""
    weights = list(accumulate((place + start) ** -power for place in range(len(items))))

    def draw(count: int) -> list[str]:
        return [items[bisect(weights, dice.random() * weights[-1])] for _ in range(count)]

    return draw


def _papers(count: int, draw: Callable[[int], list[str]], dice: random.Random) -> list[Paper]:
    return [
        Paper(
            id=PaperId(f"made:{number}"),
            title=" ".join(draw(dice.randint(7, 14))).capitalize(),
            abstract=" ".join(
                " ".join(draw(_SENTENCE_WORDS)).capitalize() + "." for _ in range(_SENTENCES)
            ),
        )
        for number in range(count)
    ]


def _phrases(library: list[Paper], dice: random.Random) -> list[str]:
    texts = [paper.abstract.lower().replace(".", "").split() for paper in library]
    phrases: dict[str, None] = {}
    while len(phrases) < _PHRASES:
        length = dice.choice((1, 1, 2, 2, 2, 3))
        text = dice.choice(texts)
        start = dice.randrange(len(text) - length)
        words = text[start : start + length]
        if dice.random() > _OCCURRING:
            words = [dice.choice(dice.choice(texts)) for _ in words]
        phrases[" ".join(words)] = None
    return list(phrases)


def _profiles(count: int, phrases: list[str], dice: random.Random) -> list[Profile]:
    draw = _drawing(dice, phrases, start=50, power=0.7)
    keywords = {phrase: Keyword(term=phrase) for phrase in phrases}
    return [
        Profile(
            id=f"reader{number}",
            interests=Interests(
                keywords=tuple(keywords[phrase] for phrase in dict.fromkeys(draw(_PHRASES_EACH)))
            ),
        )
        for number in range(count)
    ]
