"""Editions to render, of every kind that an ordinary list sends."""

from datetime import UTC, datetime, time

from digest.core.edition import Edition, Match, Reason, ReasonKind
from digest.core.paper import Signals
from digest.core.render import Links, MailList
from digest.core.schedule import Cadence, Schedule, Slot
from digest.core.subscriber import TextField
from tests.builders import NOW, a_paper, a_subscriber, interests

LIST = MailList(
    name="Trending papers",
    byline="by the research community",
    postal_address="Example Lab, 1 Example Street, 75000 Paris",
)
PAGES = "https://digest.example.org"
LINKS = Links(
    unsubscribe=f"{PAGES}/unsubscribe/token-of-ada",
    preferences=f"{PAGES}/preferences/token-of-ada",
    view=f"{PAGES}/editions/token-of-ada",
    more=f"{PAGES}/editions/token-of-ada?all",
    feedback=f"{PAGES}/feedback/token-of-ada",
)
MAILTO = Links(unsubscribe="mailto:digest@example.org?subject=unsubscribe%20token")
WEEKDAYS = Schedule(cadence=Cadence.parse("weekdays"), send_at=time(8, 0), timezone="Europe/Paris")
ADA = a_subscriber(
    name="Ada",
    schedule=WEEKDAYS,
    interests=interests("dense retrieval", "RAG", categories=("cs.IR", "cs.CL")),
)
LEAD = (
    "Two small encoders learn from a few thousand pairs of questions and passages. "
    "They find the right passage more often than tuned term weights do. "
)


def numbered_paper(number, **fields):
    return a_paper(
        f"arxiv:2611.{number:05}",
        **{
            "title": f"Finding Passages with Small Encoders, Part {number}",
            "abstract": LEAD * 3,
            "authors": ("Ada Byron", "Barlas Oğuz", "Cy Dee", "Di Eff", "Ed Gee"),
            "categories": ("cs.IR",),
            "published": datetime(2026, 11, 20, tzinfo=UTC),
            "url": f"https://arxiv.org/abs/2611.{number:05}",
            "pdf_url": f"https://arxiv.org/pdf/2611.{number:05}",
            "signals": Signals(upvotes=41, comments=12, stars=1_234),
            "sources": ("arxiv",),
        }
        | fields,
    )


def a_match(paper, *extra):
    term = Reason(
        kind=ReasonKind.TERM, text="dense retrieval", field=TextField.TITLE, count=3, points=2.0
    )
    return Match(paper=paper, score=0.5, reasons=(term, *extra))


def edition_of(*matches, trending=(), considered=1_043, **fields):
    return Edition(
        **{
            "subscriber_id": 1,
            "slot": Slot.parse("2026-11-22"),
            "created_at": NOW,
            "cutoff": 1,
            "considered": considered,
            "matched": len(matches) + 12 if matches else 0,
            "picks": matches,
            "trending": trending,
        }
        | fields
    )


def _ordinary():
    liked = Reason(kind=ReasonKind.LIKED, text="Passages & Where to Find Them", points=1.0)
    followed = Reason(kind=ReasonKind.AUTHOR, text="Ed Gee", points=1.0)
    rich = numbered_paper(
        2, code_url="https://github.com/example/code", discussion_url="https://example.org/talk"
    )
    edition = edition_of(
        a_match(numbered_paper(1), followed),
        a_match(rich, liked),
        a_match(numbered_paper(3, authors=(), signals=Signals(), pdf_url="")),
        trending=(numbered_paper(4), numbered_paper(5, signals=Signals(stars=310))),
    )
    return edition, ADA, LINKS


def _trending():
    matches = [Match(paper=numbered_paper(i), score=0.5) for i in (1, 2)]
    edition = edition_of(*matches, slot=Slot.parse("2026-W47"), matched=2)
    return edition, a_subscriber(schedule=WEEKDAYS), LINKS


def _empty():
    return edition_of(), ADA, MAILTO


def _long():
    edition = edition_of(
        *(a_match(numbered_paper(i)) for i in range(60)), slot=Slot.parse("2026-11")
    )
    return edition, ADA, MAILTO


def _outsider():
    mark = Reason(kind=ReasonKind.OUTSIDER, text="upvotes", count=1_041)
    signal = Reason(kind=ReasonKind.SIGNAL, text="upvotes", count=1_041)
    loved = numbered_paper(2, signals=Signals(upvotes=1_041))
    edition = edition_of(
        a_match(numbered_paper(1)), Match(paper=loved, score=0.0, reasons=(mark, signal)), matched=9
    )
    return edition, ADA, LINKS


GOLDEN = {
    "outsider": _outsider,
    "ordinary": _ordinary,
    "trending": _trending,
    "empty": _empty,
    "long": _long,
}
