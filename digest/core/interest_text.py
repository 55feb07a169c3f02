"""Interests as people type them into one field of a form.

One a line or separated by commas: ``dense retrieval``, ``diffusion ^0.5``, ``title: agents``,
``author: Percy Liang``, ``category: cs.IR`` (or the bare code ``cs.IR``), ``not survey`` for
what is to stay out.
"""

import re
from dataclasses import replace

from digest.core.keyword_lines import from_line
from digest.core.subscriber import Interests
from digest.core.text import clean

MOST = 50
LONGEST = 120
HEAVIEST = 100
_LONGEST_TEXT = 8_000
_SEPARATOR = re.compile(r"[\r\n,;]+")
_CODE = re.compile(r"[a-z]+(?:-[a-z]+)*\.(?:[A-Z]{2}|\*|[a-z]+-[a-z]+)")
_NAMED = re.compile(r"(author|category|not)\s*:\s*(.+)", re.IGNORECASE)
_NOT = re.compile(r"(?:not\s+|-\s*)(\S.*)", re.IGNORECASE)
_NAMES_NOTHING = re.compile(r"(?:author|category|not|title|abstract)\s*:|not|-", re.IGNORECASE)
_NO_WEIGHT = re.compile(r".+\s\^(?![-+]?\d+(?:\.\d+)?$)\S*")


def read_interests(text: str) -> Interests:
    """Return what a text says, each wish once.

    Raises:
        ValueError: it is too long or has too many wishes; one sentence for people.
    """
    if len(text) > _LONGEST_TEXT:
        raise ValueError(f"The interests are too long; allowed: {_LONGEST_TEXT} characters.")
    wishes = split_wishes(text)
    if len(wishes) > MOST:
        raise ValueError(f"There are {len(wishes)} interests; allowed: {MOST}.")
    if any(len(wish) > LONGEST for wish in wishes):
        raise ValueError(f"An interest is too long; allowed: {LONGEST} characters.")
    interests = Interests()
    for wish in dict.fromkeys(wishes):
        interests = _with(interests, wish)
    return interests


def split_wishes(text: str) -> list[str]:
    """Return the wishes that lines and commas separate, as they were typed."""
    return [wish for part in _SEPARATOR.split(text) if (wish := clean(part))]


def kind_of(wish: str) -> tuple[str, str]:
    """Return what a wish is, ``author``, ``category``, ``not`` or ``keyword``, and its value.

    Raises:
        ValueError: it names nothing, or its weight is no number; one sentence for people.
    """
    if _NAMES_NOTHING.fullmatch(wish):
        raise ValueError(f"“{wish}” has nothing after it; allowed: such as “author: Percy Liang”.")
    if _NO_WEIGHT.fullmatch(wish):
        raise ValueError(f"“{wish}” ends with no weight; allowed: such as “diffusion ^0.5”.")
    if named := _NAMED.fullmatch(wish):
        return named[1].lower(), named[2]
    if denied := _NOT.fullmatch(wish):
        return "not", denied[1]
    return ("category" if _CODE.fullmatch(wish) else "keyword"), wish


def _with(interests: Interests, wish: str) -> Interests:
    kind, value = kind_of(wish)
    if kind == "author":
        return replace(interests, authors=(*interests.authors, value))
    if kind == "category":
        return replace(interests, categories=(*interests.categories, value))
    if kind == "not":
        return replace(interests, exclude=(*interests.exclude, value))
    keyword = from_line(value)
    if abs(keyword.weight) > HEAVIEST:
        raise ValueError(f"A weight is too great; allowed: -{HEAVIEST} to {HEAVIEST}.")
    return replace(interests, keywords=(*interests.keywords, keyword))
