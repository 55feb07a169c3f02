"""JSON libraries: CSL-JSON (Zotero's "CSL JSON", Pandoc), and Zotero's own items.

The keys of the first are those of https://docs.citationstyles.org/en/stable/specification.html,
appendix IV; those of the second are of Zotero's interface and of Better BibTeX's export.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from digest.core.library.dates import UNKNOWN, Day, day_of
from digest.core.library.entry import Broken, Entry, Parsed, identity, place

_PLACES = (
    "URL", "url", "note", "extra", "number", "archive_location", "archiveLocation", "archiveID",
    "container-title", "publicationTitle", "reportNumber", "publisher",
)  # fmt: skip
_NO_WORKS = ("attachment", "note", "annotation")

_Item = Mapping[str, Any]


def parse_json(text: str) -> Parsed:
    """Read a JSON library: a list of items, or an object with the list ``items``."""
    parsed = Parsed()
    try:
        root = json.loads(text)
    except json.JSONDecodeError as error:
        parsed.broken.append(Broken(place("line", error.lineno), f"is not JSON: {error.msg}"))
        return parsed
    except (RecursionError, ValueError):  # nested too deeply; a number of thousands of digits
        parsed.broken.append(Broken(place("line", 1), "is not JSON that can be read"))
        return parsed
    items = root.get("items") if isinstance(root, dict) else root
    if not isinstance(items, list):
        parsed.broken.append(Broken(place("line", 1), "is no list of items"))
        return parsed
    for number, item in enumerate(items, start=1):
        _add(parsed, number, item)
    return parsed


def _add(parsed: Parsed, number: int, item: object) -> None:
    if not isinstance(item, dict):
        parsed.broken.append(Broken(place("entry", number), "is no object"))
        return
    inner = item.get("data")
    fields = inner if isinstance(inner, dict) else item
    if fields.get("itemType") not in _NO_WORKS:
        parsed.add(_entry(fields), place("entry", number, _key(item)))


def _key(item: _Item) -> str:
    return _text(item, "id") or _text(item, "citationKey") or _text(item, "key")


def _entry(item: _Item) -> Entry:
    identified, doi = identity(
        doi=_text(item, "DOI"), places=[_text(item, name) for name in _PLACES]
    )
    return Entry(
        title=_text(item, "title"),
        abstract=_text(item, "abstract") or _text(item, "abstractNote"),
        authors=tuple(filter(None, _authors(item))),
        id=identified,
        doi=doi,
        day=next((day for day in _days(item) if day != UNKNOWN), UNKNOWN),
    )


def _authors(item: _Item) -> Iterator[str]:
    for name in _list(item, "author"):
        if isinstance(name, dict):
            particle = _text(name, "non-dropping-particle") or _text(name, "dropping-particle")
            parts = (_text(name, "given"), particle, _text(name, "family"))
            yield " ".join(filter(None, parts)) or _text(name, "literal")
    for name in _list(item, "creators"):
        if isinstance(name, dict) and name.get("creatorType", "author") == "author":
            both = (_text(name, "firstName"), _text(name, "lastName"))
            yield " ".join(filter(None, both)) or _text(name, "name")


def _days(item: _Item) -> Iterator[Day]:
    """Yield when the work was added, looked up and published, as far as told."""
    yield day_of(_text(item, "dateAdded"))
    yield day_of(_text(item, "accessDate"))
    yield _csl_day(item.get("accessed"))
    yield day_of(_text(item, "date"))
    yield _csl_day(item.get("issued"))


def _csl_day(date: object) -> Day:
    if not isinstance(date, dict):
        return UNKNOWN
    first = next(iter(_list(date, "date-parts")), None)
    if isinstance(first, list) and all(isinstance(part, int | str) for part in first):
        return day_of("-".join(f"{part}".strip()[:4] for part in first[:3]))
    return day_of(_text(date, "raw") or _text(date, "literal"))


def _text(item: _Item, name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _list(item: _Item, name: str) -> list[Any]:
    value = item.get(name)
    return value if isinstance(value, list) else []
