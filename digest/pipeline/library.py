"""Shelves: the papers of readers' libraries, under the ids that the store knows them by.

A paper that the store does not know is a text to compare with, and is kept nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digest.core.paper import Paper, PaperId, work_keys
from digest.core.subscriber import Interests, Subscriber
from digest.ports import Libraries, PaperStore


@dataclass(frozen=True, slots=True)
class Shelves:
    """The libraries of some readers.

    Attributes:
        papers: by the reader's number, what is in the library.
        texts: those papers.
    """

    papers: Mapping[int, tuple[PaperId, ...]]
    texts: Mapping[PaperId, Paper]


def open_shelves(
    readers: Sequence[Subscriber], libraries: Libraries | None, papers: PaperStore
) -> Shelves:
    """Look up which papers of these readers' libraries the store knows.

    One is known by its arXiv id, by its DOI, or by its title and first author.
    """
    owned = {reader.id: libraries.papers_of(reader) for reader in readers} if libraries else {}
    entries = {paper.id: paper for own in owned.values() for paper in own}
    keys = {each: tuple(map(PaperId, work_keys(paper))) for each, paper in entries.items()}
    known = papers.papers(key for names in keys.values() for key in names) if keys else {}
    named = {
        each: _as_known(paper, next((known[key] for key in keys[each] if key in known), None))
        for each, paper in entries.items()
    }
    return Shelves(
        papers={
            number: tuple(dict.fromkeys(named[paper.id].id for paper in own))
            for number, own in owned.items()
            if own
        },
        texts={paper.id: paper for paper in named.values()},
    )


def with_library(interests: Interests, papers: Sequence[PaperId]) -> Interests:
    """Return interests with the papers of a library; what was said of one of them stands."""
    judged = {*interests.liked, *interests.saved, *interests.disliked}
    return replace(interests, library=tuple(each for each in papers if each not in judged))


def join_libraries(readers: Sequence[Subscriber], libraries: Libraries | None) -> list[Subscriber]:
    """Return readers whose interests name their libraries' papers; not to be stored so."""
    if libraries is None:
        return [*readers]
    owned = [(reader, libraries.papers_of(reader)) for reader in readers]
    return [
        replace(reader, interests=with_library(reader.interests, [paper.id for paper in papers]))
        if papers
        else reader
        for reader, papers in owned
    ]


def _as_known(paper: Paper, known: Paper | None) -> Paper:
    if known is None:
        return paper
    return known if known.abstract else replace(known, abstract=paper.abstract)
