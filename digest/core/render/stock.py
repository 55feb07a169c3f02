"""The pieces of mails that many readers share: made when first wanted, and kept.

Everything kept is bounded, and nothing is kept for a reader: memory does not grow with
their number.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Generic

from digest.core.edition import Reason
from digest.core.memo import Memo
from digest.core.paper import Paper
from digest.core.render.body import Body
from digest.core.render.both import Both
from digest.core.render.fragment import Fragment
from digest.core.render.medium import AS_TEXT, Data, Medium
from digest.core.render.page import ListView, make_page, marked
from digest.core.render.paper_stock import PaperStock
from digest.core.render.reason_view import view_reason, view_reasons
from digest.core.render.shelf import Shelf
from digest.core.render.templates import Templates
from digest.core.schedule import Slot

_PAPERS_KEPT = 2_048
_REASONS_KEPT = 16_384
_AUTHORS_KEPT = 4_096
_WORDS_KEPT = 8_192
_PAGES_KEPT = 512
_SUBJECTS_KEPT = 4_096

Shape = tuple[str, ...]


class Stock(Generic[Data]):
    """The pieces of one theme and one list.

    Args:
        templates: of the theme.
        mail_list: the list.
        medium: what the pieces are made as.

    Raises:
        ThemeError: the theme lacks a part, or a part is no template.
    """

    def __init__(self, templates: Templates, mail_list: ListView, medium: Medium[Data]) -> None:
        self.medium = medium
        self._list = mail_list
        self._bodies = Both(Body(templates, "html", medium), Body(templates, "txt", medium))
        self._subject = templates.part("subject.txt.j2")
        papers = Shelf(lambda paper: PaperStock(paper, self._bodies), _PAPERS_KEPT)
        self.paper: Callable[[Paper], PaperStock[Data]] = papers.find
        self.authors = lru_cache(_AUTHORS_KEPT)(self._make_authors)
        self.word = Memo(self.own_word, _WORDS_KEPT).__getitem__
        self.frame = lru_cache(_PAGES_KEPT)(self._make_frame)
        self.rest = lru_cache(_PAGES_KEPT)(self._make_rest)
        self.subject = lru_cache(_SUBJECTS_KEPT)(self._make_subject)
        self.reasons: Callable[[Iterable[Reason]], list[Both[Data]]] = partial(
            view_reasons, view=Memo(self._make_reason, _REASONS_KEPT).__getitem__
        )

    def own_word(self, word: str) -> tuple[Data, Data]:
        """Return a word that only one reader has: made, and not kept."""
        plain = self.medium.press(word)
        escaped = self._bodies.html.escape(word)
        return (plain if escaped == word else self.medium.press(escaped)), plain

    def _make_authors(self, names: tuple[str, ...], followed: tuple[str, ...]) -> Both[Data]:
        return Both(*(body.authors(names, followed) for body in self._bodies))

    def _make_frame(
        self, day: Slot, picked: int, shape: Shape, trends: int
    ) -> Both[Fragment[Data]]:
        page = make_page(self._list, day, picked, marked(shape))
        return Both(*(body.frame(page, trending=trends > 0) for body in self._bodies))

    def _make_rest(
        self, day: Slot, picked: int, shape: Shape, rows: int, left_out: int
    ) -> Both[Fragment[Data]]:
        page = make_page(self._list, day, picked, marked(shape))
        return Both(*(body.rest(page, rows=rows > 0, left_out=left_out) for body in self._bodies))

    def _make_subject(self, day: Slot, picked: int, shape: Shape, best: str) -> Fragment[str]:
        page = make_page(self._list, day, picked, marked(shape))
        return self._subject.open(page.context() | {"best": best}, AS_TEXT)

    def _make_reason(self, reason: Reason) -> Both[Data]:
        view = view_reason(reason)
        return Both(*(body.reason(view) for body in self._bodies))
