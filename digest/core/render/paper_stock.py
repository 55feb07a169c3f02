"""What both bodies of a mail say of one paper, for every reader; made when first wanted."""

from typing import Generic

from digest.core.paper import Paper
from digest.core.render.body import Body
from digest.core.render.both import Both
from digest.core.render.feedback_view import view_feedback
from digest.core.render.fragment import Fragment, slot
from digest.core.render.medium import Data
from digest.core.render.paper_view import PaperView, view_paper


class PaperStock(Generic[Data]):
    """The pieces of one paper.

    Args:
        paper: any record, hostile ones included.
        bodies: render them.
    """

    __slots__ = ("_bodies", "_cards", "_rows", "_trends", "_views", "paper")

    def __init__(self, paper: Paper, bodies: Both[Body[Data]]) -> None:
        self.paper = paper
        self._bodies = bodies
        self._views: dict[tuple[int, int], PaperView] = {}
        self._cards: dict[tuple[int, int, bool, bool, bool], Both[Fragment[Data]]] = {}
        self._rows: dict[int, Both[Data]] = {}
        self._trends: dict[int, Both[Data]] = {}

    def view(self, lead_limit: int, year: int) -> PaperView:
        """Return what templates see of it, given the longest lead and the year."""
        key = lead_limit, year
        if key not in self._views:
            self._views[key] = view_paper(self.paper, lead_limit, year)
        return self._views[key]

    def card(
        self, lead_limit: int, year: int, *, reasons: bool, feedback: bool, followed: bool
    ) -> Both[Fragment[Data]]:
        """Return its cards, with or without room for reasons, feedback and followed authors."""
        key = lead_limit, year, reasons, feedback, followed
        card = self._cards.get(key)
        if card is None:
            card = self._make_card(lead_limit, year, reasons=reasons, feedback=feedback)
            if not followed:
                card = self._with_authors(card)
            self._cards[key] = card
        return card

    def _make_card(
        self, lead_limit: int, year: int, *, reasons: bool, feedback: bool
    ) -> Both[Fragment[Data]]:
        view = self.view(lead_limit, year)
        links = view_feedback(slot("feedback") if feedback else "", self.paper.id)
        return Both(*(body.card(view, reasons=reasons, feedback=links) for body in self._bodies))

    def _with_authors(self, card: Both[Fragment[Data]]) -> Both[Fragment[Data]]:
        """Return a card with its authors in it, for readers who follow none of them."""
        pieces = zip(card, self._bodies, strict=True)
        names = self.paper.authors
        return Both(*(piece.close("authors", body.authors(names, ())) for piece, body in pieces))

    def row(self, year: int) -> Both[Data]:
        """Return it in one line."""
        if year not in self._rows:
            view = self.view(0, year)
            self._rows[year] = Both(*(body.row(view) for body in self._bodies))
        return self._rows[year]

    def trend(self, year: int) -> Both[Data]:
        """Return it as a line of the trending list."""
        if year not in self._trends:
            view = self.view(0, year)
            self._trends[year] = Both(*(body.trend(view) for body in self._bodies))
        return self._trends[year]
