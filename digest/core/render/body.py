"""One of the two bodies of a mail, HTML or plain text, put together from its pieces.

Pieces that are the same for many readers are rendered once and kept, with open slots for
what differs: a paper's card, its row, its trend, a reason, the frame around them all.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from digest.core.paper import Paper
from digest.core.render.author_view import view_authors
from digest.core.render.fragment import Fragment, slot
from digest.core.render.page import Page
from digest.core.render.paper_view import PaperView
from digest.core.render.pick import FeedbackView, Pick
from digest.core.render.reason_view import ReasonView
from digest.core.render.templates import Templates

ViewPaper = Callable[[Paper, int, int], PaperView]

_PAPERS_KEPT = 2_048
_REASONS_KEPT = 16_384
_FRAMES_KEPT = 256
_AUTHORS, _REASONS = slot("authors"), slot("reasons")
_MORE, _FEWER = slot("more"), slot("fewer")
_CARDS, _REST = slot("cards"), slot("rest")


@dataclass(frozen=True, slots=True)
class Card:
    """A paper's card for every reader.

    Attributes:
        fragment: the card, with slots for authors, reasons and feedback links.
        authors: its authors for a reader who follows none of them.
    """

    fragment: Fragment
    authors: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the picks, and one reader's words for its slots."""

    fragment: Fragment
    words: Mapping[str, str]

    def fill(self, *, cards: Sequence[str] = (), rest: str = "") -> str:
        """Return the body with its papers."""
        return self.fragment.fill({**self.words, "cards": "".join(cards), "rest": rest})


class Body:
    """Renders HTML or text.

    Args:
        templates: of the theme.
        kind: "html" or "txt".
        view: prepares a paper for templates, given the longest lead and the year.
    """

    def __init__(self, templates: Templates, kind: str, view: ViewPaper) -> None:
        self._view = view
        self._edition_part = templates.part(f"edition.{kind}.j2")
        self._card_part = templates.part(f"card.{kind}.j2")
        self._authors_part = templates.part(f"authors.{kind}.j2")
        self._reason_part = templates.part(f"reason.{kind}.j2")
        self._rest_part = templates.part(f"rest.{kind}.j2")
        self._row_part = templates.part(f"row.{kind}.j2")
        self._trend_part = templates.part(f"trend.{kind}.j2")
        self._ready: Callable[[str], str] = Markup if kind == "html" else str
        self._escape: Callable[[str], str] = escape if kind == "html" else str
        self._edition = lru_cache(_FRAMES_KEPT)(self._render_edition)
        self._card = lru_cache(_PAPERS_KEPT)(self._render_card)
        self._reason = lru_cache(_REASONS_KEPT)(self._render_reason)
        self.row = lru_cache(_PAPERS_KEPT)(self._render_row)
        self.trend = lru_cache(_PAPERS_KEPT)(self._render_trend)

    def card(self, pick: Pick, lead_limit: int, this_year: int) -> str:
        """Return a pick's card for one reader."""
        reasons = _REASONS if pick.reasons else ""
        more, fewer = pick.feedback.more, pick.feedback.fewer
        feedback = FeedbackView(_MORE if more else "", _FEWER if fewer else "")
        card = self._card(pick.paper, lead_limit, this_year, reasons, feedback)
        authors = self._authors(pick.paper, pick.followed) if pick.followed else card.authors
        return card.fragment.fill(
            {
                "authors": authors,
                "reasons": "".join(map(self._reason, pick.reasons)),
                "more": self._escape(more),
                "fewer": self._escape(fewer),
            }
        )

    def frame(self, page: Page, *, trending: Sequence[str]) -> Frame:
        """Return everything around the picks for one reader."""
        fragment = self._edition(page.marked(), tuple(trending))
        return Frame(fragment, {name: self._escape(word) for name, word in page.words().items()})

    def rest(self, page: Page, *, rows: Sequence[str], left_out: int) -> str:
        """Return what comes after the cards: rows, and how many papers found no room."""
        if not rows and not left_out:
            return ""
        context = page.context() | {"rows": self._as_ready(rows), "left_out": left_out}
        return self._rest_part.render(context)

    def _render_edition(self, page: Page, trending: tuple[str, ...]) -> Fragment:
        papers = {"cards": (_CARDS,), "rest": _REST, "trending": self._as_ready(trending)}
        return self._edition_part.open(page.context() | papers)

    def _render_card(
        self, paper: Paper, lead_limit: int, this_year: int, reasons: str, feedback: FeedbackView
    ) -> Card:
        fragment = self._card_part.open(
            {
                "paper": self._view(paper, lead_limit, this_year),
                "authors": _AUTHORS,
                "reasons": tuple(filter(None, [reasons])),
                "feedback": feedback,
            }
        )
        return Card(fragment, self._authors(paper, ()))

    def _authors(self, paper: Paper, followed: tuple[str, ...]) -> str:
        return self._authors_part.render({"authors": view_authors(paper.authors, followed)})

    def _render_reason(self, reason: ReasonView) -> str:
        return self._reason_part.render({"reason": reason})

    def _render_row(self, paper: Paper, this_year: int) -> str:
        return self._row_part.render({"paper": self._view(paper, 0, this_year)})

    def _render_trend(self, paper: Paper, this_year: int) -> str:
        return self._trend_part.render({"paper": self._view(paper, 0, this_year)})

    def _as_ready(self, pieces: Iterable[str]) -> tuple[str, ...]:
        """Mark pieces as rendered, so that they are not escaped again."""
        return tuple(map(self._ready, pieces))
