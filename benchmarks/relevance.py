"""Score the ranking against relevance labels, beside other people's ways to rank.

    python benchmarks/relevance.py FOLDER [COLLECTION ...] [--semantic FILE] [--ablation]

FOLDER holds one folder per collection, with `papers.jsonl[.gz]` and `profiles.jsonl` (the
forms that `digest rank` reads), perhaps `liked_papers.jsonl.gz`, and `qrels.tsv` with the
columns profile, paper and relevance. A collection whose papers fall on several days is
also measured within each day. A + or - behind a figure: above or below ours, p < .05.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digest.core.rank import Profile
from measure import print_table
from quality.baselines import Baselines, Ranker
from quality.collection import Collection, changed, folders, has_words, read
from quality.measures import (
    MEASURES,
    Floats,
    Measured,
    Rankings,
    mean_of,
    measured,
    measured_by_day,
    significance,
)
from quality.ours import ABLATIONS, Ours, ablated

if TYPE_CHECKING:
    from digest.pipeline.embed import Embedder

_LIKES = (0, 1, 2, 5, 10)
_BY_DAY = 2  # measures: with a hundred papers a day the others say little
_CERTAIN = 0.05
_OURS = "ours"
_HEADS = (*MEASURES, *(f"{name} by day" for name in MEASURES[:_BY_DAY]))


@dataclass(frozen=True, slots=True)
class Case:
    """Some readers of a collection, and the ways to rank for them; the first one is ours."""

    kind: str
    collection: Collection
    rankers: dict[str, Ranker]


def main() -> None:
    """Print the tables."""
    arguments = _arguments()
    embedder = _embedder(arguments.semantic)
    means: dict[str, list[dict[str, Floats]]] = defaultdict(list)
    for folder in folders(arguments.folder, arguments.collections):
        for case in _cases(read(folder), embedder, ablation=arguments.ablation):
            means[case.kind].append(_told(case, arguments.runs))
    for kind, tables in means.items():
        if len(tables) > 1:
            _show_means(f"{kind}: mean of {len(tables)} collections", mean_of(tables))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("collections", nargs="*", help="all of them when none is named")
    parser.add_argument(
        "--semantic",
        type=Path,
        metavar="FILE",
        help="rank by meaning, too; the vectors are kept in this file for the next run",
    )
    parser.add_argument("--ablation", action="store_true", help="ours without one of its rules")
    parser.add_argument("--runs", type=Path, metavar="FOLDER", help="write the rankings there")
    return parser.parse_args()


def _embedder(file: Path | None) -> "Embedder | None":
    if file is None:
        return None
    from quality.vectors import embedder  # noqa: PLC0415 - the extra may be missing

    return embedder(file)


def _cases(
    collection: Collection, embedder: "Embedder | None", *, ablation: bool
) -> Iterator[Case]:
    """Yield what to measure: words alone, liked papers beside them, and a growing number."""
    baselines = Baselines(collection, embedder)
    ours = _ours(collection, embedder, ablation=ablation)
    words = collection.of("words", has_words, partial(changed, liked=()))
    if words.profiles:
        yield Case("words", words, ours | baselines.by_words())
    likes = collection.of("with liked papers", lambda each: bool(each.interests.liked))
    if likes.profiles:
        rankers = dict(ours)
        if all(map(has_words, likes.profiles)):
            rankers |= {"ours without likes": _without_likes(ours[_OURS])}
            rankers |= {"BM25, stems": baselines.by_words()["BM25, stems"]}
        yield Case("with liked papers", likes, rankers | baselines.by_likes())
    yield from _growing(likes, baselines, ours)


def _growing(likes: Collection, baselines: Baselines, ours: dict[str, Ranker]) -> Iterator[Case]:
    """Yield the readers with the most likes, when they had liked but few of them."""
    for count in _LIKES:
        few = likes.of(
            f"the first {count}",
            lambda each: len(each.interests.liked) >= _LIKES[-1],
            partial(_liking_first, count),
        )
        if few.profiles and (count or all(map(has_words, few.profiles))):
            others = baselines.by_likes() if count else baselines.by_words()
            chosen = {name: each for name, each in ours.items() if name.startswith(_OURS)}
            yield Case(f"after {count} likes", few, chosen | others)


def _ours(
    collection: Collection, embedder: "Embedder | None", *, ablation: bool
) -> dict[str, Ranker]:
    """Return our rankings: by words, by meaning as well, and without one rule each."""
    rankers: dict[str, Ranker] = {_OURS: Ours(collection.papers, collection.liked).rankings}
    if embedder:
        vectors = embedder.papers(collection.papers)
        by_meaning = Ours(collection.papers, collection.liked, vectors)

        def ranked(profiles: Sequence[Profile]) -> Rankings:
            return by_meaning.rankings(profiles, embedder.meanings(profiles, collection.liked))

        rankers["ours, by meaning"] = ranked
    for name in ABLATIONS if ablation else ():
        rankers[name] = partial(_ablated, name, collection)
    return rankers


def _ablated(name: str, collection: Collection, profiles: Sequence[Profile]) -> Rankings:
    with ablated(name):
        return Ours(collection.papers, collection.liked).rankings(profiles)


def _without_likes(ranker: Ranker) -> Ranker:
    return lambda profiles: ranker([changed(each, liked=()) for each in profiles])


def _liking_first(count: int, profile: Profile) -> Profile:
    return changed(profile, liked=profile.interests.liked[:count])


def _told(case: Case, runs: Path | None) -> dict[str, Floats]:
    """Measure every ranker, print the table, and return the means of the whole rankings."""
    found: dict[str, list[Measured]] = {}
    for name, ranker in case.rankers.items():
        rankings = ranker(case.collection.profiles)
        found[name] = [*_measured(rankings, case.collection)]
        if runs:
            _write(runs / f"{case.collection.name} {name}.tsv", rankings, case.collection)
    rows = [[name, *_cells(each, found[_OURS])] for name, each in found.items()]
    title = f"{case.collection.name} ({len(case.collection.profiles)} readers)"
    print_table(title, ["", *_HEADS[: len(rows[0]) - 1]], rows)
    return {name: whole.means for name, (whole, *_) in found.items()}


def _measured(rankings: Rankings, collection: Collection) -> Iterator[Measured]:
    relevant = [np.array([*collection.grades[each.id].values()]) for each in collection.profiles]
    yield measured(rankings, collection.gains, relevant)
    if collection.days is not None:
        yield measured_by_day(rankings, collection.gains, collection.days)


def _means(measured: list[Measured]) -> Floats:
    """Return the means of all columns."""
    whole, *by_day = measured
    return np.concatenate([whole.means, *(each.means[:_BY_DAY] for each in by_day)])


def _cells(theirs: list[Measured], ours: list[Measured]) -> list[str]:
    """Return the means, marked where they are surely above or below ours."""
    columns = [len(MEASURES), _BY_DAY]
    marks = "".join(
        _mark(mean - our_mean, p)
        for one, our, count in zip(theirs, ours, columns[: len(ours)], strict=True)
        for mean, our_mean, p in list(
            zip(
                one.per_reader.mean(axis=0),
                our.per_reader.mean(axis=0),
                significance(our.per_reader, one.per_reader),
                strict=True,
            )
        )[:count]
    )
    return [f"{mean:.3f}{mark}" for mean, mark in zip(_means(theirs), marks, strict=True)]


def _mark(difference: float, p: float) -> str:
    if p >= _CERTAIN:
        return " "
    return "+" if difference > 0 else "-"


def _show_means(title: str, means: dict[str, Floats]) -> None:
    rows = [[name, *(f"{mean:.3f}" for mean in each)] for name, each in means.items()]
    print_table(title, ["", *MEASURES], rows)


def _write(file: Path, rankings: Rankings, collection: Collection) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as run:
        for profile, ranking in zip(collection.profiles, rankings, strict=True):
            for place, paper in enumerate(ranking):
                run.write(f"{profile.id}\t{collection.papers[paper].id.key}\t{-place}\n")


if __name__ == "__main__":
    main()
