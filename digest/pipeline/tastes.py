"""Tastes: what some readers want to read, with everything that ranking has to know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digest.core.paper import Paper, PaperId
from digest.core.rank import Meanings, Profile
from digest.core.subscriber import Interests, Subscriber
from digest.pipeline.embed import Embedder
from digest.pipeline.feedback import join_feedback
from digest.pipeline.library import Shelves, open_shelves, with_library
from digest.ports import FeedbackStore, Libraries, PaperStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Tastes:
    """What some readers want.

    Attributes:
        profiles: one for each reader, in their order; feedback and libraries are joined in,
            and papers are named by the ids that they go by now.
        judged: the papers that these name as liked, saved or disliked or have in their
            libraries, as far as known.
        meanings: vectors of what these say and like; None to go by words alone.
    """

    profiles: tuple[Profile, ...]
    judged: Mapping[PaperId, Paper]
    meanings: Meanings | None = None


def tastes_of(
    readers: Sequence[Subscriber],
    *,
    papers: PaperStore,
    feedback: FeedbackStore,
    embedder: Embedder | None = None,
    libraries: Libraries | None = None,
) -> Tastes:
    """Read what these readers said of papers and have in their libraries, and the papers."""
    shelves = open_shelves(readers, libraries, papers)
    named = {paper for reader in readers for paper in _judged(reader.interests)}
    known = papers.papers(named)
    renamed = [replace(each, interests=_renamed(each.interests, known)) for each in readers]
    joined = join_feedback(renamed, feedback)
    told = {paper for reader in joined for paper in _judged(reader.interests)}
    judged = {**shelves.texts, **{paper.id: paper for paper in known.values()}}
    judged |= papers.papers(told - judged.keys() - named)
    profiles = tuple(_profile(reader, shelves) for reader in joined)
    return Tastes(
        profiles=profiles,
        judged=judged,
        meanings=embedder.meanings(profiles, judged) if embedder else None,
    )


def _judged(interests: Interests) -> tuple[PaperId, ...]:
    return (*interests.more_like, *interests.disliked)


def _renamed(interests: Interests, known: Mapping[PaperId, Paper]) -> Interests:
    if not any(paper in known for paper in _judged(interests)):
        return interests

    def now(papers: Sequence[PaperId]) -> tuple[PaperId, ...]:
        return tuple(known[paper].id if paper in known else paper for paper in papers)

    return replace(
        interests,
        liked=now(interests.liked),
        saved=now(interests.saved),
        disliked=now(interests.disliked),
    )


def _profile(reader: Subscriber, shelves: Shelves) -> Profile:
    interests = reader.interests
    if reader.id in shelves.papers:
        interests = with_library(interests, shelves.papers[reader.id])
    return Profile(
        id=str(reader.id),
        interests=interests,
        limit=reader.max_papers,
        min_score=reader.min_score,
        trending_weight=reader.trending_weight,
        outsider=reader.outsider,
    )
