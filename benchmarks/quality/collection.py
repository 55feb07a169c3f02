"""Collections: papers, readers and what is relevant to them, as files of a folder."""

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from digest.core.paper import Paper, PaperId
from digest.core.profiles import profile_from_record
from digest.core.rank import Profile
from digest.core.records import paper_from_record

from .measures import Ints

Grades = dict[PaperId, int]


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Papers, readers and what is relevant to them.

    Attributes:
        name: the name of its folder, and what was chosen of it.
        papers: the papers to rank.
        profiles: the readers, each with at least one relevant paper.
        liked: texts of the papers that readers like.
        grades: per reader, the relevant papers and how relevant they are.
    """

    name: str
    papers: tuple[Paper, ...]
    profiles: tuple[Profile, ...]
    liked: dict[PaperId, Paper]
    grades: dict[str, Grades]

    @cached_property
    def days(self) -> Ints | None:
        """The day of each paper as a number, or None when they are not dated to the day."""
        days = [f"{each.published:%Y-%m-%d}" if each.published else "" for each in self.papers]
        if all(not day or day.endswith("-01-01") for day in days) or len({*days}) == 1:
            return None
        numbers: Ints = np.unique(days, return_inverse=True)[1]
        return numbers

    @cached_property
    def gains(self) -> list[Ints]:
        """Per reader, the grade of each paper."""
        numbers = {paper.id: number for number, paper in enumerate(self.papers)}
        gains = np.zeros((len(self.profiles), len(self.papers)), np.int64)
        for row, profile in zip(gains, self.profiles, strict=True):
            for paper, grade in self.grades[profile.id].items():
                if paper in numbers:
                    row[numbers[paper]] = grade
        return [*gains]

    def of(
        self,
        name: str,
        chosen: Callable[[Profile], bool],
        changed: Callable[[Profile], Profile] = lambda profile: profile,
    ) -> "Collection":
        """Return the chosen readers alone, changed."""
        profiles = tuple(changed(each) for each in self.profiles if chosen(each))
        return replace(self, name=f"{self.name}: {name}", profiles=profiles)


def changed(profile: Profile, **changes: Any) -> Profile:
    """Return a reader with other interests."""
    return replace(profile, interests=replace(profile.interests, **changes))


def has_words(profile: Profile) -> bool:
    """Tell whether a reader says more than which papers are liked."""
    return not replace(profile.interests, liked=()).is_empty


def folders(root: Path, names: list[str]) -> list[Path]:
    """Return the folders of these collections, of all when none is named.

    Raises:
        SystemExit: there is none.
    """
    found = [root / name for name in names] or sorted(
        each.parent for each in root.glob("*/qrels.tsv")
    )
    missing = [each for each in found if not (each / "qrels.tsv").exists()]
    if missing or not found:
        raise SystemExit(f"{(missing or [root])[0]}: no qrels.tsv, a collection needs one")
    return found


def read(folder: Path) -> Collection:
    """Read a collection; readers without a relevant paper are left out."""
    papers = [paper_from_record(each, source="paper") for each in _lines(folder, "papers.jsonl")]
    liked = [
        paper_from_record(each, source="paper") for each in _lines(folder, "liked_papers.jsonl")
    ]
    profiles = [profile_from_record(each) for each in _lines(folder, "profiles.jsonl")]
    grades = _grades(folder / "qrels.tsv")
    return Collection(
        name=folder.name,
        papers=tuple(papers),
        profiles=tuple(each for each in profiles if each.id in grades),
        liked={paper.id: paper for paper in liked},
        grades=grades,
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
        if int(grade) > 0:
            grades[profile][PaperId.parse(paper, source="paper")] = int(grade)
    return dict(grades)
