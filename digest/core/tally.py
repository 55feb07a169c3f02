"""The names that most people give, counted in memory that does not grow with the names.

Lossy counting, after Manku and Motwani, "Approximate frequency counts over data streams"
(VLDB 2002): when there are too many names, the rarest are forgotten. What is counted of a
name that is left may be too low, by ``missed`` at most; with fewer names it is exact.
"""

from collections.abc import Iterable

_MOST = 100_000


class Tally:
    """How many people gave each name.

    Args:
        most: how many names are remembered at once.

    Attributes:
        missed: by how much a count may be too low.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._counts: dict[str, int] = {}
        self._spelt: dict[str, str] = {}
        self.missed = 0

    def add(self, names: Iterable[str]) -> None:
        """Count the names that one person gave, each once, whatever its capitals and blanks."""
        given: dict[str, str] = {}
        for raw in names:
            name = " ".join(raw.split())
            given.setdefault(name.casefold(), name)
        given.pop("", None)
        for key, name in given.items():
            number = self._counts.get(key, 0)
            self._counts[key] = number + 1
            if not number:
                self._spelt[key] = name
        if len(self._counts) > self._most:
            self._forget()

    def top(self, limit: int) -> list[tuple[str, int]]:
        """Return the names given most, as they were first spelt, with the number of people."""
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        return [(self._spelt[key], number) for key, number in ranked[:limit]]

    def _forget(self) -> None:
        """Forget the rarer half, and all that are no more frequent than it."""
        border = sorted(self._counts.values())[len(self._counts) // 2]
        self._counts = {key: number for key, number in self._counts.items() if number > border}
        self._spelt = {key: self._spelt[key] for key in self._counts}
        self.missed += border
