"""Libraries: a reader's own bibliography, whose papers count as liked ones.

    library = read_library(text, "bib")
    for dated in newest(library.papers):
        print(dated.paper.title, dated.paper.id)

Bibliographies are exported by many programs and edited by hand. A parser takes what it
understands, says of each broken entry where it is and what is wrong, and never fails.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from digest.core.library.bibtex import parse_bibtex
from digest.core.library.csl_json import parse_json
from digest.core.library.dates import Day
from digest.core.library.entry import Broken, Entry, Parsed
from digest.core.library.papers import paper_of
from digest.core.library.ris import parse_ris
from digest.core.paper import Paper

__all__ = ["KINDS", "MOST_COUNTED", "Broken", "DatedPaper", "Library", "newest", "read_library"]

MOST_COUNTED = 200
"""Entries of one library that count: the newest tell what a reader works on now, and ranking
takes longer the more there are. With half of somebody's reading list as the library, the other
half was found no better by more than a hundred, also where a library held four such lists."""

_PARSERS: MappingProxyType[str, Callable[[str], Parsed]] = MappingProxyType(
    {"bib": parse_bibtex, "ris": parse_ris, "json": parse_json}
)
KINDS = tuple(_PARSERS)
"""What a bibliography may be, by the ending of its file's name."""


@dataclass(frozen=True, slots=True)
class DatedPaper:
    """A paper of a library, and the day by which it is newer than others."""

    day: Day
    paper: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What a bibliography holds.

    Attributes:
        papers: the newest ones, at most ``MOST_COUNTED``, newest first.
        total: how many entries there are, without the broken ones.
        broken: what was skipped.
    """

    papers: tuple[DatedPaper, ...] = ()
    total: int = 0
    broken: tuple[Broken, ...] = ()


def read_library(text: str, kind: str) -> Library:
    """Read a bibliography.

    Args:
        text: its content.
        kind: one of ``KINDS``.
    """
    parsed = _PARSERS[kind](text.replace("\r\n", "\n").replace("\r", "\n"))
    latest = parsed.entries[::-1]  # of the same day, what was written last is newer
    latest.sort(key=_day, reverse=True)
    papers = tuple(DatedPaper(entry.day, paper_of(entry)) for entry in latest[:MOST_COUNTED])
    return Library(papers=papers, total=len(parsed.entries), broken=tuple(parsed.broken))


def newest(papers: Iterable[DatedPaper]) -> tuple[Paper, ...]:
    """Return the papers that count of a library in several files, newest first."""
    ordered = sorted(papers, key=lambda dated: dated.day, reverse=True)
    return tuple(dated.paper for dated in ordered[:MOST_COUNTED])


def _day(entry: Entry) -> Day:
    return entry.day
