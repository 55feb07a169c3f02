"""Makes a paper of a feed's entry, whatever the feed's format."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from digest.core.paper import Paper, canonical_id, parse_doi
from digest.core.records import MAX_ID, page_of
from digest.core.text import MAX_URL, clean, safe_url, tidy
from digest.errors import RecordError
from digest.sources.feed_text import best_of, plain_text, read_description
from digest.sources.names import given_name_first, split_loose_names

_DOI_IN_ADDRESS = re.compile(
    r"""https?://[^/?\#]+/ (?:[^?\#]*/)? (?P<doi> 10\.\d{4,9}/[^\s?\#]+? )
        (?: /(?:abs|abstract|epdf|full|html|meta|pdf) )? /? (?:[?\#].*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_PREPRINT_VERSION = re.compile(r"(10\.(?:1101|64898)/[\d.]+)v\d+.*", re.IGNORECASE)
_MOST_TAGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """The fields of one entry, as raw as they came; "" where there is none.

    Attributes:
        identifier: the feed's own id.
        title: text or HTML.
        link: the page, absolute.
        texts: summary and content, text or HTML.
        names: one element for each author, or one with all of them.
        tags: categories, keywords.
        doi_hints: fields that may hold a DOI, most trusted first.
        pdf_url: the PDF, absolute.
    """

    identifier: str
    title: str
    link: str
    texts: Iterable[str] = ()
    names: tuple[str, ...] = ()
    tags: Iterable[str] = ()
    doi_hints: Iterable[str] = ()
    published: datetime | None = None
    updated: datetime | None = None
    pdf_url: str = ""


def feed_paper(entry: FeedEntry, *, source: str) -> Paper:
    """Clean an entry.

    Raises:
        RecordError: it has no title, or nothing that identifies it.
    """
    title = tidy(plain_text(entry.title))
    url = safe_url(entry.link)
    doi = next(filter(None, map(_doi_in, entry.doi_hints)), "")
    own_id = _doi_in(entry.identifier) or clean(entry.identifier) or url or doi
    if not own_id or len(own_id) > MAX_ID:
        raise RecordError(f"{title[:60]!r}: no usable id, link or DOI")
    if not title:
        raise RecordError(f"{own_id[:60]!r}: no title")
    told = best_of([read_description(text) for text in entry.texts])
    identity = canonical_id(own_id, source=source, doi=doi, url=url)
    return Paper(
        id=identity,
        title=title,
        abstract=told.abstract,
        authors=tuple(filter(None, map(tidy, _authors(entry.names) or told.authors))),
        categories=tuple(dict.fromkeys(filter(None, map(tidy, entry.tags))))[:_MOST_TAGS],
        published=entry.published,
        updated=entry.updated,
        url=url or page_of(identity, doi),
        pdf_url=safe_url(entry.pdf_url),
        doi=doi,
        sources=(source,),
    )


def _authors(names: tuple[str, ...]) -> list[str]:
    """Read one name from each element, or all names from the only one; no mail addresses."""
    lines = [" ".join(plain_text(name).split()) for name in names]
    people = split_loose_names(lines[0]) if len(lines) == 1 else map(given_name_first, lines)
    return [name for name in people if name and "@" not in name]


def _doi_in(hint: str) -> str:
    """Return the DOI that a field or a publisher's address holds, or ""."""
    if len(hint) > MAX_URL:
        return ""
    address = _DOI_IN_ADDRESS.fullmatch(hint.strip())
    text = address["doi"] if address else hint
    return parse_doi(_PREPRINT_VERSION.sub(r"\1", text)) or ""
