"""Names: whether an author's name is the one that a reader follows.

Accents, case, order ("Bengio, Yoshua") and initials ("Y. Bengio") do not matter; the family
name must agree, and so must the given names as far as both tell them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from digest.core.rank.words import fold

_PART = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['\u2019\u02bc]")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


class Name(NamedTuple):
    """A person's name, folded: the last word of the family name, and all the others."""

    family: str
    given: tuple[str, ...]


def name_of(text: str) -> Name:
    """Read a name in either order; a name without letters has an empty family name."""
    folded = _APOSTROPHES.sub("", fold(text).casefold())
    family, comma, given = folded.partition(",")
    parts = _parts(family)
    if comma and (first := _parts(given)):
        return Name(parts[-1] if parts else "", (*first, *parts[:-1]))
    if len(parts) > 1 and len(parts[-1]) == 1 < len(parts[0]):  # "Bengio Y"
        return Name(parts[0], tuple(parts[1:]))
    return Name(parts[-1], tuple(parts[:-1])) if parts else Name("", ())


def is_same(asked: Name, written: Name) -> bool:
    """Tell whether the name a reader asked for can be the written one.

    A family name alone asks for everybody who bears it.
    """
    if asked.family != written.family or not asked.family:
        return False
    if not asked.given or "".join(asked.given) == "".join(written.given):
        return True
    pairs = list(zip(asked.given, written.given, strict=False))
    return bool(pairs) and all(_agree(one, other) for one, other in pairs)


class Authors:
    """Who wrote which papers; the names are read when the first reader asks.

    Args:
        authors: of each paper, as written.
    """

    def __init__(self, authors: Sequence[tuple[str, ...]]) -> None:
        self._authors = authors

    def papers_by(self, names: Iterable[str]) -> list[list[int]]:
        """Return, for each name, the numbers of the papers that one of its bearers wrote."""
        return [
            list(
                dict.fromkeys(
                    paper
                    for written, paper in self._families.get(asked.family, ())
                    if is_same(asked, written)
                )
            )
            for asked in map(name_of, names)
        ]

    @cached_property
    def _families(self) -> dict[str, list[tuple[Name, int]]]:
        families: defaultdict[str, list[tuple[Name, int]]] = defaultdict(list)
        for paper, people in enumerate(self._authors):
            for written in map(name_of, people):
                families[written.family].append((written, paper))
        return dict(families)


def _parts(text: str) -> list[str]:
    return [part for part in _PART.findall(text) if part not in _SUFFIXES]


def _agree(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) == 1 and longer.startswith(shorter))
