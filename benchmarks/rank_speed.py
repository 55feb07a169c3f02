"""Measure ranking: seconds and memory for growing numbers of readers.

    python benchmarks/rank_speed.py [--readers 1000 10000 100000] [--papers 1000]

Papers and readers are made up from a fixed seed: Zipf-like words, eight phrases of one to
three words for each reader out of 20,000, two thirds of which occur in the papers. Each
size runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import random
import resource
import time
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing import get_context

from digest.core.paper import Paper, PaperId
from digest.core.rank import Pool, Profile, rank
from digest.core.subscriber import Interests, Keyword

_SYLLABLES = [f"{consonant}{vowel}" for consonant in "bcdfglmnprstvz" for vowel in "aeio"]
_WORDS = 12_000
_PHRASES = 20_000
_PHRASES_EACH = 8
_OCCURRING = 0.67
_SENTENCES, _SENTENCE_WORDS = 10, 17


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run took; seconds are of the processor."""

    readers: int
    index: float
    ranking: float
    reasons: float
    base_mib: float
    peak_mib: float
    matched: float


def main() -> None:
    """Print one line for each number of readers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--papers", type=int, default=1_000)
    arguments = parser.parse_args()
    print(
        f"{'readers':>8}{'index s':>9}{'rank s':>9}{'reasons s':>11}"
        f"{'data MiB':>10}{'peak MiB':>10}{'matched':>9}"
    )
    for readers in arguments.readers:
        with get_context("spawn").Pool(1) as process:
            figures = process.apply(measured, (readers, arguments.papers))
        print(
            f"{figures.readers:8}{figures.index:9.2f}{figures.ranking:9.2f}"
            f"{figures.reasons:11.2f}{figures.base_mib:10.0f}{figures.peak_mib:10.0f}"
            f"{figures.matched:9.0f}",
            flush=True,
        )


def measured(readers: int, papers: int) -> Figures:
    """Make the data, rank, and read every reason."""
    dice = random.Random(5)  # noqa: S311 (made-up data, no secret)
    library = _papers(papers, _drawing(dice, _vocabulary(dice), start=12, power=0.9), dice)
    profiles = _profiles(readers, _phrases(library, dice), dice)
    base = _peak_mib()
    started = time.process_time()
    pool = Pool(library)
    indexed = time.process_time()
    rankings = rank(pool, profiles)
    ranked = time.process_time()
    peak = _peak_mib()
    matched = sum(ranking.matched for ranking in rankings) / max(readers, 1)
    while rankings:  # as a caller does: one reader after the other, none kept
        _ = rankings.pop().matches
    return Figures(
        readers=readers,
        index=indexed - started,
        ranking=ranked - indexed,
        reasons=time.process_time() - ranked,
        base_mib=base,
        peak_mib=peak,
        matched=matched,
    )


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


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
