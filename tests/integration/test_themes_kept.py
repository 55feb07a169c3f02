"""What is worked out ahead of rendering, and kept, changes no mail."""

import random
import re
from binascii import a2b_qp

from lxml import etree, html

from digest.core import quoted_printable
from digest.core.edition import Reason, ReasonKind
from digest.core.paper import Signals
from digest.core.render import Renderer, Theme
from digest.core.render.templates import Templates
from digest.core.render.theme import HTML_PARTS, TEXT_PARTS
from digest.themes import inlining, template_folder
from tests.builders import a_subscriber
from tests.editions import (
    ADA,
    GOLDEN,
    LEAD,
    LINKS,
    LIST,
    MAILTO,
    a_match,
    edition_of,
    numbered_paper,
)
from tests.hostile_editions import hostile_edition, hostile_reader
from tests.plain_rendering import PlainMail


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
        numbered_paper(
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
    matches = [a_match(paper, *random_.sample(reasons, random_.randrange(4))) for paper in papers]
    edition = edition_of(*matches, trending=tuple(papers[: random_.randrange(3)]))
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
    yield hostile_edition(16, 1), hostile_reader(1), LINKS
    yield hostile_edition(100, 5), hostile_reader(4), MAILTO


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
        assert b"".join(joined.html) == quoted_printable.encode(proof.html), f"mail {number}"
        assert b"".join(joined.text) == quoted_printable.encode(proof.text), f"mail {number}"


def test_joined_bytes_say_what_people_see(renderer):
    for number, case in enumerate(_kinds_of_mails()):
        joined, mail = renderer.encode(*case), renderer.render(*case)
        for lines, text in ((joined.html, mail.html), (joined.text, mail.text)):
            assert a2b_qp(b"".join(lines)).decode().replace("\r\n", "\n") == text, f"mail {number}"
