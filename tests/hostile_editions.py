"""Editions and readers that are made of what should do harm."""

from datetime import UTC, datetime

from digest.core.edition import Match, Reason, ReasonKind
from digest.core.paper import Signals
from digest.core.subscriber import Interests
from tests.builders import a_paper, a_subscriber
from tests.editions import edition_of

HOSTILE = [
    "x" * 5_000,
    "שלום עולם " * 40,
    "\u202eevil\u202c text",
    "👩‍👩‍👧‍👦 emoji 🏳️‍🌈",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% for x in y %} {# c #}",
    "javascript:alert(1)",
    "https://bank.example.com/login",
    "a\r\nBcc: evil@example.com\x00\x07\u2028",
    "Z" + "\u0337\u0322" * 300,
    "深度学习" * 200,
    '" onmouseover="x" \' & < > &amp;',
    "\ud800 alone",
    "</title></td></table><!--",
    "\ufdd0cards\ufdd1 jinja0ajnij <!--jinja0-->",
    "",
]
HOSTILE_URLS = [
    "javascript:alert(1)",
    "data:text/html,x",
    "https://user:secret@example.com/",
    'https://example.org/"><script>alert(1)</script>',
    "https://example.org/" + "&" * 900,
    "http://127.0.0.1/",
]


def hostile_edition(count, shift=0):
    def some(values, i):
        return values[(i + shift) % len(values)]

    papers = [
        a_paper(
            f"x:{i}",
            title=some(HOSTILE, i),
            abstract=some(HOSTILE, i + 1) * 3,
            authors=(some(HOSTILE, i + 2),) * (2_000 if i == 0 else 3),
            categories=(some(HOSTILE, i + 3),),
            url=some(HOSTILE_URLS, i),
            pdf_url=some(HOSTILE_URLS, i + 1),
            code_url=some(HOSTILE_URLS, i + 2),
            doi=some(HOSTILE, i),
            published=datetime(1, 1, 1, tzinfo=UTC),
            signals=Signals(upvotes=10**15, comments=-1),
            sources=(some(HOSTILE, i + 4),),
        )
        for i in range(count)
    ]
    matches = [
        Match(
            paper=paper,
            score=1.0,
            reasons=tuple(
                Reason(kind=kind, text=some(HOSTILE, i + j)) for j, kind in enumerate(ReasonKind)
            ),
        )
        for i, paper in enumerate(papers)
    ]
    return edition_of(*matches, trending=tuple(papers))


def hostile_reader(shift):
    return a_subscriber(name=HOSTILE[shift], interests=Interests(authors=tuple(HOSTILE), text="x"))
