"""Links between the documents lead somewhere, and pictures are small."""

import re

import pytest

from tests.documents import DOCS, PAGES, ROOT


def anchors_of(file):
    """Return the anchors that GitHub gives to a page's headings."""
    text = re.sub(
        r"^```.*?^```$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links_of(file):
    text = file.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    return [target for target in targets if not re.match(r"https?://|mailto:", target)]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_relative_links_lead_somewhere(file):
    for target in links_of(file):
        path, _, anchor = target.partition("#")
        there = (file.parent / path).resolve() if path else file
        assert there.exists(), target
        assert not anchor or anchor in anchors_of(there), target


def test_every_page_is_linked_from_the_readme_or_from_a_page_that_is():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        file = waiting.pop()
        reached.add(file)
        paths = {(file.parent / link.partition("#")[0]).resolve() for link in links_of(file)}
        waiting += [path for path in paths if path.suffix == ".md" and path not in reached]

    assert set(PAGES) - reached == set()


def test_pictures_are_small():
    pictures = list((DOCS / "images").iterdir())

    assert pictures
    assert all(picture.stat().st_size < 200_000 for picture in pictures)
