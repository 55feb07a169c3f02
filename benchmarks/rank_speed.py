"""Measure ranking: processor seconds and memory for growing numbers of readers and papers.

    python benchmarks/rank_speed.py [--full] [--readers 1000 10000 100000] [--papers 1000]

Each case runs in a process of its own, so that its peak memory (VmHWM) is its own, and looks
for garbage as seldom as the command does. The baselines rank for the same readers: by searching
each phrase in each paper, for a few readers and multiplied, and by one product of TF-IDF.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context

import numpy as np

from digest.cli.garbage import look_seldom
from digest.core.paper import Paper
from digest.core.rank import Pool, rank
from made import made
from measure import peak_mib, print_table, spent
from quality.words import Tfidf

_READERS, _MOST_READERS = [1_000, 10_000, 100_000], 1_000_000
_PAPERS = 1_000
_PAPERS_BESIDE, _READERS_BESIDE = [100, 1_000, 10_000], 10_000
_FEW = 40  # readers, for the baseline that would take a quarter of an hour
_TOLD = 10_000  # readers whose reasons are read
_TOP = 10
_AT_ONCE = 1_000  # readers of the TF-IDF product
_HEADS = ("data MiB", "peak MiB", "s", "us a reader")
_OUR_HEADS = ("matched", "papers s", "readers s", "reasons, us a reader")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one case took; seconds are of the processor, data is what was there before."""

    readers: int
    base_mib: float
    peak_mib: float
    seconds: float
    index: float = 0.0
    reasons: float = 0.0
    matched: float = 0.0

    @property
    def each(self) -> float:
        """Microseconds a reader."""
        return self.seconds / max(self.readers, 1) * 1e6


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, nargs="+", default=_READERS)
    parser.add_argument("--papers", type=int, default=_PAPERS)
    parser.add_argument("--full", action="store_true", help=f"{_MOST_READERS:,} readers, too")
    arguments = parser.parse_args()
    readers = [*arguments.readers, *([_MOST_READERS] if arguments.full else [])]
    papers = arguments.papers

    found = [_alone(ours, count, papers) for count in readers]
    _show(f"Readers, {papers:,} papers", [f"{each.readers:,}" for each in found], found)
    for few, many in pairwise(found):
        further = (many.seconds - few.seconds) / max(many.readers - few.readers, 1) * 1e6
        print(f"From {few.readers:,} to {many.readers:,}: {further:.1f} us a further reader")

    beside = [_alone(ours, _READERS_BESIDE, count) for count in _PAPERS_BESIDE]
    _show(f"Papers, {_READERS_BESIDE:,} readers", [f"{c:,}" for c in _PAPERS_BESIDE], beside)

    most = max(arguments.readers)
    others = {"substrings": substrings, "TF-IDF product": tfidf_product}
    rows = [[name, *_cells(_alone(way, most, papers))] for name, way in others.items()]
    print_table(f"Others, {most:,} readers, {papers:,} papers", ["", *_HEADS], rows)


def ours(readers: int, papers: int) -> Figures:
    """Rank, and read the reasons for the top ten of some readers."""
    library, profiles = made(readers, papers)
    base = peak_mib()
    with spent() as indexing:
        pool = Pool(library)
    with spent() as ranking:
        rankings = rank(pool, profiles)
    peak, matched = peak_mib(), sum(each.matched for each in rankings)
    told = rankings[:_TOLD]
    _ = told[0].matches  # the first one looks up all places at once
    with spent() as telling:
        while told:  # as a caller does: one reader after the other, none kept
            _ = told.pop().matches
    return Figures(
        readers=readers,
        base_mib=base,
        peak_mib=peak,
        seconds=indexing.cpu + ranking.cpu,
        index=indexing.cpu,
        reasons=telling.cpu / min(readers, _TOLD),
        matched=matched / readers,
    )


def substrings(readers: int, papers: int) -> Figures:
    """Look for each phrase in each paper, for a few readers; multiply by all of them."""
    library, profiles = made(readers, papers)
    few = profiles[:_FEW]
    base, began = peak_mib(), time.process_time()
    texts = _texts(library)
    for profile in few:
        terms = [each.term for each in profile.interests.keywords]
        scores = [sum(term in text for term in terms) for text in texts]
        _ = sorted(range(papers), key=scores.__getitem__, reverse=True)[:_TOP]
    seconds = (time.process_time() - began) / len(few) * readers
    return Figures(readers=readers, base_mib=base, peak_mib=peak_mib(), seconds=seconds)


def tfidf_product(readers: int, papers: int) -> Figures:
    """Compare each reader's phrases as one text with all papers, a thousand readers at once."""
    library, profiles = made(readers, papers)
    base, began = peak_mib(), time.process_time()
    tfidf = Tfidf(_texts(library))
    across = tfidf.rows.T.tocsr()
    for start in range(0, readers, _AT_ONCE):
        some = profiles[start : start + _AT_ONCE]
        asked = tfidf.of([" ".join(k.term for k in each.interests.keywords) for each in some])
        _ = np.argpartition(-(asked @ across).toarray(), _TOP, axis=1)[:, :_TOP]
    seconds = time.process_time() - began
    return Figures(readers=readers, base_mib=base, peak_mib=peak_mib(), seconds=seconds)


def _texts(library: Sequence[Paper]) -> list[str]:
    return [f"{paper.title} {paper.abstract}".lower() for paper in library]


def _alone(case: Callable[[int, int], Figures], readers: int, papers: int) -> Figures:
    """Measure in a process of its own, which looks for garbage as the command does."""
    with get_context("spawn").Pool(1, look_seldom) as process:
        return process.apply(case, (readers, papers))


def _show(title: str, names: Sequence[str], found: Sequence[Figures]) -> None:
    rows = [
        [
            name,
            *_cells(each),
            f"{each.matched:.0f}",
            f"{each.index:.2f}",
            f"{each.seconds - each.index:.2f}",
            f"{each.reasons * 1e6:.0f}",
        ]
        for name, each in zip(names, found, strict=True)
    ]
    print_table(title, ["", *_HEADS, *_OUR_HEADS], rows)


def _cells(each: Figures) -> list[str]:
    return [
        f"{each.base_mib:.0f}",
        f"{each.peak_mib:.0f}",
        f"{each.seconds:.2f}",
        f"{each.each:.1f}",
    ]


if __name__ == "__main__":
    main()
