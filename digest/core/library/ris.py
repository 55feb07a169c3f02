"""RIS: lines ``TI  - A title`` between ``TY`` and ``ER``, as reference managers export them.

Tags as in the description of the format of 2011; Zotero, EndNote and Mendeley differ in
small ways, and the spellings of all of them are read.
"""

import re

from digest.core.library.dates import UNKNOWN, day_of
from digest.core.library.entry import Broken, Entry, Parsed, identity, place
from digest.core.library.names import first_last

_TAG = re.compile(r"\s*+([A-Z][A-Z0-9]) {1,2}- ?(.*)", re.DOTALL)
_PLACES = ("UR", "LK", "L1", "L2", "N1", "M1", "JO", "JF", "T2", "AN", "VL", "IS", "PB")
_DATES = ("Y2", "DA", "PY", "Y1")  # Y2 is when it was looked up


def parse_ris(text: str) -> Parsed:
    r"""Read a RIS file, its lines ended by ``\n``; a new entry ends one that was not ended."""
    parsed = Parsed()
    record: _Record | None = None
    is_told = False
    for number, line in enumerate(text.split("\n"), start=1):
        tagged = _TAG.fullmatch(line)
        tag, value = (tagged[1], tagged[2]) if tagged else ("", line)
        if tag in {"TY", "ER"}:
            if record:
                record.add_to(parsed)
            record, is_told = _Record(number) if tag == "TY" else None, False
        elif record:
            record.take(tag, value.strip())
        elif tag and not is_told:
            parsed.broken.append(Broken(place("line", number), f"{tag} without TY before it"))
            is_told = True
    if record:
        record.add_to(parsed)
    return parsed


class _Record:
    """The lines of one entry, by tag.

    Args:
        line: where it begins.
    """

    def __init__(self, line: int) -> None:
        self._line = line
        self._fields: dict[str, list[str]] = {}
        self._tag = ""

    def take(self, tag: str, value: str) -> None:
        """Take a line in; one without a tag goes on with the line before."""
        self._tag = tag or self._tag
        if value and self._tag:
            self._fields.setdefault(self._tag, []).append(value)

    def add_to(self, parsed: Parsed) -> None:
        """Make an entry of the lines."""
        number, doi = identity(
            doi=self._first("DO"),
            places=[value for tag in _PLACES for value in self._fields.get(tag, ())],
        )
        days = (day_of(self._first(tag)) for tag in _DATES)
        entry = Entry(
            title=self._joined("TI", "T1", "CT"),
            abstract=self._joined("AB", "N2"),
            authors=tuple(
                first_last(name, given=1)
                for tag in ("AU", "A1")
                for name in self._fields.get(tag, ())
            ),
            id=number,
            doi=doi,
            day=next((day for day in days if day != UNKNOWN), UNKNOWN),
        )
        parsed.add(entry, place("line", self._line, self._first("ID")))

    def _first(self, tag: str) -> str:
        return next(iter(self._fields.get(tag, ())), "")

    def _joined(self, *tags: str) -> str:
        return next((" ".join(self._fields[tag]) for tag in tags if tag in self._fields), "")
