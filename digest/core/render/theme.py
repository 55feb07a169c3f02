"""A theme as a value: named templates, their CSS already inlined."""

from collections.abc import Mapping
from dataclasses import dataclass

_PIECES = ("edition", "card", "authors", "reason", "rest", "row", "trend")
HTML_PARTS = tuple(f"{piece}.html.j2" for piece in _PIECES)
TEXT_PARTS = (*(f"{piece}.txt.j2" for piece in _PIECES), "subject.txt.j2")
STYLES = ("style.css", "screen.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The templates that render an edition.

    Attributes:
        name: the folder's name, for messages.
        templates: Jinja source of every part, by file name.
    """

    name: str
    templates: Mapping[str, str]
