"""Reads JSON Feed 1.x (https://www.jsonfeed.org/version/1.1/)."""

from collections.abc import Mapping
from urllib.parse import urljoin

from digest.core.harvest import HarvestState, Parsed
from digest.core.paper import Paper
from digest.sources.arxiv_paper import time_or_none
from digest.sources.entries import read_entries
from digest.sources.feed_paper import FeedEntry, feed_paper
from digest.sources.json import read_json
from digest.sources.trouble import FetchTrouble

_VERSION = "https://jsonfeed.org/version/1"


def parse_json_feed(body: bytes, *, source: str, url: str) -> Parsed:
    """Read one feed.

    Raises:
        FetchTrouble: the bytes are no JSON Feed.
    """
    feed = read_json(body)
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(feed, dict) or not str(feed.get("version")).startswith(_VERSION):
        raise FetchTrouble(HarvestState.MALFORMED, "no JSON Feed: its version is missing")
    if not isinstance(items, list):
        raise FetchTrouble(HarvestState.MALFORMED, "no JSON Feed: it has no list of items")
    return read_entries(items, lambda item: _paper(item, source=source, url=url), noun="item")


def _paper(item: object, *, source: str, url: str) -> Paper:
    """Read one item; a number as id stands for its digits, as the specification says."""
    told: Mapping[str, object] = item if isinstance(item, dict) else {}
    own_id = told.get("id")
    link = _text(told, "url") or _text(told, "external_url")
    return feed_paper(
        FeedEntry(
            identifier=str(own_id) if isinstance(own_id, str | int | float) else "",
            title=_text(told, "title"),
            link=_resolved(link, url),
            texts=[_text(told, key) for key in ("summary", "content_html", "content_text")],
            names=tuple(_names(told)),
            tags=[tag for tag in _list(told, "tags") if isinstance(tag, str)],
            doi_hints=[_text(told, "id"), link, _text(told, "external_url")],
            published=time_or_none(_text(told, "date_published")),
            updated=time_or_none(_text(told, "date_modified")),
            pdf_url=_pdf_among(_list(told, "attachments"), url),
        ),
        source=source,
    )


def _names(told: Mapping[str, object]) -> list[str]:
    """Return the authors of version 1.1, else the one author of version 1.0."""
    people = _list(told, "authors") or [told.get("author")]
    return [_text(person, "name") for person in people if isinstance(person, dict)]


def _pdf_among(attachments: list[object], url: str) -> str:
    pdfs = (
        _resolved(_text(attachment, "url"), url)
        for attachment in attachments
        if isinstance(attachment, dict) and attachment.get("mime_type") == "application/pdf"
    )
    return next(pdfs, "")


def _resolved(link: str, url: str) -> str:
    """Return a link made absolute; what is no URL at all is no link."""
    try:
        return urljoin(url, link) if link else ""
    except ValueError:
        return ""


def _text(told: Mapping[str, object], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""


def _list(told: Mapping[str, object], key: str) -> list[object]:
    value = told.get(key)
    return value if isinstance(value, list) else []
