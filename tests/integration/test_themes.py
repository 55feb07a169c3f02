"""The default theme as readers get it."""

import random
import re
from binascii import a2b_qp
from datetime import UTC, datetime, time
from itertools import pairwise

import html5lib
import pytest
from lxml import etree, html

from digest.core import quoted_printable
from digest.core.edition import Edition, Match, Reason, ReasonKind
from digest.core.paper import Signals
from digest.core.render import Links, MailList, Renderer, Theme
from digest.core.render.templates import Templates
from digest.core.render.theme import HTML_PARTS, TEXT_PARTS
from digest.core.schedule import Cadence, Schedule, Slot
from digest.core.subscriber import Interests, TextField
from digest.themes import inlining, load_theme, template_folder
from tests.builders import NOW, a_paper, a_subscriber, interests
from tests.plain_rendering import PlainMail

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


@pytest.fixture(scope="module")
def theme():
    return load_theme("default")


@pytest.fixture(scope="module")
def renderer(theme):
    return Renderer(theme, LIST)


def _paper(number, **fields):
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


def _match(paper, *extra):
    term = Reason(
        kind=ReasonKind.TERM, text="dense retrieval", field=TextField.TITLE, count=3, points=2.0
    )
    return Match(paper=paper, score=0.5, reasons=(term, *extra))


def _edition(*matches, trending=(), considered=1_043, **fields):
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
    rich = _paper(
        2, code_url="https://github.com/example/code", discussion_url="https://example.org/talk"
    )
    edition = _edition(
        _match(_paper(1), followed),
        _match(rich, liked),
        _match(_paper(3, authors=(), signals=Signals(), pdf_url="")),
        trending=(_paper(4), _paper(5, signals=Signals(stars=310))),
    )
    return edition, ADA, LINKS


def _trending():
    matches = [Match(paper=_paper(i), score=0.5) for i in (1, 2)]
    edition = _edition(*matches, slot=Slot.parse("2026-W47"), matched=2)
    return edition, a_subscriber(schedule=WEEKDAYS), LINKS


def _empty():
    return _edition(), ADA, MAILTO


def _long():
    edition = _edition(*(_match(_paper(i)) for i in range(60)), slot=Slot.parse("2026-11"))
    return edition, ADA, MAILTO


def _outsider():
    mark = Reason(kind=ReasonKind.OUTSIDER, text="upvotes", count=1_041)
    signal = Reason(kind=ReasonKind.SIGNAL, text="upvotes", count=1_041)
    loved = _paper(2, signals=Signals(upvotes=1_041))
    edition = _edition(
        _match(_paper(1)), Match(paper=loved, score=0.0, reasons=(mark, signal)), matched=9
    )
    return edition, ADA, LINKS


GOLDEN = {
    "outsider": _outsider,
    "ordinary": _ordinary,
    "trending": _trending,
    "empty": _empty,
    "long": _long,
}


@pytest.mark.parametrize("case", GOLDEN)
def test_mail_is_as_expected(case, renderer, golden):
    mail = renderer.render(*GOLDEN[case]())
    golden.check(f"editions/{case}.html", mail.html)
    golden.check(f"editions/{case}.txt", f"Subject: {mail.subject}\n\n{mail.text}")


def test_no_expected_mail_is_left_over(golden):
    assert golden.names("editions") <= {
        f"{case}.{kind}" for case in GOLDEN for kind in ("html", "txt")
    }


def _hostile_edition(count, shift=0):
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
    return _edition(*matches, trending=tuple(papers))


def _hostile_reader(shift):
    return a_subscriber(name=HOSTILE[shift], interests=Interests(authors=tuple(HOSTILE), text="x"))


@pytest.mark.parametrize("shift", range(len(HOSTILE)))
def test_hostile_text_is_shown_and_never_obeyed(shift, renderer):
    edition = _hostile_edition(len(HOSTILE), shift)
    mail = renderer.render(edition, _hostile_reader(shift), LINKS)
    html5lib.HTMLParser(strict=True).parse(mail.html)
    page = html.document_fromstring(mail.html)
    assert not page.xpath("//script | //img | //@onerror | //@onmouseover")
    assert all(re.match(r"https://|mailto:", url) for url in page.xpath("//@href"))
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ud800\ufdd0\ufdd1]", mail.html + mail.text)
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject


@pytest.mark.parametrize("count", [0, 1, 10, 100, 300])
@pytest.mark.parametrize(
    "make", [_hostile_edition, lambda n: _edition(*map(_match, map(_paper, range(n))))]
)
def test_html_stays_below_what_mailboxes_cut_off(count, make, renderer):
    edition = make(count)
    mail = renderer.render(edition, _hostile_reader(0), LINKS)
    assert len(mail.html.encode()) < 90_000


def test_a_hundred_ordinary_papers_are_all_named(renderer):
    edition = _edition(*(_match(_paper(i)) for i in range(100)))
    mail = renderer.render(edition, ADA, LINKS)
    assert all(match.paper.title in mail.html for match in edition.picks)
    assert all(match.paper.title in mail.text for match in edition.picks)


