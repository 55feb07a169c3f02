"""The documents and the example configuration, as tests read them."""

import re
from collections import Counter
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]
)
EXAMPLE = ROOT / "config.example.toml"


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def section(text, heading, *, deep=False):
    """Return what stands under a heading, up to the next one (or the next of its level)."""
    found = list(re.finditer(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE))
    assert len(found) == 1, f"{heading!r} is a heading {len(found)} times"
    level = len(found[0][1]) if deep else 6
    rest = text[found[0].end() :]
    return re.split(rf"^#{{1,{level}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text):
    """Return the rows of every table, as lists of cells."""
    lines = [line for line in text.splitlines() if re.match(r"\|(?! ?---)", line)]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[cell.strip() for cell in row] for row in cells]


def first_words(text):
    """Return the first word of every code span in the first cells of tables."""
    spans = chain.from_iterable(re.findall(r"`([^`]+)`", row[0]) for row in rows(text))
    return [span.split()[0] for span in spans]


def repeated(items):
    return {item for item, count in Counter(items).items() if count > 1}


def example():
    return EXAMPLE.read_text(encoding="utf-8")


def uncommented(text):
    """Return the example with every key that it shows as a comment, and without ``[maildir]``."""
    without = re.sub(r"^\[maildir\]\n(?:.+\n)+", "", text, flags=re.MULTILINE)
    return re.sub(r"^# (?=\w+ = |\[)", "", without, flags=re.MULTILINE)
