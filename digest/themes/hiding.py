"""Hiding the Jinja tokens of a template from a program that only knows HTML.

A token becomes a comment between tags, and a bare word inside an attribute's value or the
title. Where neither would survive, or a style could depend on it, the token is refused.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from jinja2 import Environment

from digest.errors import ThemeError

_WHOLE = frozenset({"variable_end", "block_end", "comment_end", "raw_begin", "raw_end"})
_STYLING = frozenset({"class", "id", "style"})
_INDENTATION = re.compile(r"\n[ \t]+")
_HIDDEN = re.compile(r"<!--jinja(\d+)-->|jinja(\d+)ajnij")
_EVENT = re.compile(r"<!--jinja\d+-->|jinja\d+ajnij|</?[a-z][a-z0-9]*", re.IGNORECASE)


class _Place(NamedTuple):
    """Where in HTML a position is: in what, of which tag and attribute, ended by what."""

    inside: str
    tag: str = ""
    attribute: str = ""
    quote: str = ""


_TEXT = _Place("text")
_NEXT = {
    "text": re.compile(r"<!--|</?([a-zA-Z][a-zA-Z0-9]*)|<!"),
    "tag": re.compile(r">|([a-zA-Z-]+)\s*=\s*([\"'])"),
    "comment": re.compile(r"-->"),
    "title": re.compile(r"</(title)", re.IGNORECASE),
    "style": re.compile(r"</(style)", re.IGNORECASE),
}


class Hiding:
    """Templates with their tokens hidden, and the tokens, to put them back."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._tokens: list[str] = []

    def hide(self, part: str, source: str) -> str:
        """Return a template as HTML without Jinja; its comments and indentation are dropped.

        Raises:
            ThemeError: a token stands where it cannot be hidden.
        """
        place, hidden, token = _TEXT, [], ""
        for line, kind, value in self._environment.lexer.tokeniter(source, part):
            if kind == "data":
                data = _INDENTATION.sub("\n", value)
                place = _after(place, data)
                hidden.append(data)
                continue
            token += value
            if kind in _WHOLE:
                if kind != "comment_end":
                    hidden.append(self._stand_in(token, place, f"{part}:{line}"))
                token = ""
        return "".join(hidden)

    def reveal(self, html: str) -> str:
        """Put the tokens back."""
        return _HIDDEN.sub(lambda match: self._tokens[int(match[1] or match[2])], html)

    def _stand_in(self, token: str, place: _Place, where: str) -> str:
        number = len(self._tokens)
        self._tokens.append(token)
        if place.inside == "text":
            return f"<!--jinja{number}-->"
        if place.inside == "title" or (place.inside == "value" and place.attribute not in _STYLING):
            return f"jinja{number}ajnij"
        raise ThemeError(f"{where}: {token.strip()} may not stand in {_describe(place)}")


def outline(html: str) -> Sequence[str]:
    """Return the tags and hidden tokens of a page in order, to compare two pages by."""
    return [event.lower() for event in _EVENT.findall(html)]


def _after(place: _Place, html: str) -> _Place:
    """Return where one is at the end of ``html``, having begun it at ``place``."""
    position = 0
    while match := _mark(place).search(html, position):
        place, position = _step(place, match), match.end()
    return place


def _mark(place: _Place) -> re.Pattern[str]:
    return re.compile(place.quote) if place.inside == "value" else _NEXT[place.inside]


def _step(place: _Place, match: re.Match[str]) -> _Place:
    """Return the place after the mark that ends ``place``."""
    match place.inside:
        case "text" | "title" | "style":
            if match[0] == "<!--":
                return _Place("comment")
            return _Place("tag", match[0].lower())
        case "comment":
            return _TEXT
        case "value":
            return _Place("tag", place.tag)
        case _ if match[0] == ">":
            opened = place.tag.removeprefix("<")
            return _Place(opened) if opened in {"title", "style"} else _TEXT
        case _:
            return _Place("value", place.tag, match[1].lower(), match[2])


def _describe(place: _Place) -> str:
    if place.inside == "value":
        return f"a {place.attribute} attribute: styles are fixed when the theme is loaded"
    return {
        "tag": "a tag outside of a quoted value",
        "comment": "an HTML comment",
        "style": "a style sheet",
    }[place.inside]
