"""Turns the HTML of feeds into text, and tells an abstract from what publishers put around it."""

import re
from dataclasses import dataclass

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from digest.core.text import tidy
from digest.sources.names import split_loose_names

_MARKUP = re.compile(r"<[a-z/!]|&[#\w]+;", re.IGNORECASE)
_HEADING = re.compile(r"(?:abstract|summary)[.:]?", re.IGNORECASE)
_AUTHORS = re.compile(r"Authors?(?:\(s\))?: *(.+)")
_ANNOUNCED = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*\S+\s*(?:Abstract:)?")
_AROUND = re.compile(
    r"(?:Publication date|Source|Authors?(?:\(s\))?|PMID|DOI) ?:|Volume \d+, Issue |"
    r"The post .+ appeared first on |\W*$"
)
_LONGEST_ABSTRACT = 3500  # more is no abstract but the article

_AS_WRITTEN = ParserConfig(css=CSS_PROFILES["strict"])  # no blanks around inline elements


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What an entry's HTML says.

    Attributes:
        abstract: one clean line, or "".
        authors: names that stand nowhere else in the entry.
    """

    abstract: str = ""
    authors: tuple[str, ...] = ()


def plain_text(html: str) -> str:
    """Return the text of HTML, one line for each block; plain text stays as it is."""
    return get_text(html, _AS_WRITTEN) if _MARKUP.search(html) else html


def read_description(html: str) -> Description:
    """Read an abstract: what follows the heading "Abstract", without lines about the paper."""
    text = plain_text(html)
    if announced := _ANNOUNCED.match(text):
        text = text[announced.end() :]
    lines = [line.strip() for line in text.splitlines()]
    authors = next((match[1] for line in lines if (match := _AUTHORS.match(line))), "")
    headings = [at for at, line in enumerate(lines) if _HEADING.fullmatch(line)]
    own = lines[headings[0] + 1 :] if headings else lines
    return Description(
        abstract=tidy("\n".join(line for line in own if not _AROUND.match(line))),
        authors=tuple(split_loose_names(authors)),
    )


def best_of(descriptions: list[Description]) -> Description:
    """Choose the fullest abstract that is still an abstract; authors from whoever names them."""
    fitting = [told.abstract for told in descriptions if len(told.abstract) <= _LONGEST_ABSTRACT]
    longest = max(fitting, key=len, default="") or next(
        (told.abstract[:_LONGEST_ABSTRACT] for told in descriptions if told.abstract), ""
    )
    authors = next((told.authors for told in descriptions if told.authors), ())
    return Description(abstract=longest, authors=authors)
