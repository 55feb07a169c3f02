"""The default theme with text that should do harm, and with more than fits."""

import re

import html5lib
import pytest
from lxml import html

from tests.editions import ADA, LINKS, a_match, edition_of, numbered_paper
from tests.hostile_editions import HOSTILE, hostile_edition, hostile_reader


@pytest.mark.parametrize("shift", range(len(HOSTILE)))
def test_hostile_text_is_shown_and_never_obeyed(shift, renderer):
    edition = hostile_edition(len(HOSTILE), shift)
    mail = renderer.render(edition, hostile_reader(shift), LINKS)
    html5lib.HTMLParser(strict=True).parse(mail.html)
    page = html.document_fromstring(mail.html)
    assert not page.xpath("//script | //img | //@onerror | //@onmouseover")
    assert all(re.match(r"https://|mailto:", url) for url in page.xpath("//@href"))
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ud800\ufdd0\ufdd1]", mail.html + mail.text)
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject


@pytest.mark.parametrize("count", [0, 1, 10, 100, 300])
@pytest.mark.parametrize(
    "make", [hostile_edition, lambda n: edition_of(*map(a_match, map(numbered_paper, range(n))))]
)
def test_html_stays_below_what_mailboxes_cut_off(count, make, renderer):
    edition = make(count)
    mail = renderer.render(edition, hostile_reader(0), LINKS)
    assert len(mail.html.encode()) < 90_000


def test_a_hundred_ordinary_papers_are_all_named(renderer):
    edition = edition_of(*(a_match(numbered_paper(i)) for i in range(100)))
    mail = renderer.render(edition, ADA, LINKS)
    assert all(match.paper.title in mail.html for match in edition.picks)
    assert all(match.paper.title in mail.text for match in edition.picks)
