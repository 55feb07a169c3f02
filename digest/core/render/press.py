"""Makes mails in one theme and one medium: finds the shared pieces, adds the reader's words."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Generic

from digest.core.edition import Edition
from digest.core.quoted_printable import SEAM
from digest.core.render.assembly import Assembly, Contents, Pick, make_pick
from digest.core.render.both import Both
from digest.core.render.fit import lead_limit
from digest.core.render.mail import Links, Rendered
from digest.core.render.medium import Data, Medium
from digest.core.render.page import OWN_WORDS, ListView, Words, reader_words, shape_of
from digest.core.render.stock import Stock
from digest.core.render.subject import preheader, subject_line
from digest.core.render.templates import Templates
from digest.core.subscriber import Subscriber

_NAMED_AHEAD = 3  # titles that subject and preheader may name
_SUBJECTS_KEPT = 4_096


class Press(Generic[Data]):
    """Makes mails; keeps what is the same from reader to reader.

    Args:
        templates: of the theme.
        mail_list: the list.
        medium: what bodies are made as.

    Raises:
        ThemeError: the theme lacks a part, or a part is no template.
    """

    def __init__(self, templates: Templates, mail_list: ListView, medium: Medium[Data]) -> None:
        self._stock = Stock(templates, mail_list, medium)
        self._subject_line = lru_cache(_SUBJECTS_KEPT)(subject_line)

    def make(self, edition: Edition, subscriber: Subscriber, links: Links) -> Rendered[list[Data]]:
        """Make one reader's mail, in parts; its HTML stays under 90 KB whatever the input.

        Raises:
            ThemeError: a template asks for something that there is not.
        """
        picks = [make_pick(match, self._stock) for match in edition.picks]
        words = reader_words(edition, subscriber, links)
        words |= self._ahead(edition, picks, words)
        shape = shape_of(words)
        contents = self._contents(words, shape)
        html, text = Assembly(self._stock, edition, picks, shape, contents).bodies()
        return Rendered(subject=words["subject"], html=html, text=text)

    def _ahead(self, edition: Edition, picks: Sequence[Pick[Data]], words: Words) -> Words:
        """Return subject and preheader: what an inbox shows ahead of the mail."""
        limit, year = lead_limit(len(picks)), edition.slot.day.year
        first = [pick.paper.view(limit, year) for pick in picks[:_NAMED_AHEAD]]
        titles = [view.title for view in first]
        best = titles[0] if titles else ""
        subject = self._stock.subject(edition.slot, len(picks), shape_of(words), best)
        line = "".join(subject.fill(words)).replace(SEAM, "")
        return {
            "subject": self._subject_line(line),
            "preheader": preheader(titles, first[0].lead if first else ""),
        }

    def _contents(self, words: Words, shape: Iterable[str]) -> Both[Contents[Data]]:
        """Return the words that there are as contents for slots."""
        html, text = {}, {}
        for name in shape:
            make = self._stock.own_word if name in OWN_WORDS else self._stock.word
            html[name], text[name] = make(words[name])
        return Both(html, text)
