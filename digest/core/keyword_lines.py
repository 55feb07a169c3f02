"""Keywords as lines of a text field: ``dense retrieval``, ``diffusion ^0.5``, ``title: agents``.

The circumflex is the boost of Lucene's query syntax. A line that stands as it was shown is the
keyword that it was, whatever cannot be said in a line.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from digest.core.subscriber import Keyword, TextField

_LINE = re.compile(
    r"(?:(?P<field>title|abstract):\s*)?(?P<term>.*?)(?:\s+\^(?P<weight>[-+]?\d+(?:\.\d+)?))?",
    re.IGNORECASE,
)


def to_line(keyword: Keyword) -> str:
    """Write a keyword as a line."""
    field = f"{keyword.field.value}: " if keyword.field else ""
    weight = "" if keyword.weight == 1.0 else f" ^{keyword.weight:g}"
    return " ".join(f"{field}{keyword.term}{weight}".split())


def to_lines(keywords: Iterable[Keyword]) -> str:
    """Write keywords, one a line."""
    return "\n".join(map(to_line, keywords))


def from_lines(lines: Sequence[str], known: Iterable[Keyword]) -> list[Keyword]:
    """Read keywords.

    Args:
        lines: none of them empty.
        known: the keywords that were shown.
    """
    shown: Mapping[str, Keyword] = {to_line(keyword): keyword for keyword in known}
    return [shown.get(" ".join(line.split())) or from_line(line) for line in lines]


def from_line(line: str) -> Keyword:
    """Read one keyword; a line that is nothing else is a term."""
    match = _LINE.fullmatch(line)
    if match is None or not match["term"]:
        return Keyword(term=line)
    field = TextField(match["field"].lower()) if match["field"] else None
    return Keyword(term=match["term"], weight=float(match["weight"] or 1), field=field)
