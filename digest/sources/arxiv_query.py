"""The language of arXiv's query API: what is asked, and what one page of results says.

User's manual: https://info.arxiv.org/help/api/user-manual.html.
"""

from dataclasses import replace
from datetime import datetime

from digest.core.arxiv_categories import CLASSES
from digest.core.harvest import HarvestState, Parsed
from digest.core.paper import Paper
from digest.core.text import clean
from digest.sources.arxiv_paper import ArxivEntry, arxiv_paper, time_or_none
from digest.sources.entries import read_entries, unreadable
from digest.sources.trouble import FetchTrouble
from digest.sources.unreadable import state_of_error
from digest.sources.xml import Element, find_all, read_xml, text_at

ERROR_MARK = "arxiv.org/api/errors"
_LONGEST_NUMBER = 9


def search_query(categories: tuple[str, ...], *, first: datetime, last: datetime) -> str:
    """Ask for papers of any of the categories whose first version came in a window.

    The API compares whole names: an archive is asked for with its classes, ``cs`` and ``cs.*``.
    """
    names = [
        name
        for category in categories
        for name in (category, *([f"{category}.*"] if CLASSES.get(category) else ()))
    ]
    any_category = " OR ".join(f"cat:{name}" for name in names)
    return f"({any_category}) AND submittedDate:[{first:%Y%m%d%H%M} TO {last:%Y%m%d%H%M}]"


def parse(body: bytes, *, source: str = "arxiv") -> Parsed:
    """Read one page; also in the shape that was served before November 2025."""
    try:
        feed = read_xml(body, roots=["feed"])
    except FetchTrouble as trouble:
        return unreadable(trouble)
    total = _number(text_at(feed, "opensearch:totalResults"))
    if total is None:
        detail = "no answer of arXiv's API: it tells no total"
        return Parsed(state=HarvestState.MALFORMED, detail=detail)
    entries = find_all(feed, "atom:entry")
    if refusal := _refusal(entries):
        return refusal
    page_size = _number(text_at(feed, "opensearch:itemsPerPage"))
    start = _number(text_at(feed, "opensearch:startIndex")) or 0
    read = read_entries(entries, lambda entry: _paper(entry, source=source))
    return judged(
        replace(read, total=total),
        found=len(entries),
        promised=min(total if page_size is None else page_size, total - start),
    )


def judged(read: Parsed, *, found: int, promised: int) -> Parsed:
    """Compare what came with what was promised; a reading that failed stays failed."""
    if read.state is HarvestState.MALFORMED:
        return read
    if found < promised:
        detail = f"{found} entries came of {promised} promised"
        return replace(read, state=HarvestState.INCOMPLETE, detail=detail)
    state = HarvestState.OK if found else HarvestState.QUIET
    return replace(read, state=state, detail="")


def _refusal(entries: list[Element]) -> Parsed | None:
    """Read the entry named "Error" that comes in place of results; its id tells it."""
    for entry in entries:
        if ERROR_MARK in text_at(entry, "atom:id"):
            said = clean(text_at(entry, "atom:summary"))[:200]
            return Parsed(state=state_of_error(said), detail=f"arXiv says: {said}")
    return None


def _paper(entry: Element, *, source: str) -> Paper:
    primary = [found.get("term", "") for found in find_all(entry, "arxiv:primary_category")]
    every = [found.get("term", "") for found in find_all(entry, "atom:category")]
    return arxiv_paper(
        ArxivEntry(
            identifier=text_at(entry, "atom:id"),
            title=text_at(entry, "atom:title"),
            abstract=text_at(entry, "atom:summary"),
            authors=[text_at(author, "atom:name") for author in find_all(entry, "atom:author")],
            categories=[*primary, *every],
            published=time_or_none(text_at(entry, "atom:published")),
            updated=time_or_none(text_at(entry, "atom:updated")),
            doi=text_at(entry, "arxiv:doi"),
            comment=text_at(entry, "arxiv:comment"),
            journal=text_at(entry, "arxiv:journal_ref"),
        ),
        source=source,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_NUMBER else None
