"""Makes a paper of what every arXiv answer says in its own way.

Identifiers: https://info.arxiv.org/help/arxiv_identifier.html; metadata fields:
https://info.arxiv.org/help/prep.html.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from digest.core.paper import Paper, PaperId, arxiv_version, parse_doi
from digest.core.records import page_of, utc_time
from digest.core.text import clean, safe_url, tidy
from digest.errors import RecordError
from digest.sources.entries import NoNewsError

_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?")
_WITHDRAWN_REMARK = re.compile(r"\bwithdrawn\b", re.IGNORECASE)
_WITHDRAWN_ABSTRACT = re.compile(
    r"\W*(?:this|the) (?:\w+ )?(?:paper|article|manuscript|submission|preprint|work)"
    r" (?:has been|have been|was|is) (?:\w+ )?withdrawn\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:https?://)?(?:www\.)?(git(?:hub|lab)\.com/[\w.-]+/[\w.-]*\w)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivEntry:
    """The fields of one entry, as raw as they came; "" where there is none.

    Attributes:
        identifier: any spelling of the arXiv id, with or without version.
        authors: names in order.
        categories: codes, the primary one first; other classifications may be among them.
        doi: the journal's DOI; several are separated by white space.
        journal: where it was printed.
    """

    identifier: str
    title: str
    abstract: str
    authors: Iterable[str]
    categories: Iterable[str]
    published: datetime | None = None
    updated: datetime | None = None
    doi: str = ""
    comment: str = ""
    journal: str = ""


def arxiv_paper(entry: ArxivEntry, *, source: str) -> Paper:
    """Clean an entry.

    Raises:
        RecordError: it has no arXiv id or no title.
        NoNewsError: the paper was withdrawn.
    """
    identity = _identity(entry.identifier)
    title, abstract = tidy(entry.title), tidy(entry.abstract)
    comment, journal = tidy(entry.comment), tidy(entry.journal)
    if not title:
        raise RecordError(f"{identity}: no title")
    if _WITHDRAWN_REMARK.search(comment) or _WITHDRAWN_ABSTRACT.match(abstract):
        raise NoNewsError(f"{identity}: withdrawn")
    return Paper(
        id=identity,
        title=title,
        abstract=abstract,
        authors=tuple(filter(None, map(tidy, entry.authors))),
        categories=tuple(dict.fromkeys(filter(_CATEGORY.fullmatch, map(clean, entry.categories)))),
        published=entry.published,
        updated=entry.updated,
        version=arxiv_version(entry.identifier),
        url=page_of(identity),
        pdf_url=f"https://arxiv.org/pdf/{identity.key}",
        code_url=_code_in(comment) or _code_in(abstract),
        doi=parse_doi(entry.doi.partition(" ")[0]) or "",
        comment="; ".join(filter(None, (comment, journal))),
        sources=(source,),
    )


def time_or_none(raw: str) -> datetime | None:
    """Read a time; one that cannot be read is not known, and costs nobody the paper."""
    try:
        return utc_time(raw)
    except ValueError:
        return None


def _identity(raw: str) -> PaperId:
    text = clean(raw)
    identity = PaperId.parse(text) if text else None
    if identity is None or identity.scheme != "arxiv":
        raise RecordError(f"{text[:60]!r} is no arXiv id")
    return identity


def _code_in(text: str) -> str:
    """Return the first repository that the authors name; a closing full stop is not its."""
    found = _CODE.search(text)
    return safe_url(f"https://{found[1].removesuffix('.git')}") if found else ""
