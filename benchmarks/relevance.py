"""Score the ranking against relevance labels: a table of nDCG@10, MAP and more.

    python benchmarks/relevance.py FOLDER [COLLECTION ...]

FOLDER holds one folder per collection, with `papers.jsonl[.gz]` and `profiles.jsonl` (the
forms that `digest rank` reads), perhaps `liked_papers.jsonl.gz`, and `qrels.tsv` with the
columns profile, paper and relevance. A collection whose papers fall on several days is
also ranked within each day.
"""

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from statistics import mean
from typing import Any

from digest.core.paper import Paper, PaperId
from digest.core.profiles import profile_from_record
from digest.core.rank import Pool, Profile, score_all
from digest.core.records import paper_from_record

MEASURES = ("nDCG@10", "MAP", "P@5", "R@100")
_FEW, _TOP, _MANY = 5, 10, 100
Grades = dict[PaperId, int]
Run = dict[str, list[PaperId]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Papers, readers and what is relevant to them."""

    name: str
    papers: list[Paper]
    profiles: list[Profile]
    liked: dict[PaperId, Paper]
    grades: dict[str, Grades]


def main() -> None:
    """Print the table."""
    arguments = _arguments()
    print(f"{'':28}{'profiles':>9}" + "".join(f"{name:>9}" for name in MEASURES) + f"{'s':>7}")
    for folder in _folders(arguments.folder, arguments.collections):
        collection = _read(folder)
        for name, case in _cases(collection):
            started = time.process_time()
            run = _ranked(case)
            seconds = time.process_time() - started
            _show(name, _measured(run, case.grades), seconds)
            if len(_days(case)) > 1:
                _show(f"{name}, by day", _by_day(run, case), 0.0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("collections", nargs="*", help="all of them when none is named")
    return parser.parse_args()


def _cases(collection: Collection) -> Iterator[tuple[str, Collection]]:
    """Yield what to measure: keywords or free words, and liked papers with and without them."""
    asks = [each for each in collection.profiles if not _only_liked(each)]
    likes = [each for each in collection.profiles if each.interests.liked]
    if asks:
        words = [_with(each, liked=()) for each in asks]
        yield f"{collection.name}: words", replace(collection, profiles=words)
    if likes:
        yield f"{collection.name}: liked", _those(collection, likes)
        without = [_with(each, liked=()) for each in likes if not _only_liked(each)]
        if without:
            yield f"{collection.name}: same, words", _those(collection, without)


def _only_liked(profile: Profile) -> bool:
    return replace(profile.interests, liked=()).is_empty


def _with(profile: Profile, **changes: Any) -> Profile:
    return replace(profile, interests=replace(profile.interests, **changes))


def _those(collection: Collection, profiles: list[Profile]) -> Collection:
    ids = {profile.id for profile in profiles}
    grades = {each: found for each, found in collection.grades.items() if each in ids}
    return replace(collection, profiles=profiles, grades=grades)


def _ranked(collection: Collection) -> Run:
    background = list(collection.liked.values())
    pool = Pool(collection.papers, background=background)
    run: Run = defaultdict(list)
    everything = len(collection.papers)
    for profile, paper, _ in score_all(
        pool, collection.profiles, liked=collection.liked, top=everything
    ):
        run[profile].append(paper)
    return run


def _measured(run: Mapping[str, list[PaperId]], grades: Mapping[str, Grades]) -> list[list[float]]:
    return [
        _measures(run.get(profile, []), relevant)
        for profile, relevant in grades.items()
        if any(grade > 0 for grade in relevant.values())
    ]


def _measures(ranking: list[PaperId], grades: Grades) -> list[float]:
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    gains = [max(grades.get(paper, 0), 0) for paper in ranking]
    hits = [place for place, gain in enumerate(gains, 1) if gain]
    return [
        _discounted(gains[:_TOP]) / _discounted(ideal[:_TOP]),
        sum(found / place for found, place in enumerate(hits, 1)) / len(ideal),
        sum(place <= _FEW for place in hits) / _FEW,
        sum(place <= _MANY for place in hits) / len(ideal),
    ]


def _discounted(gains: list[int]) -> float:
    return sum(gain / log2(place + 1) for place, gain in enumerate(gains, 1))


def _days(collection: Collection) -> dict[PaperId, str]:
    days = {each.id: f"{each.published:%Y-%m-%d}" for each in collection.papers if each.published}
    dated = any(not day.endswith("-01-01") for day in days.values())
    return days if dated else {}


def _by_day(run: Run, collection: Collection) -> list[list[float]]:
    days = _days(collection)
    rankings: dict[str, list[PaperId]] = defaultdict(list)
    grades: dict[str, Grades] = defaultdict(dict)
    for profile, ranking in run.items():
        for paper in ranking:
            rankings[f"{profile}@{days.get(paper)}"].append(paper)
    for profile, relevant in collection.grades.items():
        for paper, grade in relevant.items():
            grades[f"{profile}@{days.get(paper)}"][paper] = grade
    return _measured(rankings, grades)


def _show(name: str, measured: list[list[float]], seconds: float) -> None:
    means = [mean(column) for column in zip(*measured, strict=True)]
    figures = "".join(f"{value:9.3f}" for value in means)
    print(f"{name:28}{len(measured):9}{figures}{seconds:7.1f}", flush=True)


def _folders(root: Path, names: list[str]) -> list[Path]:
    return [root / name for name in names] or sorted(
        each.parent for each in root.glob("*/qrels.tsv")
    )


def _read(folder: Path) -> Collection:
    papers = [paper_from_record(each, source="paper") for each in _lines(folder, "papers.jsonl")]
    liked = [
        paper_from_record(each, source="paper") for each in _lines(folder, "liked_papers.jsonl")
    ]
    return Collection(
        name=folder.name,
        papers=papers,
        profiles=[profile_from_record(each) for each in _lines(folder, "profiles.jsonl")],
        liked={paper.id: paper for paper in liked},
        grades=_grades(folder / "qrels.tsv"),
    )


def _lines(folder: Path, name: str) -> Iterator[dict[str, object]]:
    plain, packed = folder / name, folder / f"{name}.gz"
    if packed.exists():
        text = gzip.decompress(packed.read_bytes()).decode()
    else:
        text = plain.read_text(encoding="utf-8") if plain.exists() else ""
    return (json.loads(line) for line in text.splitlines() if line.strip())


def _grades(path: Path) -> dict[str, Grades]:
    grades: dict[str, Grades] = defaultdict(dict)
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        profile, paper, grade = line.split("\t")
        grades[profile][PaperId.parse(paper, source="paper")] = int(grade)
    return dict(grades)


if __name__ == "__main__":
    main()
