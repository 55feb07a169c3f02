"""Papers and their identity across sources.

A paper's canonical id has no version: ``arxiv:2406.01234`` (or ``arxiv:hep-th/9901001``),
else ``doi:10.1101/2024.01.01.123456``, else ``<source>:<key>``. Identifier forms:
https://info.arxiv.org/help/arxiv_identifier.html and the DOI Handbook, section 2.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Self

_ARXIV_NEW = r"\d{4}\.\d{4,5}"
_ARXIV_OLD = r"[a-z][a-z-]+(?:\.[a-z]{2})?/\d{7}"
_ARXIV = re.compile(
    rf"""(?: (?:https?://)? (?:[a-z]+\.)? arxiv\.org/ (?:abs|pdf|html|format)/
           | oai:arxiv\.org: | arxiv: \s* )?
         (?P<key> {_ARXIV_NEW} | {_ARXIV_OLD} ) (?: v(?P<version>\d+) )? (?:\.pdf)? /?""",
    re.VERBOSE | re.IGNORECASE,
)
_ARXIV_WITHIN = re.compile(
    rf"""(?: arxiv\.org/ (?:abs|pdf|html|format)/ | arxiv: \s*+ )
         (?P<key> {_ARXIV_NEW} | {_ARXIV_OLD} ) (?!\d)
       | (?<![\w/]) abs/ (?P<dblp> {_ARXIV_NEW} ) (?!\d)  # DBLP: CoRR, volume abs/2005.11401
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CONTROLS = r"\x00-\x1f\x7f-\x9f\ud800-\udfff"  # and surrogates: no database keeps them
_DOI = re.compile(
    rf"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(?P<doi>10\.\d{{4,9}}/[^\s{_CONTROLS}]+)",
    re.IGNORECASE,
)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(?P<key>.+)", re.IGNORECASE)
_CANONICAL = re.compile(r"(?!https?:)[a-z][a-z0-9-]*:\S")
_CONTROL = re.compile(f"[{_CONTROLS}]")
_OLD_SUBJECT_CLASS = re.compile(r"\.[a-z]{2}/", re.IGNORECASE)
_MIN_TITLE_KEY = 16


class PaperId(str):
    """A canonical paper id, version removed; compares and hashes as its text."""

    __slots__ = ()

    @classmethod
    def parse(cls, raw: str, *, source: str = "paper") -> Self:
        """Read any spelling of an identifier.

        Args:
            raw: an arXiv id (old or new, any prefix, URL or version), a DOI, a canonical
                id, or any other text that is unique within its source.
            source: the namespace for ids that are neither arXiv's nor a DOI.

        Raises:
            ValueError: the text is empty.
        """
        text = _CONTROL.sub("", raw).strip()
        if not text:
            raise ValueError("a paper id must not be empty")
        if match := _ARXIV.fullmatch(text):
            return cls(f"arxiv:{_arxiv_key(match['key'])}")
        if doi := parse_doi(text):
            return cls.from_doi(doi)
        if _CANONICAL.match(text):
            return cls(text)
        return cls(f"{source}:{text}")

    @classmethod
    def from_doi(cls, doi: str) -> Self:
        """Name a paper by its DOI; arXiv's own DOIs name the arXiv paper."""
        if (arxiv := _ARXIV_DOI.fullmatch(doi)) and (key := _ARXIV.fullmatch(arxiv["key"])):
            return cls(f"arxiv:{_arxiv_key(key['key'])}")
        return cls(f"doi:{doi.lower()}")

    @property
    def scheme(self) -> str:
        """What kind of id this is: ``arxiv``, ``doi`` or a source's name."""
        return self.partition(":")[0]

    @property
    def key(self) -> str:
        """The id without its scheme."""
        return self.partition(":")[2]


def parse_doi(raw: str) -> str | None:
    """Return the bare lower-case DOI in ``raw``, or None; DOIs compare without case."""
    match = _DOI.fullmatch(raw.strip())
    return match["doi"].rstrip(".,;").lower() if match else None


def arxiv_id_in(text: str) -> PaperId | None:
    """Return the first arXiv paper that a text names by address or as ``arXiv:ID``, or None."""
    match = _ARXIV_WITHIN.search(text)
    return PaperId(f"arxiv:{_arxiv_key(match['key'] or match['dblp'])}") if match else None


def arxiv_version(raw: str) -> int | None:
    """Return the version that an arXiv id or URL names, or None."""
    match = _ARXIV.fullmatch(raw.strip())
    return int(match["version"]) if match and match["version"] else None


def canonical_id(raw: str, *, source: str, doi: str = "", url: str = "") -> PaperId:
    """Choose the best identity that a record offers: arXiv id, else DOI, else its own.

    Args:
        raw: the record's own id.
        source: the namespace for an id that nobody else knows.
        doi: the record's DOI, any spelling, or "".
        url: the record's page, which may be an arXiv page, or "".

    Raises:
        ValueError: ``raw`` is empty.
    """
    own = PaperId.parse(raw, source=source)
    offers = [own, *_arxiv_id_of(url)]
    if bare := parse_doi(doi):
        offers.append(PaperId.from_doi(bare))
    ranked = {"arxiv": 0, "doi": 1}
    return min(offers, key=lambda offer: ranked.get(offer.scheme, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Community numbers of a paper as last seen; None means nobody told us."""

    upvotes: int | None = None
    comments: int | None = None
    stars: int | None = None
    citations: int | None = None

    def updated(self, newer: "Signals") -> "Signals":
        """Return these numbers with every number that ``newer`` knows."""
        return Signals(
            upvotes=self.upvotes if newer.upvotes is None else newer.upvotes,
            comments=self.comments if newer.comments is None else newer.comments,
            stars=self.stars if newer.stars is None else newer.stars,
            citations=self.citations if newer.citations is None else newer.citations,
        )


class Sighting(NamedTuple):
    """A community number seen at a time: the field of ``Signals``, the time (UTC), the number."""

    kind: str
    at: datetime
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One preprint or article, its text already cleaned (see ``core.text``).

    Attributes:
        id: canonical id.
        title: one line of plain Unicode text, no TeX.
        abstract: one paragraph of plain Unicode text, or "".
        authors: names in order, "First Last".
        categories: subject codes, the primary one first.
        published: when the first version appeared (UTC), None when unknown.
        updated: when this version appeared (UTC), None when unknown.
        version: arXiv version, None when unknown.
        url: the page to read it on (http or https), or "".
        pdf_url: the PDF (http or https), or "".
        code_url: the code (http or https), or "".
        discussion_url: a page where it is discussed (http or https), or "".
        doi: bare lower-case DOI of the article, or "".
        comment: the authors' remark ("12 pages, accepted at …"), or "".
        signals: community numbers as last seen.
        sources: names of the sources that told us, first teller first.
    """

    id: PaperId
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    version: int | None = None
    url: str = ""
    pdf_url: str = ""
    code_url: str = ""
    discussion_url: str = ""
    doi: str = ""
    comment: str = ""
    signals: Signals = Signals()
    sources: tuple[str, ...] = ()


def work_keys(paper: Paper) -> tuple[str, ...]:
    """Return every key under which another source may know the same work.

    They are the canonical id, the arXiv id in its URL, the DOI, and the normalised title
    with the first author's family name; never the title alone.
    """
    return tuple(dict.fromkeys(_keys_of(paper)))


def merge(known: Paper, told: Paper) -> Paper:
    """Join two records of the same work field by field; identity stays ``known``'s.

    The fuller text, the longer author list, the earlier first date and the newer
    community numbers win; no link is lost.
    """
    newer = (told.version or 0) > (known.version or 0)
    first, second = (told, known) if newer else (known, told)
    return replace(
        known,
        title=first.title or second.title,
        abstract=first.abstract or second.abstract,
        authors=_longer(first.authors, second.authors),
        categories=tuple(dict.fromkeys(known.categories + told.categories)),
        published=_earlier(known.published, told.published),
        updated=_later(known.updated, told.updated),
        version=max(known.version or 0, told.version or 0) or None,
        url=known.url or told.url,
        pdf_url=known.pdf_url or told.pdf_url,
        code_url=known.code_url or told.code_url,
        discussion_url=known.discussion_url or told.discussion_url,
        doi=known.doi or told.doi,
        comment=first.comment or second.comment,
        signals=known.signals.updated(told.signals),
        sources=tuple(dict.fromkeys(known.sources + told.sources)),
    )


def _keys_of(paper: Paper) -> Iterator[str]:
    yield str(paper.id)
    yield from map(str, _arxiv_id_of(paper.url))
    if paper.doi:
        yield str(PaperId.from_doi(paper.doi))
    title = _letters(paper.title)
    family = _letters(paper.authors[0].split()[-1]) if paper.authors else ""
    if family and len(title) >= _MIN_TITLE_KEY:
        yield f"work:{title}|{family}"


def _arxiv_key(key: str) -> str:
    return _OLD_SUBJECT_CLASS.sub("/", key.lower())


def _arxiv_id_of(url: str) -> list[PaperId]:
    match = _ARXIV.fullmatch(url) if "arxiv.org/" in url.lower() else None
    return [PaperId(f"arxiv:{_arxiv_key(match['key'])}")] if match else []


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def _longer(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return second if len(second) > len(first) else first


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min(filter(None, (first, second)), default=None)


def _later(first: datetime | None, second: datetime | None) -> datetime | None:
    return max(filter(None, (first, second)), default=None)
