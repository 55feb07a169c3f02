"""The saved papers' part: the liked papers' points, with saved papers told apart."""

from collections.abc import Mapping, Sequence
from typing import Any

from digest.core.edition import Reason, ReasonKind
from digest.core.paper import Paper, PaperId
from digest.core.rank.matrices import Ints
from digest.core.rank.part import Part
from digest.core.rank.results import Profile


class SavedPart:
    """Says of reasons that name a liked paper when the reader saved it.

    Args:
        liked: gives the points and the reasons.
        profiles: the readers.
        texts: papers by id, the saved ones among them.
    """

    def __init__(
        self, liked: Part, profiles: Sequence[Profile], texts: Mapping[PaperId, Paper]
    ) -> None:
        self._liked = liked
        self._profiles = profiles
        self._texts = texts

    def points(self, readers: range) -> Any:
        """Return the points of these readers, readers x papers, sparse."""
        return self._liked.points(readers)

    def reasons(self, reader: int, papers: Ints) -> list[list[Reason]]:
        """Return, for each of these papers, the liked or saved papers it resembles most."""
        told = self._liked.reasons(reader, papers)
        saved = self._profiles[reader].interests.saved
        if not saved:
            return told
        titles = {self._texts[paper].title for paper in saved if paper in self._texts}
        return [[_of_saved(reason, titles) for reason in reasons] for reasons in told]


def _of_saved(reason: Reason, titles: set[str]) -> Reason:
    return reason._replace(kind=ReasonKind.SAVED) if reason.text in titles else reason
