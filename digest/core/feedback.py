"""Feedback: what a reader said of papers that came by mail, joined with the stated interests."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from digest.core.paper import PaperId
from digest.core.subscriber import Interests


class Verdict(StrEnum):
    """What a reader said of a paper."""

    MORE = "more"
    """More like this: it counts as liked."""
    FEWER = "fewer"
    """Fewer like this: it counts as disliked."""
    SAVE = "save"
    """Put aside to be read: it counts as saved."""
    NOT_AUTHOR = "not-author"
    """Nothing by this author any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One verdict.

    Attributes:
        paper: which paper.
        verdict: what was said.
        author: who is not wanted, for ``Verdict.NOT_AUTHOR``; else "".
        at: when (UTC).
    """

    paper: PaperId
    verdict: Verdict
    author: str = ""
    at: datetime


def with_feedback(interests: Interests, standing: Iterable[Feedback]) -> Interests:
    """Return interests with verdicts, which have the last word on the papers they are about.

    Args:
        interests: what the reader stated.
        standing: the last verdict on each paper, oldest first.
    """
    given = {each.paper: each for each in standing}
    if not given:
        return interests

    def papers(stated: tuple[PaperId, ...], verdict: Verdict) -> tuple[PaperId, ...]:
        judged = [paper for paper, each in given.items() if each.verdict is verdict]
        return (*(paper for paper in stated if paper not in given), *judged)

    unwanted = [each.author for each in given.values() if each.author]
    return replace(
        interests,
        liked=papers(interests.liked, Verdict.MORE),
        saved=papers(interests.saved, Verdict.SAVE),
        disliked=papers(interests.disliked, Verdict.FEWER),
        exclude_authors=tuple(dict.fromkeys((*interests.exclude_authors, *unwanted))),
    )
