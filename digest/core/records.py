"""The JSON form of a paper: what files of papers hold and what `--json` prints.

Only ``id`` and ``title`` are required; ``null`` and a missing key both mean "not known".
Times are ISO 8601, a bare year or month included; one without a zone is in UTC.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from digest.core.paper import Paper, PaperId, Signals, arxiv_version, canonical_id, parse_doi
from digest.core.shown import shown
from digest.core.text import breaks_lines, clean, safe_url, tidy
from digest.errors import RecordError

MAX_COUNT = 2**31 - 1  # what every store keeps; nothing real comes near
MAX_ID = 500
_REDUCED = re.compile(r"\d{4}(?:-\d{2})?")


def paper_from_record(record: Mapping[str, object], *, source: str) -> Paper:
    """Read one paper.

    Args:
        record: the parsed JSON object; keys that we do not know are left alone.
        source: the teller's name, and the namespace of ids that nobody else knows.

    Raises:
        RecordError: a key is missing or holds what it must not; the message names it.
    """
    given = _required(record, "id")
    doi = parse_doi(_text(record, "doi")) or ""
    url = _url(record, "url")
    arxiv_id = _arxiv_id(record)
    identity = canonical_id(arxiv_id or given, source=source, doi=doi, url=url)
    version = _count(record, "version")
    told_by = tuple(name for name in map(clean, _texts(record, "sources")) if name)
    return Paper(
        id=identity,
        title=tidy(_required(record, "title", may_be_empty=True)),
        abstract=tidy(_text(record, "abstract")),
        authors=tuple(filter(None, map(tidy, _texts(record, "authors")))),
        categories=tuple(filter(None, map(clean, _texts(record, "categories")))),
        published=_time(record, "published"),
        updated=_time(record, "updated"),
        version=version if version is not None else arxiv_version(given),
        url=url or page_of(identity, doi),
        pdf_url=_url(record, "pdf_url"),
        code_url=_url(record, "code_url"),
        discussion_url=_url(record, "discussion_url"),
        doi=doi,
        comment=tidy(_text(record, "comment")),
        signals=_signals(record),
        sources=tuple(dict.fromkeys((*told_by, source))),
    )


def paper_to_record(paper: Paper) -> dict[str, object]:
    """Write one paper with every key present; what is not known is ``None``."""
    return {
        "id": str(paper.id),
        "title": paper.title,
        "abstract": paper.abstract or None,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "published": paper.published.isoformat() if paper.published else None,
        "updated": paper.updated.isoformat() if paper.updated else None,
        "url": paper.url or None,
        "pdf_url": paper.pdf_url or None,
        "doi": paper.doi or None,
        "comment": paper.comment or None,
        "upvotes": paper.signals.upvotes,
        "comments": paper.signals.comments,
        "stars": paper.signals.stars,
        "citations": paper.signals.citations,
        "code_url": paper.code_url or None,
        "discussion_url": paper.discussion_url or None,
        "arxiv_id": paper.id.key if paper.id.scheme == "arxiv" else None,
        "version": paper.version,
        "sources": list(paper.sources),
    }


def utc_time(raw: str) -> datetime:
    """Read an ISO 8601 date or time as UTC.

    Raises:
        ValueError: it is no such thing, or lies outside the calendar.
    """
    text = raw.strip()
    if _REDUCED.fullmatch(text):
        text = f"{text}-01-01"[:10]
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as problem:
        raise ValueError(f"{text} lies outside the calendar") from problem


def count_of(value: object) -> int | None:
    """Return a number of votes, stars or the like; None for anything that cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    whole = value == value // 1  # no infinity, no NaN, no fraction
    return int(value) if whole and 0 <= value <= MAX_COUNT else None


def page_of(identity: PaperId, doi: str = "") -> str:
    """Return the page that an arXiv id or a DOI stands for, or ""."""
    if identity.scheme == "arxiv":
        return f"https://arxiv.org/abs/{identity.key}"
    bare = identity.key if identity.scheme == "doi" else doi
    return safe_url(f"https://doi.org/{bare}") if bare else ""


def _required(record: Mapping[str, object], key: str, *, may_be_empty: bool = False) -> str:
    value = record.get(key)
    if key not in record:
        raise RecordError(f"{key}: is missing, it must be a text")
    if key == "id" and isinstance(value, str):
        if breaks_lines(value):
            raise RecordError(f"id: {shown(value)} has control characters, none are allowed")
        value = clean(value)
    if not isinstance(value, str) or (not value.strip() and not may_be_empty):
        raise RecordError(f"{key}: {shown(record[key])} is not allowed, it must be a text")
    if key == "id" and len(value) > MAX_ID:
        raise RecordError(f"id: {len(value)} characters, at most {MAX_ID} are allowed")
    return value


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RecordError(f"{key}: {shown(value)} is not allowed, it must be a text or null")
    return value


def _texts(record: Mapping[str, object], key: str) -> list[str]:
    value = record.get(key)
    if value is None:
        return []
    items = value if isinstance(value, list) else []
    wrong = [item for item in items if not isinstance(item, str)]
    if wrong or not isinstance(value, list):
        found = shown(wrong[0] if wrong else value)
        raise RecordError(f"{key}: {found} is not allowed, it must be a list of texts or null")
    return items


def _url(record: Mapping[str, object], key: str) -> str:
    raw = _text(record, key)
    url = safe_url(raw)
    if raw.strip() and not url:
        raise RecordError(f"{key}: {shown(raw)} is not allowed, it must be an http(s) URL or null")
    return url


def _time(record: Mapping[str, object], key: str) -> datetime | None:
    raw = _text(record, key)
    try:
        return utc_time(raw) if raw.strip() else None
    except ValueError:
        raise RecordError(
            f"{key}: {shown(raw)} is not allowed, it must be an ISO 8601 date or time or null"
        ) from None


def _count(record: Mapping[str, object], key: str) -> int | None:
    value = record.get(key)
    number = count_of(value)
    if value is not None and number is None:
        raise RecordError(
            f"{key}: {shown(value)} is not allowed, "
            f"it must be a whole number from 0 to {MAX_COUNT} or null"
        )
    return number


def _arxiv_id(record: Mapping[str, object]) -> str:
    raw = clean(_text(record, "arxiv_id"))
    if raw and PaperId.parse(raw).scheme != "arxiv":
        raise RecordError(f"arxiv_id: {shown(raw)} is not allowed, it must be an arXiv id or null")
    return raw


def _signals(record: Mapping[str, object]) -> Signals:
    return Signals(
        upvotes=_count(record, "upvotes"),
        comments=_count(record, "comments"),
        stars=_count(record, "stars"),
        citations=_count(record, "citations"),
    )
