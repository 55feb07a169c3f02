"""Papers as an Atom feed (RFC 4287): the trending list, or what a reader's mails hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml.builder import ElementMaker

from digest.core.paper import Paper
from digest.core.render.paper_view import view_paper
from digest.core.text import clean

_NAMESPACE = "http://www.w3.org/2005/Atom"
_MAKE = ElementMaker(namespace=_NAMESPACE, nsmap={None: _NAMESPACE})
_LEAD = 1_200
_MOST_AUTHORS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """What a feed says of itself.

    Attributes:
        title: the list's name.
        subtitle: its byline, or "".
        base: where the pages are, without a slash at the end.
        path: where the feed is, from there.
    """

    title: str
    subtitle: str
    base: str
    path: str

    @property
    def url(self) -> str:
        """The page that shows the same."""
        return f"{self.base}/"

    @property
    def feed_url(self) -> str:
        """Where the feed is."""
        return f"{self.base}{self.path}"

    @property
    def host(self) -> str:
        """Whose name goes into ids (RFC 4151)."""
        return urlsplit(self.base).hostname or "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """A paper on a feed.

    Attributes:
        paper: the paper.
        seen_at: since when it is there (UTC).
        why: why it is there, "" in a list that is everybody's.
    """

    paper: Paper
    seen_at: datetime
    why: str = ""


def atom(head: FeedHead, entries: Sequence[FeedEntry], *, now: datetime) -> bytes:
    """Return the feed; hostile text in it stays text."""
    updated = max((entry.seen_at for entry in entries), default=now)
    subtitle = [_MAKE.subtitle(clean(head.subtitle))] if head.subtitle else []
    feed = _MAKE.feed(
        _MAKE.id(head.feed_url),
        _MAKE.title(clean(head.title)),
        *subtitle,
        _MAKE.updated(_time(updated)),
        _MAKE.link(rel="self", type="application/atom+xml", href=head.feed_url),
        _MAKE.link(rel="alternate", type="text/html", href=head.url),
        _MAKE.author(_MAKE.name(clean(head.title))),
        *(_entry(entry, head.host) for entry in entries),
    )
    written: bytes = etree.tostring(feed, xml_declaration=True, encoding="utf-8")
    return written


def _entry(entry: FeedEntry, host: str) -> Any:
    paper = entry.paper
    view = view_paper(paper, _LEAD, entry.seen_at.year)
    page = view.links[0].url if view.links else ""
    why = f"Why it is here: {clean(entry.why)}. " if entry.why else ""
    names = [name for author in paper.authors[:_MOST_AUTHORS] if (name := clean(author))]
    return _MAKE.entry(
        _MAKE.id(f"tag:{host},2026:{clean(paper.id)}"),
        _MAKE.title(view.title),
        _MAKE.updated(_time(entry.seen_at)),
        *([_MAKE.published(_time(paper.published))] if paper.published else []),
        *([_MAKE.link(rel="alternate", type="text/html", href=page)] if page else []),
        *(_MAKE.author(_MAKE.name(name)) for name in names),
        *(_MAKE.category(term=clean(category)) for category in paper.categories[:20]),
        _MAKE.summary(why + (view.lead or view.title)),
    )


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"
