"""Takes arXiv's feeds apart: RSS 2.0 and Atom, and the RSS 1.0 of before 2024.

Their fields: https://info.arxiv.org/help/rss_specifications.html.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from types import MappingProxyType

from digest.errors import RecordError
from digest.sources.arxiv_paper import ArxivEntry
from digest.sources.names import split_names
from digest.sources.xml import Element, find_all, local_name, text_at

_WEEKEND = frozenset({"Saturday", "Sunday"})
_ANNOUNCEMENT = re.compile(
    r"\s*arXiv:(?P<id>\S+)\s+Announce Type:\s*(?P<kind>\S+)\s*(?:Abstract:)?(?P<abstract>.*)",
    re.DOTALL,
)
_OLD_TITLE_TAIL = re.compile(r"(?P<id>\S+)\s+\[(?P<category>[^\]]+)\](?P<mark>[^)]*)\)")
_OLD_MARKS = MappingProxyType({"": "new", "CROSS LISTED": "cross", "UPDATED": "replace"})
_ANCHOR = re.compile(r"<a\b[^<>]*>([^<]*)</a>")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One announcement; ``kind`` is arXiv's ``announce_type``."""

    kind: str
    at: datetime | None
    entry: ArxivEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a feed says of itself: its items, their day, and its own promises."""

    items: list[Element]
    read_item: Callable[[Element], Announcement]
    day: date | None
    quiet_days: frozenset[str] = _WEEKEND
    promised: int = 0


def open_batch(root: Element) -> Batch:
    """Return what a feed says of itself; its root is one of ``FORMATS``."""
    return FORMATS[local_name(root)](root)


def _open_rss(root: Element) -> Batch:
    built = _rfc_time(text_at(root, "channel/pubDate"))
    quiet = frozenset(day.text or "" for day in find_all(root, "channel/skipDays/day"))
    return Batch(
        items=find_all(root, "channel/item"),
        read_item=_rss_item,
        day=built.date() if built else None,
        quiet_days=quiet or _WEEKEND,
    )


def _open_atom(root: Element) -> Batch:
    items = find_all(root, "atom:entry")
    stamps = [text_at(item, "atom:published") for item in items[:1]]
    built = _iso_time(next(iter(stamps), "") or text_at(root, "atom:updated"))
    return Batch(items=items, read_item=_atom_item, day=built.date() if built else None)


def _open_old_rss(root: Element) -> Batch:
    built = _iso_time(text_at(root, "rss:channel/dc:date"))
    listed = find_all(root, "rss:channel/rss:items/rdf:Seq/rdf:li")
    return Batch(
        items=find_all(root, "rss:item"),
        read_item=lambda item: _old_rss_item(item, at=built),
        day=built.date() if built else None,
        promised=len(listed),
    )


FORMATS: Mapping[str, Callable[[Element], Batch]] = MappingProxyType(
    {"rss": _open_rss, "feed": _open_atom, "RDF": _open_old_rss}
)


def _rss_item(item: Element) -> Announcement:
    return _announced(
        item,
        identifier=text_at(item, "guid"),
        title=text_at(item, "title"),
        description=text_at(item, "description"),
        categories=[category.text or "" for category in find_all(item, "category")],
        at=_rfc_time(text_at(item, "pubDate")),
    )


def _atom_item(item: Element) -> Announcement:
    return _announced(
        item,
        identifier=text_at(item, "atom:id"),
        title=text_at(item, "atom:title"),
        description=text_at(item, "atom:summary"),
        categories=[category.get("term", "") for category in find_all(item, "atom:category")],
        at=_iso_time(text_at(item, "atom:published")),
    )


def _announced(
    item: Element,
    *,
    identifier: str,
    title: str,
    description: str,
    categories: list[str],
    at: datetime | None,
) -> Announcement:
    """Read what RSS 2.0 and Atom have in common."""
    told = _ANNOUNCEMENT.fullmatch(description)
    return Announcement(
        kind=text_at(item, "arxiv:announce_type") or (told["kind"] if told else ""),
        at=at,
        entry=ArxivEntry(
            identifier=identifier or (told["id"] if told else ""),
            title=title,
            abstract=told["abstract"] if told else description,
            authors=split_names(text_at(item, "dc:creator")),
            categories=categories,
            doi=text_at(item, "arxiv:DOI"),
            journal=text_at(item, "arxiv:journal_reference"),
        ),
    )


def _old_rss_item(item: Element, *, at: datetime | None) -> Announcement:
    """Read an item whose title also holds id, version, category and kind."""
    title, _, tail = text_at(item, "rss:title").rpartition("(arXiv:")
    told = _OLD_TITLE_TAIL.fullmatch(tail)
    if told is None:
        raise RecordError(f"{text_at(item, 'rss:link')[:60]!r}: no title that names the paper")
    return Announcement(
        kind=_OLD_MARKS.get(told["mark"].strip(), told["mark"]),
        at=at,
        entry=ArxivEntry(
            identifier=told["id"],
            title=title.rstrip().removesuffix("."),
            abstract=unescape(_TAG.sub(" ", text_at(item, "rss:description"))),
            authors=map(unescape, _ANCHOR.findall(text_at(item, "dc:creator"))),
            categories=[told["category"]],
        ),
    )


def _rfc_time(raw: str) -> datetime | None:
    return _zoned(parsedate_to_datetime, raw)


def _iso_time(raw: str) -> datetime | None:
    return _zoned(datetime.fromisoformat, raw)


def _zoned(read: Callable[[str], datetime], raw: str) -> datetime | None:
    """Read a time and keep its own zone, whose day is the batch's; None if it cannot be."""
    try:
        moment = read(raw)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)  # the last hours of the calendar have no such time
    except (ValueError, OverflowError):
        return None
    return moment
