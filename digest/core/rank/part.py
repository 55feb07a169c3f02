"""A part of a reader's points for a paper, as the board adds them up."""

from typing import Any, Protocol

from digest.core.edition import Reason
from digest.core.rank.matrices import Ints


class Part(Protocol):
    """A source of points that can say where they come from."""

    def points(self, readers: range) -> Any:
        """Return the points of these readers, readers x papers, sparse."""
        ...

    def reasons(self, reader: int, papers: Ints) -> list[list[Reason]]:
        """Return the reasons for the points of each of these papers; they add up."""
        ...
