"""Take in what a reader says of a paper, and give it to the reader's interests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from digest.core.feedback import Feedback, Verdict, with_feedback
from digest.core.paper import PaperId
from digest.core.subscriber import Subscriber
from digest.errors import UnknownPaperError, UsageError
from digest.ports import FeedbackStore, PaperStore


class FeedbackDesk(Protocol):
    """Where feedback is taken in; the program's store is one."""

    @property
    def papers(self) -> PaperStore:
        """What it may be about."""
        ...

    @property
    def feedback(self) -> FeedbackStore:
        """What was said."""
        ...


def give_feedback(
    store: FeedbackDesk,
    subscriber: Subscriber,
    paper_id: PaperId,
    verdict: Verdict,
    now: datetime,
    *,
    author: str = "",
) -> bool:
    """Record a verdict; the last one on a paper stands, and saying it again changes nothing.

    Args:
        store: where papers and verdicts are kept.
        subscriber: who says it.
        paper_id: of what, by any id that it is known under.
        verdict: what.
        now: the present (UTC).
        author: who of the paper's authors is not wanted, for ``Verdict.NOT_AUTHOR``; ""
            means the first.

    Returns:
        False when nothing changed: it stood already, or the reader is gone.

    Raises:
        UnknownPaperError: no paper is known under the id.
        UsageError: the paper has no such author, or none at all.
    """
    paper = store.papers.papers([paper_id]).get(paper_id)
    if paper is None:
        raise UnknownPaperError(paper_id)
    unwanted = _author_of(paper_id, paper.authors, author) if verdict is Verdict.NOT_AUTHOR else ""
    told = Feedback(paper=paper.id, verdict=verdict, author=unwanted, at=now)
    return store.feedback.record(subscriber.id, told)


def join_feedback(readers: Sequence[Subscriber], feedback: FeedbackStore) -> list[Subscriber]:
    """Return readers whose interests know what they said of papers; not to be stored so."""
    standing = feedback.standing([reader.id for reader in readers])
    return [
        replace(reader, interests=with_feedback(reader.interests, standing[reader.id]))
        if standing[reader.id]
        else reader
        for reader in readers
    ]


def _author_of(paper: PaperId, authors: Sequence[str], wanted: str) -> str:
    if not authors:
        raise UsageError(f"{paper}: its authors are not known")
    if wanted and wanted not in authors:
        raise UsageError(f"{paper}: {wanted!r} is no author of it; allowed: {', '.join(authors)}")
    return wanted or authors[0]
