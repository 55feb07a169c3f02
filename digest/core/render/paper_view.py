"""What templates see of a paper: every text cleaned and clipped, every URL fit to link."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from digest.core.paper import Paper, Signals
from digest.core.render.author_view import byline
from digest.core.render.linkable import linkable, reads_as_address
from digest.core.render.words import compact, counted, day_and_month
from digest.core.text import clean, clip, lead

_TITLE = 250
_LABEL = 80
_CATEGORY = 32
_SOURCES = {
    "arxiv": "arXiv",
    "arxiv-oai": "arXiv",
    "arxiv-rss": "arXiv",
    "biorxiv": "bioRxiv",
    "crossref": "Crossref",
    "huggingface": "Hugging Face",
    "medrxiv": "medRxiv",
    "openalex": "OpenAlex",
    "openreview": "OpenReview",
    "pubmed": "PubMed",
    "semantic-scholar": "Semantic Scholar",
}
_NAMELESS = {"feed", "file"}  # what such sources are called when nobody names them


@dataclass(frozen=True, slots=True)
class LinkView:
    """A named way from a paper ("PDF") and where it leads."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """A paper as templates see it; the same for every reader.

    Attributes:
        title: at most 250 characters.
        label: the title cut short, for the accessible names of links.
        url: where the title leads, or "".
        byline: who wrote it, in a few words.
        facts: where ("arXiv · cs.CL", "nature.com"), date and community numbers, each a few words.
        badge: its first community number ("▲ 41", "★ 310"), or "".
        talk: "12 comments", or "".
        lead: the beginning of the abstract, cut at a sentence, or "".
        links: abstract, PDF, code and discussion, those there are.
    """

    title: str
    label: str
    url: str
    byline: str
    facts: tuple[str, ...]
    badge: str
    talk: str
    lead: str
    links: tuple[LinkView, ...]


def view_paper(paper: Paper, lead_limit: int, this_year: int) -> PaperView:
    """Prepare a paper for the templates.

    Args:
        paper: any record, hostile ones included.
        lead_limit: the most characters of the abstract; 0 leaves it out.
        this_year: dates of other years show theirs.
    """
    title = clip(clean(paper.title), _TITLE) or "(untitled)"
    page = linkable(paper.url) or linkable(f"https://doi.org/{paper.doi}" if paper.doi else "")
    return PaperView(
        title=title,
        label=clip(title, _LABEL),
        url="" if reads_as_address(title) else page,
        byline=byline(paper.authors),
        facts=tuple(_facts(paper, this_year)),
        badge=_badge(paper.signals),
        talk=counted(paper.signals.comments, "comment") if paper.signals.comments else "",
        lead=lead(clean(paper.abstract), lead_limit) if lead_limit else "",
        links=tuple(_links(paper, page)),
    )


def _links(paper: Paper, page: str) -> Iterator[LinkView]:
    named = {
        "Abstract": page,
        "PDF": linkable(paper.pdf_url),
        "Code": linkable(paper.code_url),
        "Discussion": linkable(paper.discussion_url),
    }
    return (LinkView(name, url) for name, url in named.items() if url)


def _facts(paper: Paper, this_year: int) -> Iterator[str]:
    where = (_source(paper), *(clip(clean(name), _CATEGORY) for name in paper.categories[:1]))
    if any(where):
        yield " · ".join(filter(None, where))
    if paper.published:
        yield day_and_month(paper.published.date(), this_year=this_year)
    yield from _signals(paper.signals)


def _signals(signals: Signals) -> Iterator[str]:
    if signals.upvotes:
        yield f"▲ {compact(signals.upvotes)}"
    if signals.comments:
        yield counted(signals.comments, "comment")
    if signals.stars:
        yield f"★ {compact(signals.stars)}"
    if signals.citations:
        yield counted(signals.citations, "citation")


def _badge(signals: Signals) -> str:
    return next((text for text in _signals(signals) if text[0] in "▲★"), "")


def _source(paper: Paper) -> str:
    name = "arxiv" if paper.id.scheme == "arxiv" else next(iter(paper.sources), "")
    if name in _NAMELESS:
        return "" if paper.categories else clip(_host(paper), _CATEGORY)
    return _SOURCES.get(name) or clip(clean(name), _CATEGORY)


def _host(paper: Paper) -> str:
    """Return where a paper is read ("nature.com"), or ""."""
    host = urlsplit(linkable(paper.url)).hostname or ""
    return host.removeprefix("www.")
