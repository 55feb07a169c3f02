"""What the pages show of a paper: the mail's own view of it, with what is new and why."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from digest.core.edition import Match
from digest.core.paper import PaperId
from digest.core.render.author_view import AuthorsView, view_authors
from digest.core.render.paper_view import PaperView, view_paper
from digest.core.render.reason_view import ReasonView, view_reason, view_reasons
from digest.core.render.words import compact, long_date
from digest.core.schedule import Slot

_LEAD = 420


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A paper on a page.

    Attributes:
        paper: title, facts, lead and links.
        authors: the first of them.
        votes: its upvotes ("1.2k"), or "".
        is_new: whether it is marked as new.
        reasons: why it was found; none in a list that nobody asked for.
    """

    paper: PaperView
    authors: AuthorsView
    votes: str
    is_new: bool
    reasons: tuple[ReasonView, ...]


def view_cards(
    matches: Iterable[Match],
    *,
    year: int,
    new: frozenset[PaperId] = frozenset(),
    followed: tuple[str, ...] = (),
) -> list[CardView]:
    """Prepare papers for the templates.

    Args:
        matches: the papers, best first.
        year: dates of other years show theirs.
        new: the papers to mark as new.
        followed: authors who stand out.
    """
    return [_card(match, year, match.paper.id in new, followed) for match in matches]


def date_in_words(day: date, *, this_year: int) -> str:
    """Return "Sunday 22 November", with the year when it is another one."""
    words = long_date(Slot(day, day.isoformat()))
    return words if day.year == this_year else f"{words} {day.year}"


def _card(match: Match, year: int, is_new: bool, followed: tuple[str, ...]) -> CardView:  # noqa: FBT001 - a view's own field
    paper = match.paper
    votes = paper.signals.upvotes or 0
    view = view_paper(paper, _LEAD, year)
    facts = tuple(fact for fact in view.facts if not fact.startswith("▲"))  # they stand apart
    return CardView(
        paper=replace(view, facts=facts),
        authors=view_authors(paper.authors, followed),
        votes=compact(votes) if votes > 0 else "",
        is_new=is_new,
        reasons=tuple(view_reasons(match.reasons, view_reason)),
    )