@pytest.mark.parametrize("case", GOLDEN)
def test_structure_is_that_of_a_readable_mail(case, renderer):
    mail = renderer.render(*GOLDEN[case]())
    html5lib.HTMLParser(strict=True).parse(mail.html)
    page = html.document_fromstring(mail.html)
    assert page.get("lang") == "en"
    assert page.findtext(".//title") == mail.subject
    assert len(page.findall(".//h1")) == 1
    assert {table.get("role") for table in page.iter("table")} == {"presentation"}
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(link.get("aria-label") or link.text_content() for link in page.iter("a"))
    assert mail.html.count("display:none") == 1


@pytest.mark.parametrize("case", GOLDEN)
def test_text_says_what_the_html_says(case, renderer):
    mail = renderer.render(*GOLDEN[case]())
    page = html.document_fromstring(mail.html)
    told = " ".join(mail.text.split())
    headings = [
        " ".join(heading.text_content().split()) for heading in page.xpath("//h1 | //h2 | //h3")
    ]
    places = [told.find(heading) for heading in headings]
    assert -1 not in places
    assert places == sorted(places)
    assert all(url in mail.text for url in page.xpath("//@href"))
    intro = page.xpath("//p[contains(@class, 'intro')]")[0].text_content()
    assert " ".join(intro.split("  ")[0].split()).split(". ")[0] in told


@pytest.mark.parametrize(
    ("count", "greeting"), [(1, "1 paper for you, Ada"), (2, "2 papers for you, Ada")]
)
def test_one_paper_is_singular(count, greeting, renderer):
    edition = _edition(*(_match(_paper(i)) for i in range(count)))
    mail = renderer.render(edition, ADA, MAILTO)
    assert greeting in mail.text


def _node(element):
    """Return an element as nested tuples in which only what a reader could notice counts."""
    attributes = dict(element.attrib)
    style = sorted(filter(None, (part.strip() for part in attributes.pop("style", "").split(";"))))
    style = [re.sub(r"\s*:\s*", ":", part) for part in style]
    children = [_node(child) for child in element if child.tag is not etree.Comment]
    return (
        element.tag,
        sorted(attributes.items()),
        style,
        " ".join((element.text or "").split()),
        children,
        " ".join((element.tail or "").split()),
    )


def _some_edition(seed):
    random_ = random.Random(seed)  # noqa: S311 - to vary, not to hide
    papers = [
        _paper(
            i,
            abstract=random_.choice(["", LEAD]),
            authors=("Ada Byron", "Ed Gee", "C", "D", "E")[: random_.randrange(6)],
            signals=random_.choice([Signals(), Signals(upvotes=3, comments=1)]),
            url=random_.choice(["", "https://arxiv.org/abs/1?a=1&b=2"]),
        )
        for i in range(random_.randrange(4))
    ]
    reasons = [
        Reason(kind=kind, text="Ed Gee & <Co>", count=2, points=-(kind is ReasonKind.DISLIKED))
        for kind in ReasonKind
    ]
    matches = [_match(paper, *random_.sample(reasons, random_.randrange(4))) for paper in papers]
    edition = _edition(*matches, trending=tuple(papers[: random_.randrange(3)]))
    reader = random_.choice([ADA, a_subscriber(), a_subscriber(name="B & C")])
    return edition, reader, random_.choice([MAILTO, LINKS])


def test_inlining_before_rendering_gives_what_inlining_afterwards_would(renderer):
    folder = template_folder() / "default"
    sources = {part: (folder / part).read_text() for part in (*HTML_PARTS, *TEXT_PARTS)}
    style, screen = (folder / "style.css").read_text(), (folder / "screen.css").read_text()
    plain = Renderer(Theme(name="plain", templates=sources), LIST)
    for seed in range(50):
        case = _some_edition(seed)
        head = f'<style>{style}</style><style data-premailer="ignore">{screen}</style></head>'
        page = plain.render(*case).html.replace("</head>", head)
        expected = html.document_fromstring(inlining._transform(page))
        found = html.document_fromstring(renderer.render(*case).html)
        for tree in (expected, found):
            kept = tree.find(".//style")
            kept.text = re.sub(r"\s+|/\*.*?\*/", "", kept.text, flags=re.DOTALL)
        assert _node(found) == _node(expected), f"seed {seed}"


def _kinds_of_mails():
    yield from (make() for make in GOLDEN.values())
    yield from (_some_edition(seed) for seed in range(30))
    yield _hostile_edition(16, 1), _hostile_reader(1), LINKS
    yield _hostile_edition(100, 5), _hostile_reader(4), MAILTO


def test_pieces_that_are_kept_give_what_rendering_everything_anew_gives(theme, renderer):
    templates = Templates(theme)
    for number, case in enumerate(_kinds_of_mails()):
        assert renderer.render(*case) == PlainMail(templates, LIST, *case).rendered(), (
            f"mail {number}"
        )


def test_joined_bytes_are_those_of_the_text_encoded_as_a_whole(renderer):
    for number, case in enumerate(_kinds_of_mails()):
        joined, proof = renderer.encode(*case), renderer.proof(*case)
        assert joined.subject == proof.subject
        assert joined.html == quoted_printable.encode(proof.html), f"mail {number}"
        assert joined.text == quoted_printable.encode(proof.text), f"mail {number}"


def test_joined_bytes_say_what_people_see(renderer):
    for number, case in enumerate(_kinds_of_mails()):
        joined, mail = renderer.encode(*case), renderer.render(*case)
        for lines, text in ((joined.html, mail.html), (joined.text, mail.text)):
            assert a2b_qp(lines).decode().replace("\r\n", "\n") == text, f"mail {number}"
