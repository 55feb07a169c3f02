"""What templates see of a mail as a whole: the list, the edition, its reader and the links.

The frame of a mail reads the same for many readers but for a few words. So a page can be
made of ``marked`` words: each of them an open slot. A template may print such a word or ask
whether it is empty, nothing else. Which words are empty is the page's shape; readers whose
pages have the same shape share a frame.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import count
from operator import attrgetter

from digest.core.edition import Edition, telling
from digest.core.memo import Memo
from digest.core.render.fragment import slot
from digest.core.render.mail import Links, MailList
from digest.core.render.words import long_date, short_date, span, thousands, when
from digest.core.schedule import Slot
from digest.core.subscriber import Interests, Subscriber
from digest.core.text import clean, clip

_LIST_NAME = 40
_BYLINE = 60
_READER_NAME = 60
_POSTAL_ADDRESS = 300
_TERM = 48
_TERMS_KEPT = 8_192
_NAMED_IN_FULL = 3
_NAMED_OF_MANY = 2

Words = dict[str, str]
"""What differs from reader to reader, by the name of its slot; "" where there is nothing."""

OWN_WORDS = frozenset({"name", "email", "unsubscribe", "preferences", "view", "more", "feedback"})
"""Words that hardly two readers share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """The list's name, byline and postal address, clipped; the latter two may be ""."""

    name: str
    byline: str
    postal_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionView:
    """An edition in words and numbers.

    Attributes:
        date: "Sunday 22 November", "Week 47, 2026", "November 2026".
        day: "22 Nov", "week 47", "November".
        span: "today", "this week", "this month".
        count: how many papers were picked.
        considered: how many papers were looked at ("1,043"), or "" when not more than picked.
        unshown: how many more than the picks matched ("12"), or "".
        interests: the interests to name, the weightiest first; empty for a reader who
            stated none and gets the trending list; "your interests" in the browser.
        more_interests: how many more there are ("5"), or ""; never "1".
    """

    date: str
    day: str
    span: str
    count: int
    considered: str
    unshown: str
    interests: tuple[str, ...]
    more_interests: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderView:
    """Whom the mail is for: name (or ""), address, and when mail comes ("" in the browser)."""

    name: str
    email: str
    schedule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksView:
    """Where the mail's own links lead; "" where there is no such page."""

    unsubscribe: str
    preferences: str
    view: str
    more: str
    export: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that the templates of a mail see, but for the papers."""

    list: ListView
    edition: EditionView
    reader: ReaderView
    links: LinksView
    subject: str = ""
    preheader: str = ""

    def context(self) -> dict[str, object]:
        """Return the names under which templates find it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def reader_words(edition: Edition, subscriber: Subscriber, links: Links) -> Words:
    """Say what is one reader's own in a mail; subject and preheader are for the caller to add."""
    picked, wanted = len(edition.picks), subscriber.interests
    matching = picked - sum(match.is_outsider for match in edition.picks[-1:])
    names = _names_of_old(edition, subscriber) if links.in_browser else interest_names(wanted)
    named = len(names) if len(names) <= _NAMED_IN_FULL else _NAMED_OF_MANY
    words = {
        "considered": thousands(edition.considered) if edition.considered > picked else "",
        "unshown": thousands(edition.matched - matching) if edition.matched > matching > 0 else "",
        "more_interests": str(len(names) - named) if len(names) > named else "",
        "name": clip(clean(subscriber.name), _READER_NAME),
        "email": clean(subscriber.email),
        "schedule": "" if links.in_browser else when(subscriber.schedule),
        "unsubscribe": links.unsubscribe,
        "preferences": links.preferences,
        "view": links.view,
        "more": links.more,
        "feedback": links.feedback,
        "export": links.export,
        "subject": "",
        "preheader": "",
    }
    for number, name in enumerate(names[:named]):
        words[f"interest{number}"] = name
    return words


def shape_of(words: Words) -> tuple[str, ...]:
    """Return the names of the words that there are: pages of one shape share their frame."""
    return tuple([name for name, word in words.items() if word])


def marked(shape: Iterable[str]) -> Mapping[str, str]:
    """Return words that stand for any reader's: the slot of each word that there is."""
    return {name: slot(name) for name in shape}


def make_page(mail_list: ListView, day: Slot, picked: int, words: Mapping[str, str]) -> Page:
    """Return what templates see.

    Args:
        mail_list: the list.
        day: the edition's slot.
        picked: how many papers the edition has.
        words: a reader's own or ``marked`` ones.
    """

    def word(name: str) -> str:
        return words.get(name, "")

    interests = (word(f"interest{number}") for number in count())
    return Page(
        list=mail_list,
        edition=EditionView(
            date=long_date(day),
            day=short_date(day),
            span=span(day),
            count=picked,
            considered=word("considered"),
            unshown=word("unshown"),
            interests=tuple(iter(lambda: next(interests), "")),
            more_interests=word("more_interests"),
        ),
        reader=ReaderView(name=word("name"), email=word("email"), schedule=word("schedule")),
        links=LinksView(
            unsubscribe=word("unsubscribe"),
            preferences=word("preferences"),
            view=word("view"),
            more=word("more"),
            export=word("export"),
        ),
        subject=word("subject"),
        preheader=word("preheader"),
    )


def view_list(mail_list: MailList) -> ListView:
    """Prepare what is the same in every mail."""
    return ListView(
        name=clip(clean(mail_list.name), _LIST_NAME),
        byline=clip(clean(mail_list.byline), _BYLINE),
        postal_address=clip(clean(mail_list.postal_address), _POSTAL_ADDRESS),
    )


def interest_names(interests: Interests) -> tuple[str, ...]:
    """Name everything that draws papers, keywords by weight first."""
    drawing = [keyword for keyword in interests.keywords if keyword.weight > 0]
    drawing.sort(key=_weight, reverse=True)
    names = [keyword.term for keyword in drawing]
    names += interests.authors
    names += interests.categories
    if interests.liked:
        names.append("papers you liked")
    if interests.saved:
        names.append("papers you saved")
    if interests.library:
        names.append("papers in your library")
    if interests.text:
        names.append("what you told us")
    printed = dict.fromkeys(map(_printed.__getitem__, names))
    printed.pop("", None)
    return tuple(printed)


def _names_of_old(edition: Edition, subscriber: Subscriber) -> tuple[str, ...]:
    """Say whether an edition was made for interests, which may be others by now."""
    if edition.is_empty:
        was_for_some = not subscriber.interests.is_empty
    else:
        was_for_some = any(telling(match.reasons) for match in edition.picks)
    return ("your interests",) if was_for_some else ()


_weight = attrgetter("weight")


def _print(term: str) -> str:
    return clip(clean(term), _TERM)


_printed = Memo(_print, _TERMS_KEPT)
