"""A part of a reader's points for a paper, as the board adds them up."""

from typing import Any, Protocol

from digest.core.edition import Reason
from digest.core.rank.matrices import Ints
from digest.core.rank.product import Product


class _Told(Protocol):
    """A source of points that can say where they come from."""

    def reasons(self, reader: int, papers: Ints) -> list[list[Reason]]:
        """Return the reasons for the points of each of these papers; they add up."""
        ...


class Part(_Told, Protocol):
    """Points that are made as a whole."""

    def points(self, readers: range) -> Any:
        """Return the points of these readers, readers x papers, sparse."""
        ...


class WishPart(_Told, Protocol):
    """Points that go by the terms of readers, and are known for each term alone."""

    @property
    def product(self) -> Product:
        """Who asks for what, times what fits which paper."""
        ...

    def look_up(self, readers: Ints, papers: Ints) -> None:
        """Find together what the reasons will need: for each of these readers, one paper."""
        ...
