"""Renders one of the two bodies of a mail, HTML or text, as pieces with open slots.

Nothing here knows a reader: what differs from reader to reader is a slot. So each of these
pieces serves many mails; ``stock`` keeps them.
"""

from collections.abc import Callable, Sequence
from typing import Generic

from markupsafe import escape

from digest.core.render.author_view import view_authors
from digest.core.render.feedback_view import FeedbackView
from digest.core.render.fragment import Fragment, slot
from digest.core.render.medium import Data, Medium
from digest.core.render.page import Page
from digest.core.render.paper_view import PaperView
from digest.core.render.reason_view import ReasonView
from digest.core.render.templates import Templates


class Body(Generic[Data]):
    """Renders the pieces of HTML or of text.

    Args:
        templates: of the theme.
        kind: "html" or "txt".
        medium: what the pieces are made as.
    """

    def __init__(self, templates: Templates, kind: str, medium: Medium[Data]) -> None:
        self._medium = medium
        self._frame = templates.part(f"edition.{kind}.j2")
        self._card = templates.part(f"card.{kind}.j2")
        self._authors = templates.part(f"authors.{kind}.j2")
        self._reason = templates.part(f"reason.{kind}.j2")
        self._rest = templates.part(f"rest.{kind}.j2")
        self._row = templates.part(f"row.{kind}.j2")
        self._trend = templates.part(f"trend.{kind}.j2")
        self.escape: Callable[[str], str] = escape if kind == "html" else str

    def frame(self, page: Page, *, trending: bool) -> Fragment[Data]:
        """Return everything around the papers, with slots for them."""
        papers = {
            "cards": (slot("cards"),),
            "rest": slot("rest"),
            "trending": (slot("trending"),) if trending else (),
        }
        return self._frame.open(page.context() | papers, self._medium)

    def card(self, paper: PaperView, *, reasons: bool, feedback: FeedbackView) -> Fragment[Data]:
        """Return a paper's card, with slots for authors and reasons."""
        return self._card.open(
            {
                "paper": paper,
                "authors": slot("authors"),
                "reasons": (slot("reasons"),) if reasons else (),
                "feedback": feedback,
            },
            self._medium,
        )

    def authors(self, names: Sequence[str], followed: Sequence[str]) -> Data:
        """Return a paper's authors; ``followed`` are names that the reader follows."""
        return self._medium.press(self._authors.render({"authors": view_authors(names, followed)}))

    def reason(self, reason: ReasonView) -> Data:
        """Return why a paper is here."""
        return self._medium.press(self._reason.render({"reason": reason}))

    def rest(self, page: Page, *, rows: bool, left_out: int) -> Fragment[Data]:
        """Return what comes after the cards, with a slot for rows."""
        rest = {"rows": (slot("rows"),) if rows else (), "left_out": left_out}
        return self._rest.open(page.context() | rest, self._medium)

    def row(self, paper: PaperView) -> Data:
        """Return a paper in one line."""
        return self._medium.press(self._row.render({"paper": paper}))

    def trend(self, paper: PaperView) -> Data:
        """Return a line of the trending list."""
        return self._medium.press(self._trend.render({"paper": paper}))
