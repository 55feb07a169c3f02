"""What templates see of a mail as a whole: the list, the edition, its reader and the links.

The frame of a mail reads the same for many readers but for a few words. So a page can be
``marked``: each of those words stands as an open slot. A template may print such a word or
ask whether it is empty, nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from digest.core.edition import Edition
from digest.core.render.fragment import slot
from digest.core.render.mail import Links, MailList
from digest.core.render.words import long_date, short_date, span, thousands, when
from digest.core.subscriber import Interests, Subscriber
from digest.core.text import clean, clip

_LIST_NAME = 40
_BYLINE = 60
_READER_NAME = 60
_POSTAL_ADDRESS = 300
_TERM = 48
_NAMED_IN_FULL = 3
_NAMED_OF_MANY = 2


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
            stated none and gets the trending list.
        more_interests: how many more there are; never 1.
    """

    date: str
    day: str
    span: str
    count: int
    considered: str
    unshown: str
    interests: tuple[str, ...]
    more_interests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderView:
    """Whom the mail is for: name (or ""), address, and when mail comes."""

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

    def words(self) -> Mapping[str, str]:
        """Return what differs from reader to reader, by the name of its slot."""
        edition, reader, links = self.edition, self.reader, self.links
        interests = {f"interest{i}": name for i, name in enumerate(edition.interests)}
        return {
            "subject": self.subject,
            "preheader": self.preheader,
            "considered": edition.considered,
            "unshown": edition.unshown,
            "name": reader.name,
            "email": reader.email,
            "unsubscribe": links.unsubscribe,
            "preferences": links.preferences,
            "view": links.view,
            "more": links.more,
            **interests,
        }

    def marked(self) -> "Page":
        """Return the page with a slot for each of its ``words``; what is empty stays so."""
        marks = {name: word and slot(name) for name, word in self.words().items()}
        interests = tuple(marks[f"interest{i}"] for i in range(len(self.edition.interests)))
        return replace(
            self,
            subject=marks["subject"],
            preheader=marks["preheader"],
            edition=replace(
                self.edition,
                considered=marks["considered"],
                unshown=marks["unshown"],
                interests=interests,
            ),
            reader=replace(self.reader, name=marks["name"], email=marks["email"]),
            links=LinksView(
                unsubscribe=marks["unsubscribe"],
                preferences=marks["preferences"],
                view=marks["view"],
                more=marks["more"],
            ),
        )


def view_list(mail_list: MailList) -> ListView:
    """Prepare what is the same in every mail."""
    return ListView(
        name=clip(clean(mail_list.name), _LIST_NAME),
        byline=clip(clean(mail_list.byline), _BYLINE),
        postal_address=clip(clean(mail_list.postal_address), _POSTAL_ADDRESS),
    )


def view_edition(edition: Edition, interests: Interests) -> EditionView:
    """Prepare an edition for the templates."""
    names = interest_names(interests)
    named = len(names) if len(names) <= _NAMED_IN_FULL else _NAMED_OF_MANY
    count = len(edition.picks)
    return EditionView(
        date=long_date(edition.slot),
        day=short_date(edition.slot),
        span=span(edition.slot),
        count=count,
        considered=thousands(edition.considered) if edition.considered > count else "",
        unshown=thousands(edition.matched - count) if edition.matched > count > 0 else "",
        interests=names[:named],
        more_interests=len(names) - named,
    )


def view_reader(subscriber: Subscriber) -> ReaderView:
    """Prepare a reader for the templates."""
    return ReaderView(
        name=clip(clean(subscriber.name), _READER_NAME),
        email=clean(subscriber.email),
        schedule=when(subscriber.schedule),
    )


def view_links(links: Links) -> LinksView:
    """Prepare a reader's links for the templates."""
    return LinksView(
        unsubscribe=links.unsubscribe,
        preferences=links.preferences,
        view=links.view,
        more=links.more,
    )


def interest_names(interests: Interests) -> tuple[str, ...]:
    """Name everything that draws papers, keywords by weight first."""
    drawing = sorted(
        (keyword for keyword in interests.keywords if keyword.weight > 0),
        key=lambda keyword: -keyword.weight,
    )
    names = [keyword.term for keyword in drawing]
    names += interests.authors
    names += interests.categories
    if interests.liked:
        names.append("papers you saved")
    if interests.text:
        names.append("what you told us")
    printed = (clip(clean(name), _TERM) for name in names)
    return tuple(dict.fromkeys(name for name in printed if name))
