"""The saved papers' part: the liked papers' points; saved papers and libraries told apart."""

from collections.abc import Mapping, Sequence
from typing import Any

from digest.core.edition import Reason, ReasonKind
from digest.core.paper import Paper, PaperId
from digest.core.rank.matrices import Ints
from digest.core.rank.part import Part
from digest.core.rank.results import Profile


class SavedPart:
    """Says of reasons that name a liked paper when the reader saved it or owns it.

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
        """Return, for each of these papers, which of the wanted papers it resembles most."""
        told = self._liked.reasons(reader, papers)
        interests = self._profiles[reader].interests
        kinds = {
            **self._kinds(interests.library, ReasonKind.LIBRARY),
            **self._kinds(interests.saved, ReasonKind.SAVED),
        }
        if not kinds:
            return told
        return [
            [reason._replace(kind=kinds.get(reason.text, reason.kind)) for reason in reasons]
            for reasons in told
        ]

    def _kinds(self, papers: Sequence[PaperId], kind: ReasonKind) -> dict[str, ReasonKind]:
        """Return the kind by the titles of these papers."""
        return {self._texts[paper].title: kind for paper in papers if paper in self._texts}
