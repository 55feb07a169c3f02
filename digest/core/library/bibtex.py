"""BibTeX and biblatex files, read as BibTeX reads them and forgiven more.

The grammar is that of Patashnik, "BibTeXing" (1988), and of his program: braces count
even after a backslash, ``#`` joins values, what stands between entries is a comment.
A line that begins an entry ends the one before, so that a brace which is never closed costs
one entry, and no text is looked at twice.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

from digest.core.library.dates import MONTHS, UNKNOWN, day_of
from digest.core.library.entry import Broken, Entry, Parsed, identity, place
from digest.core.library.names import first_last, outside_braces
from digest.core.library.values import Malformed, Source

_BEGINS = re.compile(r"^[ \t]*+@\s*+[A-Za-z]++\s*+[{(]", re.MULTILINE)
_HEAD = re.compile(r"@\s*+([A-Za-z]++)\s*+([{(])")
_CLOSING = {"{": "}", "(": ")"}
_LONGEST_MACRO = 1_000
_PLACES = ("url", "howpublished", "note", "journal", "journaltitle", "number", "volume",
           "eprint", "archiveid", "publisher", "annote", "pages", "series")  # fmt: skip
_ADDED = ("date-added", "timestamp", "urldate")
_ARXIV_EPRINT = ("", "arxiv")

_Fields = Mapping[str, str]


def parse_bibtex(text: str) -> Parsed:
    """Read a BibTeX file."""
    reader = _Reader(text)
    begins = [match.start() for match in _BEGINS.finditer(text)]
    for start, end in pairwise([0, *begins, len(text)]):
        reader.read(start, end)
    return reader.parsed


class _Reader:
    """Reads a file stretch by stretch, and remembers its macros.

    Args:
        text: the whole file.

    Attributes:
        parsed: what was found so far.
    """

    def __init__(self, text: str) -> None:
        self.parsed = Parsed()
        self._text = text
        self._macros = {month: month for month in MONTHS}
        self._line = 1
        self._counted = 0

    def read(self, start: int, end: int) -> None:
        """Read the entries that begin and end in a stretch."""
        position = start
        while head := _HEAD.search(self._text, position, end):
            source = Source(self._text, head.end(), end, self._macros)
            kind, closing = head[1].lower(), _CLOSING[head[2]]
            try:
                if kind in {"comment", "preamble"}:
                    source.skip_group(head[2])
                elif kind == "string":
                    self._define(source.fields(closing))
                else:
                    self._add(source, closing, head.start())
            except Malformed as problem:
                if kind not in {"comment", "preamble"}:
                    where = place("line", self._line_of(head.start()), source.key)
                    self.parsed.broken.append(Broken(where, str(problem)))
            position = source.position

    def _define(self, macros: _Fields) -> None:
        self._macros |= {name: value[:_LONGEST_MACRO] for name, value in macros.items()}

    def _add(self, source: Source, closing: str, start: int) -> None:
        source.read_key()
        fields = source.fields(closing)
        self.parsed.add(_entry(fields), place("line", self._line_of(start), source.key))

    def _line_of(self, position: int) -> int:
        self._line += self._text.count("\n", self._counted, position)
        self._counted = position
        return self._line


def _entry(fields: _Fields) -> Entry:
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "").strip(" {}").lower()
    eprint = fields.get("eprint", "") if archive in _ARXIV_EPRINT else ""
    identified, doi = identity(
        doi=fields.get("doi", ""),
        eprint=eprint,
        places=[fields[name] for name in _PLACES if name in fields],
    )
    published = day_of(fields.get("date") or fields.get("year", ""), month=fields.get("month", ""))
    added = (day_of(fields[name]) for name in _ADDED if name in fields)
    return Entry(
        title=": ".join(fields[name] for name in ("title", "subtitle") if fields.get(name)),
        abstract=fields.get("abstract", ""),
        authors=_authors(fields.get("author", "")),
        id=identified,
        doi=doi,
        day=next((day for day in added if day != UNKNOWN), published),
    )


def _authors(raw: str) -> tuple[str, ...]:
    names = outside_braces(" ".join(raw.split()).split(" and "), joined_by=" and ")
    return tuple(first_last(name, given=-1) for name in names if name.strip() not in {"", "others"})
