"""What the templates of lists see: a headline, ways to other days, and cards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from digest.core.edition import Match, ReasonKind
from digest.core.interest_text import read_interests
from digest.core.paper import Paper, PaperId
from digest.core.subscriber import Interests
from digest.core.text import clean
from digest.pipeline.days import DayList
from digest.web.cards import CardView, date_in_words, view_cards

MOST = 100
_LONGEST_QUERY = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLink:
    """A day with papers: its ISO date, in words, and how many papers came."""

    date: str
    words: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingView:
    """A list of papers on a page.

    Attributes:
        headline: the day in words, or what was searched.
        note: a sentence below it, or "".
        date: the ISO date, "" for a search over all recent papers.
        query: what was searched, or "".
        wrong: a sentence on what cannot be done, or "".
        cards: the papers.
        more: how many there are beside the cards.
        before: the previous day that has papers, or None.
        after: the next one, or None.
    """

    headline: str
    note: str = ""
    date: str = ""
    query: str = ""
    wrong: str = ""
    cards: Sequence[CardView] = ()
    more: int = 0
    before: DayLink | None = None
    after: DayLink | None = None


def view_front(
    papers: DayList,
    day: date,
    counts: dict[date, int],
    *,
    new: frozenset[PaperId],
    limit: int,
) -> ListingView:
    """Show what is hot in the week that ends with ``day``, and which of it is new."""
    cards = view_cards(papers.hottest[:limit], year=day.year, new=new)
    head = view_day_head(day, counts, this_year=day.year)
    return replace(head, cards=cards)


def view_day_head(day: date, counts: dict[date, int], *, this_year: int) -> ListingView:
    """Show a day without its papers, and the ways to the days beside it."""
    earlier = [other for other in counts if other < day]
    later = [other for other in counts if other > day]
    return ListingView(
        headline=date_in_words(day, this_year=this_year),
        date=day.isoformat(),
        before=day_link(max(earlier), counts, this_year) if earlier else None,
        after=day_link(min(later), counts, this_year) if later else None,
    )


def day_link(day: date, counts: dict[date, int], this_year: int) -> DayLink:
    """Return what leads to a day."""
    words = date_in_words(day, this_year=this_year)
    return DayLink(date=day.isoformat(), words=words, count=counts.get(day, 0))


def fill(head: ListingView, papers: DayList, *, year: int, limit: int = MOST) -> ListingView:
    """Add a day's papers, what the community loves most first."""
    cards = view_cards(papers.hottest[:limit], year=year)
    more = len(papers.hottest) - len(cards)
    note = "" if cards else "No papers came in on this day."
    return replace(head, cards=cards, more=more, note=note)


def find(
    head: ListingView, papers: DayList, wanted: Interests, *, query: str, year: int
) -> ListingView:
    """Add the papers that a query finds, ranked as in mails, with the reasons.

    Args:
        head: what is shown above them.
        papers: what to look in.
        wanted: what ``read_query`` made of the query.
        query: as it was typed.
        year: the present one.
    """
    matches, matched = papers.search(wanted, limit=MOST)
    note = "Ranked as in the mails, with the reason for each paper."
    if not matches and wanted.keywords:
        wanted = _as_authors(wanted)
        matches, matched = papers.search(wanted, limit=MOST)
        note = "No paper has these words. These are by authors with that name."
    cards = view_cards(map(_without_echo, matches), year=year, followed=wanted.authors)
    if not cards:
        note = f"None of {len(papers.hottest):,} papers matches."
    return replace(head, query=query, cards=cards, more=max(matched - len(cards), 0), note=note)


def named_paper(query: str) -> PaperId | None:
    """Return the paper whose number in arXiv, or DOI, is all that a search says; else None."""
    words = clean(query)
    number = PaperId.parse(words) if 0 < len(words) <= _LONGEST_QUERY else None
    return number if number and number.scheme in {"arxiv", "doi"} else None


def show_named(paper: Paper | None, *, query: str, year: int) -> ListingView:
    """Show the paper that a search names, if there is one."""
    found = [] if paper is None else [Match(paper=paper, score=1.0)]
    note = "" if found else "No paper with this number has come in."
    cards = view_cards(found, year=year)
    return ListingView(headline="One paper", query=query, cards=cards, note=note)


def _as_authors(wanted: Interests) -> Interests:
    names = tuple(keyword.term for keyword in wanted.keywords)
    return replace(wanted, keywords=(), text="", authors=names)


def _without_echo(match: Match) -> Match:
    """Leave out the free text's reason where a keyword's says the same."""
    if not any(reason.kind is ReasonKind.TERM for reason in match.reasons):
        return match
    telling = (reason for reason in match.reasons if reason.kind is not ReasonKind.TEXT)
    return match._replace(reasons=tuple(telling))


def read_query(query: str) -> Interests:
    """Return what a search asks for: interests, and the words in any order as free text.

    Raises:
        ValueError: it is too long, or nothing can be looked for; one sentence for people.
    """
    if len(query) > _LONGEST_QUERY:
        raise ValueError(f"The search is too long; allowed: {_LONGEST_QUERY} characters.")
    wanted = read_interests(query)
    if wanted.is_empty:
        raise ValueError("Say what to look for: words, author: a name, or a category as cs.IR.")
    return replace(wanted, text=", ".join(keyword.term for keyword in wanted.keywords))
