"""From an edition to subject, HTML and text: the one way in for everybody else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from digest.core.edition import Edition
from digest.core.paper import Paper
from digest.core.render.body import Body
from digest.core.render.fit import MAX_HTML_BYTES, lay_out, lead_limits, size
from digest.core.render.mail import Links, MailList, Rendered
from digest.core.render.page import (
    Page,
    view_edition,
    view_links,
    view_list,
    view_reader,
)
from digest.core.render.paper_view import view_paper
from digest.core.render.pick import Pick, make_pick
from digest.core.render.subject import preheader, subject_line
from digest.core.render.templates import Templates
from digest.core.render.theme import Theme
from digest.core.subscriber import Subscriber

_MAX_TRENDING_BYTES = 12_000
_ROOM = MAX_HTML_BYTES - 2_000  # that is for the headings of the rows and of what is left out
_PAPERS_KEPT = 2_048
_NAMED_AHEAD = 3  # titles that subject and preheader may name


@dataclass(frozen=True, slots=True)
class _Selection:
    """How the picks are shown in a body.

    Attributes:
        cards: the first ones, rendered as cards.
        rows: those after them, rendered as rows.
        left_out: how many found no room.
        lead_limit: the longest abstract on a card.
    """

    cards: Sequence[str]
    rows: Sequence[str]
    left_out: int
    lead_limit: int


class Renderer:
    """Renders editions in one theme; keeps what is the same from reader to reader.

    Raises:
        ThemeError: the theme lacks a part, or a part is no template.
    """

    def __init__(self, theme: Theme, mail_list: MailList) -> None:
        templates = Templates(theme)
        self._list = view_list(mail_list)
        self._view = lru_cache(_PAPERS_KEPT)(view_paper)
        self._html = Body(templates, "html", self._view)
        self._text = Body(templates, "txt", self._view)
        self._subject = templates.part("subject.txt.j2")

    def render(self, edition: Edition, subscriber: Subscriber, links: Links) -> Rendered:
        """Render one reader's mail; its HTML stays under 90 KB whatever the input.

        Raises:
            ThemeError: a template asks for something that there is not.
        """
        year = edition.slot.day.year
        page = self._page(edition, subscriber, links)
        picks = [make_pick(match, links) for match in edition.picks]
        trending = self._fitting(edition.trending, year)

        trends = [self._html.trend(paper, year) for paper in trending]
        room = _ROOM - size(self._html.frame(page, trending=trends).fill())
        selection = self._select(picks, year, room)
        html = _write(self._html, page, selection, trends)

        trends = [self._text.trend(paper, year) for paper in trending]
        text = _write(self._text, page, self._in_text(picks, year, selection), trends)
        return Rendered(subject=page.subject, html=html, text=text)

    def _page(self, edition: Edition, subscriber: Subscriber, links: Links) -> Page:
        """Return everything that the templates see, but for the papers."""
        page = Page(
            list=self._list,
            edition=view_edition(edition, subscriber.interests),
            reader=view_reader(subscriber),
            links=view_links(links),
        )
        limit, year = lead_limits(len(edition.picks))[0], edition.slot.day.year
        first = [self._view(match.paper, limit, year) for match in edition.picks[:_NAMED_AHEAD]]
        titles = [view.title for view in first]
        rendered = self._subject.render(page.context() | {"best": titles[0] if titles else ""})
        return replace(
            page,
            subject=subject_line(rendered),
            preheader=preheader(titles, first[0].lead if first else ""),
        )

    def _select(self, picks: Sequence[Pick], year: int, room: int) -> _Selection:
        """Choose how to show the picks: all as cards if possible, else with rows."""
        limit, cards = 0, []
        for limit in lead_limits(len(picks)):
            cards = [self._html.card(pick, limit, year) for pick in picks]
            if sum(map(size, cards)) <= room:
                return _Selection(cards, (), 0, limit)
        rows = [self._html.row(pick.paper, year) for pick in picks]
        layout = lay_out([size(card) for card in cards], [size(row) for row in rows], room)
        shown = layout.cards + layout.rows
        return _Selection(
            cards[: layout.cards], rows[layout.cards : shown], len(picks) - shown, limit
        )

    def _in_text(self, picks: Sequence[Pick], year: int, html: _Selection) -> _Selection:
        """Return as text what was selected as HTML."""
        cards, rest = picks[: len(html.cards)], picks[len(html.cards) :]
        return _Selection(
            [self._text.card(pick, html.lead_limit, year) for pick in cards],
            [self._text.row(pick.paper, year) for pick in rest[: len(html.rows)]],
            html.left_out,
            html.lead_limit,
        )

    def _fitting(self, papers: Sequence[Paper], year: int) -> Sequence[Paper]:
        """Return as many of the trending papers as have room below the picks."""
        sizes = accumulate(size(self._html.trend(paper, year)) for paper in papers)
        return papers[: sum(1 for total in sizes if total <= _MAX_TRENDING_BYTES)]


def _write(body: Body, page: Page, selection: _Selection, trends: Sequence[str]) -> str:
    rest = body.rest(page, rows=selection.rows, left_out=selection.left_out)
    return body.frame(page, trending=trends).fill(cards=selection.cards, rest=rest)
