"""Reads RSS 0.9x, 1.0, 2.0 and Atom with feedparser, which sees only what the guard let pass."""

import calendar
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from html.entities import html5
from typing import Any

import feedparser
from lxml import etree

from digest.core.harvest import HarvestState, Parsed
from digest.core.paper import Paper
from digest.core.text import clean
from digest.sources.arxiv_query import ERROR_MARK as ARXIV_ERROR
from digest.sources.entries import read_entries
from digest.sources.feed_paper import FeedEntry, feed_paper
from digest.sources.trouble import FetchTrouble
from digest.sources.unreadable import state_of_error
from digest.sources.xml import Element, read_xml

MOST_ELEMENTS = 50_000
MOST_FIELDS = 5_000
_ROOTS = ("rss", "feed", "RDF")
_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
_AMPERSAND = re.compile(rb"&(?:(#\d+|#x[\da-f]+|amp|lt|gt|quot|apos);|(\w+;)?)", re.IGNORECASE)
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SLASHED_DATE = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?:\s+(\d{1,2}):(\d\d)(?::(\d\d))?)?")


def parse_xml_feed(body: bytes, *, source: str, url: str) -> Parsed:
    """Read one feed.

    Raises:
        FetchTrouble: the bytes are no XML that we take.
    """
    root = _read_or_mend(body)
    _check_size(root)
    _flatten_authors(root)
    feed = feedparser.parse(
        io.BytesIO(etree.tostring(root, encoding="utf-8")),  # no DOCTYPE comes along
        response_headers={
            "content-location": url,
            "content-type": "application/xml; charset=utf-8",
        },
    )
    # Copied: feedparser's own dictionaries answer for keys that they do not have.
    entries = [dict(entry) for entry in feed.entries]
    _check_for_error(entries)
    return read_entries(entries, lambda entry: _paper(entry, source=source))


def _check_size(root: Element) -> None:
    """Refuse what no journal sends: feedparser's time grows with the square of it."""
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        detail = f"the feed has more than {MOST_ELEMENTS} elements"
        raise FetchTrouble(HarvestState.TOO_LARGE, detail)
    if any(len(entry) > MOST_FIELDS for entry in root.iter("{*}item", "{*}entry")):
        detail = f"an entry has more than {MOST_FIELDS} fields"
        raise FetchTrouble(HarvestState.TOO_LARGE, detail)


def _check_for_error(entries: Iterable[Mapping[str, Any]]) -> None:
    """Refuse the entry named "Error" of an arXiv query that is read as a plain feed."""
    for entry in entries:
        if ARXIV_ERROR in entry.get("id", ""):
            said = clean(entry.get("summary", ""))[:200]
            raise FetchTrouble(state_of_error(said), f"arXiv says: {said}")


def _read_or_mend(body: bytes) -> Element:
    """Parse strictly; if that fails, mend what loses nothing, and parse strictly again."""
    try:
        return read_xml(body, roots=_ROOTS)
    except FetchTrouble as trouble:
        try:
            return read_xml(_mended(body), roots=_ROOTS)
        except FetchTrouble:
            raise trouble from None


def _mended(body: bytes) -> bytes:
    """Undo the commonest slips of publishers, which a strict reader refuses.

    Control characters that XML forbids go; bare ampersands and HTML's entities become what
    they mean. What stands in CDATA sections is text already.
    """
    markup, *sections = _FORBIDDEN.sub(b"", body).split(_CDATA)
    mended = [_AMPERSAND.sub(_meant, markup)]
    for section in sections:
        text, end, markup = section.partition(_CDATA_END)
        mended += [_CDATA, text, end, _AMPERSAND.sub(_meant, markup)]
    return b"".join(mended)


def _meant(ampersand: re.Match[bytes]) -> bytes:
    if ampersand[1]:
        return ampersand[0]
    name = (ampersand[2] or b"").decode("ascii", "replace")
    if name in html5:
        return html5[name].encode("ascii", "xmlcharrefreplace")
    return b"&amp;" + (ampersand[2] or b"")


def _flatten_authors(root: Element) -> None:
    """Turn JOSS's ``<authors><author><given_name>…`` into Atom's ``<author><name>``."""
    for group in list(root.iter("{*}authors")):
        for person in list(group):
            parts = [
                "".join(found.itertext()).strip()
                for part in ("given_name", "middle_name", "last_name")
                for found in person.findall(f"{{*}}{part}")
            ]
            author = etree.SubElement(group.getparent(), etree.QName(group, "author"))
            etree.SubElement(author, etree.QName(group, "name")).text = " ".join(parts)
        group.getparent().remove(group)


def _paper(entry: Mapping[str, Any], *, source: str) -> Paper:
    contents = [str(part.get("value", "")) for part in entry.get("content", ())]
    return feed_paper(
        FeedEntry(
            identifier=entry.get("id", ""),
            title=entry.get("title", ""),
            link=entry.get("link", ""),
            texts=[entry.get("summary", ""), *contents],
            names=tuple(author.get("name", "") for author in entry.get("authors", ()) or ()),
            tags=[tag.get("term") or "" for tag in entry.get("tags", ())],
            doi_hints=[
                entry.get(key, "")
                for key in ("prism_doi", "doi", "dc_identifier", "identifier", "id", "link")
            ],
            published=next(_times(entry, "published", "updated"), None),
            updated=next(_times(entry, "updated"), None),
            pdf_url=entry.get("pdf_url", "") or _pdf_among(entry.get("links", ())),
        ),
        source=source,
    )


def _times(entry: Mapping[str, Any], *names: str) -> Iterator[datetime]:
    """Yield the times that can be read; feedparser misreads 2021/10/16, so that comes first."""
    for name in names:
        slashed = _SLASHED_DATE.fullmatch(str(entry.get(name, "")).strip())
        parsed = entry.get(f"{name}_parsed")
        try:
            if slashed:
                yield datetime(*(int(part or 0) for part in slashed.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
            elif parsed:
                yield datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC)
        except (ValueError, OverflowError, OSError):
            continue


def _pdf_among(links: list[Mapping[str, str]]) -> str:
    pdfs = (link.get("href", "") for link in links if link.get("type") == "application/pdf")
    return next(pdfs, "")
