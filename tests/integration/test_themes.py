"""The default theme as readers get it."""

from itertools import pairwise

import html5lib
import pytest
from lxml import html

from tests.editions import ADA, GOLDEN, MAILTO, a_match, edition_of, numbered_paper


@pytest.mark.parametrize("case", GOLDEN)
def test_mail_is_as_expected(case, renderer, golden):
    mail = renderer.render(*GOLDEN[case]())
    golden.check(f"editions/{case}.html", mail.html)
    golden.check(f"editions/{case}.txt", f"Subject: {mail.subject}\n\n{mail.text}")


def test_no_expected_mail_is_left_over(golden):
    assert golden.names("editions") <= {
        f"{case}.{kind}" for case in GOLDEN for kind in ("html", "txt")
    }


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
    edition = edition_of(*(a_match(numbered_paper(i)) for i in range(count)))
    mail = renderer.render(edition, ADA, MAILTO)
    assert greeting in mail.text
