"""Entries of bibliographies, as the parsers give them: still raw, whatever the format."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from digest.core.library.dates import UNKNOWN, Day
from digest.core.paper import PaperId, arxiv_id_in, parse_doi
from digest.core.text import clean, clip

_LONGEST_KEY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One work that a bibliography names; texts may hold TeX, braces and mark-up.

    Attributes:
        title: of the work, or "" when an id names it.
        abstract: or "".
        authors: "First Last", in order.
        id: arXiv id or DOI, None when it has neither.
        doi: bare DOI, or "".
        day: when it was added or looked up, else when it appeared.
    """

    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    id: PaperId | None = None
    doi: str = ""
    day: Day = UNKNOWN


@dataclass(frozen=True, slots=True)
class Broken:
    """An entry that was skipped.

    Attributes:
        where: its line or number, and its key if it has one.
        why: what is wrong.
    """

    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser found, in the order of the file."""

    entries: list[Entry] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    def add(self, entry: Entry, where: str) -> None:
        """Take an entry in, or note that nothing tells which work it means."""
        if entry.id or entry.title.strip(" {}"):
            self.entries.append(entry)
        else:
            self.broken.append(Broken(where, "has no title"))


def place(name: str, number: int, key: str = "") -> str:
    """Return where an entry is: ``line 12 (lee2019)``."""
    shown = clip(clean(key), _LONGEST_KEY)
    return f"{name} {number} ({shown})" if shown else f"{name} {number}"


def identity(*, doi: str, eprint: str = "", places: Iterable[str]) -> tuple[PaperId | None, str]:
    """Return the id that an entry has, and its bare DOI or "".

    Args:
        doi: as the entry gives it.
        eprint: an arXiv id without anything before it, or "".
        places: texts in which an arXiv id or a DOI's address may stand, such as the URL.
    """
    told = [*places]
    dois = (parse_doi(raw.replace("\\", "").strip(" {}")) for raw in (doi, *told))
    bare = next(filter(None, dois), "")
    arxiv = arxiv_id_in(f"arxiv:{eprint.strip()}") or next(
        filter(None, map(arxiv_id_in, (doi, *told))), None
    )
    return arxiv or (PaperId.from_doi(bare) if bare else None), bare
