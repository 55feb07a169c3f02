"""Measures of rankings against grades, as trec_eval defines them, and their significance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Rankings = Sequence[Ints]  # per reader, the numbers of the papers, best first

MEASURES = ("nDCG@10", "MAP", "P@5", "R@100")
_FEW, _TOP, _MANY = 5, 10, 100
_FLIPS = 10_000
_SEED = 1
_HAIR = 1e-12


@dataclass(frozen=True, slots=True)
class Measured:
    """What the rankings of some readers are worth.

    Attributes:
        each: one row a ranking, with the ``MEASURES``.
        readers: the reader of each row.
    """

    each: Floats
    readers: Ints

    @property
    def means(self) -> Floats:
        """The means over all rankings."""
        means: Floats = self.each.mean(axis=0)
        return means

    @property
    def per_reader(self) -> Floats:
        """The means of each reader's rankings: days of one reader are no strangers."""
        _, which, counts = np.unique(self.readers, return_inverse=True, return_counts=True)
        sums = np.zeros((len(counts), len(MEASURES)))
        np.add.at(sums, which, self.each)
        return sums / counts[:, None]


def measured(rankings: Rankings, gains: Sequence[Ints], relevant: Sequence[Ints]) -> Measured:
    """Measure one ranking a reader.

    Args:
        rankings: per reader, papers, best first.
        gains: per reader, the grade of each paper.
        relevant: per reader, all grades above zero, those of papers not ranked among them.
    """
    each = [
        measures(own[ranking], grades)
        for ranking, own, grades in zip(rankings, gains, relevant, strict=True)
    ]
    return Measured(np.array(each), np.arange(len(each)))


def measured_by_day(rankings: Rankings, gains: Sequence[Ints], days: Ints) -> Measured:
    """Measure each reader's ranking within each day that has something relevant."""
    each, readers = [], []
    for reader, (ranking, own) in enumerate(zip(rankings, gains, strict=True)):
        for day in np.unique(days[own > 0]):
            of_day = days == day
            each.append(measures(own[ranking[of_day[ranking]]], own[of_day & (own > 0)]))
            readers.append(reader)
    return Measured(np.array(each), np.array(readers))


def measures(gains: Ints, relevant: Ints) -> list[float]:
    """Return the ``MEASURES`` of one ranking.

    Args:
        gains: the grades in the order of the ranking, zero for what is not relevant.
        relevant: all grades above zero, in any order.
    """
    ideal = np.sort(relevant)[::-1]
    places = np.flatnonzero(gains) + 1
    found = np.arange(1, len(places) + 1)
    return [
        _discounted(gains[:_TOP]) / _discounted(ideal[:_TOP]),
        float((found / places).sum()) / len(ideal),
        np.count_nonzero(places <= _FEW) / _FEW,
        np.count_nonzero(places <= _MANY) / len(ideal),
    ]


def significance(ours: Floats, theirs: Floats) -> Floats:
    """Return two-sided p of the mean difference of pairs, for each column.

    A sign-flip test: Fisher's randomization, as Smucker, Allan and Carterette compare it in
    "A comparison of statistical significance tests for information retrieval", CIKM 2007.
    """
    differences = ours - theirs
    signs = np.random.default_rng(_SEED).choice((-1.0, 1.0), (_FLIPS, len(differences)))
    extreme = np.abs(signs @ differences) >= np.abs(differences.sum(axis=0)) - _HAIR
    p: Floats = (extreme.sum(axis=0) + 1) / (_FLIPS + 1)
    return p


def mean_of(tables: Sequence[Mapping[str, Floats]]) -> dict[str, Floats]:
    """Return the means over tables of what is in all of them."""
    names = [name for name in tables[0] if all(name in each for each in tables)]
    return {name: np.mean([each[name] for each in tables], axis=0) for name in names}


def _discounted(gains: Ints) -> float:
    return float((gains / np.log2(np.arange(2, len(gains) + 2))).sum())
