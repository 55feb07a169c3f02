"""Puts the two bodies of one mail together, within the bytes that a mailbox shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter
from typing import Generic, NamedTuple

from digest.core.edition import Edition, Match, Reason, ReasonKind
from digest.core.render.both import HTML, TEXT, Both, Kind
from digest.core.render.fit import MAX_HTML_BYTES, lay_out, lead_limit, lead_limits
from digest.core.render.medium import Data
from digest.core.render.paper_stock import PaperStock
from digest.core.render.stock import Stock

_MAX_TRENDING_BYTES = 12_000
_ROOM = MAX_HTML_BYTES - 2_000  # that is for the headings of the rows and of what is left out

_AUTHOR = ReasonKind.AUTHOR
_kind_of, _html_of, _text_of = map(itemgetter, (Reason._fields.index("kind"), HTML, TEXT))

Contents = dict[str, Data]
"""What goes into open slots, by their names."""


class Pick(NamedTuple, Generic[Data]):
    """A picked paper with what one reader's card says besides.

    Attributes:
        paper: the paper.
        authors: its authors with those marked whom the reader follows, None if there are none.
        reasons: why it is here.
    """

    paper: PaperStock[Data]
    authors: Both[Data] | None
    reasons: Sequence[Both[Data]]


@dataclass(frozen=True, slots=True)
class _Display:
    """How the picks are shown: the first as cards, then rows; the last may find no room.

    Attributes:
        cards: how many cards.
        rows: how many rows.
        lead_limit: the longest abstract on a card.
    """

    cards: int
    rows: int
    lead_limit: int


def make_pick(match: Match, stock: Stock[Data]) -> Pick[Data]:
    """Find the pieces of a match."""
    paper, _, reasons = match
    authors = None
    if _AUTHOR in map(_kind_of, reasons):
        followed = tuple([reason.text for reason in reasons if reason.kind is _AUTHOR])
        authors = stock.authors(paper.authors, followed)
    return Pick(stock.paper(paper), authors, stock.reasons(reasons))


class Assembly(Generic[Data]):
    """One mail.

    Args:
        stock: has the pieces.
        edition: what is in the mail.
        picks: its papers, best first.
        shape: of the mail's page.
        words: the reader's own, as contents for slots.
    """

    def __init__(
        self,
        stock: Stock[Data],
        edition: Edition,
        picks: Sequence[Pick[Data]],
        shape: tuple[str, ...],
        words: Both[Contents[Data]],
    ) -> None:
        self._stock = stock
        self._medium = stock.medium
        self._page = edition.slot, len(picks), shape
        self._year = edition.slot.day.year
        self._picks = picks
        self._words = words
        self._feedback = "feedback" in shape
        self._trends = self._fitting([stock.paper(paper) for paper in edition.trending])

    def bodies(self) -> Both[list[Data]]:
        """Return both bodies in parts; the HTML has less than 90 KB."""
        display = _Display(len(self._picks), 0, lead_limit(len(self._picks)))
        bodies = self._make(display)
        if sum(map(self._medium.at_most, bodies.html)) > _ROOM:
            bodies = self._make(self._choose())
        return bodies

    def _make(self, display: _Display) -> Both[list[Data]]:
        cards = self._cards(self._picks[: display.cards], display.lead_limit)
        return Both(
            self._body(HTML, cards.html, self._rest(HTML, display)),
            self._body(TEXT, cards.text, self._rest(TEXT, display)),
        )

    def _body(
        self, kind: Kind, cards: Sequence[Data] = (), rest: Sequence[Data] = ()
    ) -> list[Data]:
        inner = {
            "cards": cards,
            "rest": rest,
            "trending": [trend[kind] for trend in self._trends],
        }
        frame = self._stock.frame(*self._page, len(self._trends))[kind]
        return frame.fill_around(inner, self._words[kind])

    def _choose(self) -> _Display:
        """Choose how to show the picks: all as cards if possible, else with rows."""
        size, picks = self._medium.size, self._picks
        room = _ROOM - sum(map(size, self._body(HTML)))
        sizes, limit = [0], 0
        for limit in lead_limits(len(picks)):
            sizes = [sum(map(size, self._cards([pick], limit).html)) for pick in picks]
            if sum(sizes) <= room:
                return _Display(len(picks), 0, limit)
        rows = [size(pick.paper.row(self._year).html) for pick in picks]
        layout = lay_out(sizes, rows, room)
        return _Display(layout.cards, layout.rows, limit)

    def _cards(self, picks: Sequence[Pick[Data]], lead_limit: int) -> Both[list[Data]]:
        """Return picks as cards, in parts."""
        join = self._medium.join
        html, text = self._words
        cards: Both[list[Data]] = Both([], [])
        for paper, authors, reasons in picks:
            card = paper.card(
                lead_limit,
                self._year,
                reasons=len(reasons) > 0,
                feedback=self._feedback,
                followed=authors is not None,
            )
            if authors:
                html["authors"], text["authors"] = authors
            html["reasons"] = join(map(_html_of, reasons))
            text["reasons"] = join(map(_text_of, reasons))
            cards.html.extend(card.html.fill(html))
            cards.text.extend(card.text.fill(text))
        return cards

    def _rest(self, kind: Kind, display: _Display) -> list[Data]:
        """Return what comes after the cards: rows, and how many papers found no room."""
        if display.cards == len(self._picks):
            return []
        shown = display.cards + display.rows
        rows = [pick.paper.row(self._year)[kind] for pick in self._picks[display.cards : shown]]
        rest = self._stock.rest(*self._page, len(rows), len(self._picks) - shown)[kind]
        return rest.fill_around({"rows": rows}, self._words[kind])

    def _fitting(self, papers: Sequence[PaperStock[Data]]) -> list[Both[Data]]:
        """Return as many of the trending papers as have room below the picks."""
        trends = [paper.trend(self._year) for paper in papers]
        sizes = accumulate(self._medium.size(trend.html) for trend in trends)
        return trends[: sum(1 for total in sizes if total <= _MAX_TRENDING_BYTES)]
