"""The plainest way to render a mail: Jinja alone, everything anew, nothing kept or encoded.

What ``Renderer`` makes of pieces that many readers share has to be what this makes.
"""

from itertools import accumulate

from markupsafe import Markup

from digest.core.edition import ReasonKind
from digest.core.render.author_view import view_authors
from digest.core.render.feedback_view import view_feedback
from digest.core.render.fit import MAX_HTML_BYTES, lay_out, lead_limits
from digest.core.render.mail import Rendered
from digest.core.render.page import make_page, reader_words, view_list
from digest.core.render.paper_view import view_paper
from digest.core.render.reason_view import view_reason, view_reasons
from digest.core.render.subject import preheader, subject_line

READY = {"html": Markup, "txt": str}
ROOM = MAX_HTML_BYTES - 2_000
MAX_TRENDING = 12_000


class PlainMail:
    """One reader's mail."""

    def __init__(self, templates, mail_list, edition, subscriber, links):
        self._templates = templates
        self._edition, self._links = edition, links
        self._year = edition.slot.day.year
        self._words = reader_words(edition, subscriber, links)
        self._list = view_list(mail_list)

    def rendered(self):
        limits = lead_limits(len(self._edition.picks))
        first = [self._view(match.paper, limits[0]) for match in self._edition.picks[:3]]
        titles = [view.title for view in first]
        subject = self._part("subject.txt.j2", best=titles[0] if titles else "")
        self._words["subject"] = subject_line(subject)
        self._words["preheader"] = preheader(titles, first[0].lead if first else "")
        selection = self._selection(limits)
        return Rendered(
            subject=self._words["subject"],
            html=self._body("html", *selection),
            text=self._body("txt", *selection),
        )

    def _selection(self, limits):
        """Return how many cards and rows there are, and how long abstracts are."""
        picks = self._edition.picks
        room = ROOM - size(self._frame("html", [], ""))
        for limit in limits:
            cards = [size(self._card("html", match, limit)) for match in picks]
            if sum(cards) <= room:
                return len(picks), 0, limit
        rows = [size(self._line("row", "html", match.paper)) for match in picks]
        layout = lay_out(cards, rows, room)
        return layout.cards, layout.rows, limit

    def _body(self, kind, cards, rows, limit):
        picks = self._edition.picks
        rest = ""
        if cards < len(picks):
            rest = self._part(
                f"rest.{kind}.j2",
                rows=[
                    self._line("row", kind, match.paper) for match in picks[cards : cards + rows]
                ],
                left_out=len(picks) - cards - rows,
            )
        return self._frame(kind, [self._card(kind, each, limit) for each in picks[:cards]], rest)

    def _frame(self, kind, cards, rest):
        trends = [self._line("trend", "html", paper) for paper in self._edition.trending]
        fitting = sum(1 for total in accumulate(map(size, trends)) if total <= MAX_TRENDING)
        trending = [self._line("trend", kind, paper) for paper in self._edition.trending[:fitting]]
        return self._part(
            f"edition.{kind}.j2", cards=cards, rest=READY[kind](rest), trending=trending
        )

    def _card(self, kind, match, limit):
        followed = [each.text for each in match.reasons if each.kind is ReasonKind.AUTHOR]
        authors = view_authors(match.paper.authors, followed)
        return self._part(
            f"card.{kind}.j2",
            paper=self._view(match.paper, limit),
            authors=self._part(f"authors.{kind}.j2", authors=authors),
            reasons=[
                self._part(f"reason.{kind}.j2", reason=reason)
                for reason in view_reasons(match.reasons, view_reason)
            ],
            feedback=view_feedback(self._links.feedback, match.paper.id),
        )

    def _line(self, part, kind, paper):
        return self._part(f"{part}.{kind}.j2", paper=self._view(paper, 0))

    def _view(self, paper, limit):
        return view_paper(paper, limit, self._year)

    def _part(self, name, **context):
        page = make_page(self._list, self._edition.slot, len(self._edition.picks), self._words)
        rendered = self._templates.part(name).render(page.context() | context)
        return READY[name.split(".")[1]](rendered)


def size(text):
    return len(text.encode())
