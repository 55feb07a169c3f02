"""Authors' names in their parts, as reference managers sort and shorten them.

Sources write "First von Last". The parts are told apart as BibTeX does (Markey, "Tame the BeaST",
2009, 11.1): the family name is the last word, with what stands before it from the first word in
small letters on. Names of groups, and those of one word, have no parts.
"""

import re
import unicodedata
from typing import NamedTuple

_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_GROUP = re.compile(
    r"""(?<![\w-]) (?: and | of | for | others | collaborat\w+ | community | consortium | teams?
      | groups? | projects? | network | initiative | institut\w* | universit\w+ | laborator\w+
      | labs? | foundation | committee | society | association | cent(?:er|re) | department
      | company | research ) (?![\w-]) | ^the\ """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKS = frozenset(".-'\u2019\u02bc\u2010\u2011\u00b7")


class PersonName(NamedTuple):
    """A name in its parts; ``given`` is "" where the name has none to be told apart."""

    family: str
    given: str = ""
    suffix: str = ""


def person_name(name: str) -> PersonName:
    """Take a name apart; one that looks like a group's stays whole, as a family name.

    Args:
        name: one line, as "First Last", "Last, First" or "First Last, Jr.".
    """
    whole = PersonName(name)
    if not _is_persons(name):
        return whole
    head, *rest = [" ".join(part.split()) for part in name.split(",")]
    suffix = rest.pop() if rest and _SUFFIX.fullmatch(rest[-1]) else ""
    words = head.split()
    if not suffix and len(words) > 2 and _SUFFIX.fullmatch(words[-1]):  # noqa: PLR2004 - First Last Jr
        suffix = words.pop()
    if rest:
        is_turned = len(rest) == 1 and rest[0] and words
        return PersonName(" ".join(words), rest[0], suffix) if is_turned else whole
    begins = _family_begins(words)
    if not 0 < begins < len(words):
        return whole
    return PersonName(" ".join(words[begins:]), " ".join(words[:begins]), suffix)


def _family_begins(words: list[str]) -> int:
    inner = range(1, len(words) - 1)
    return next((place for place in inner if words[place].islower()), len(words) - 1)


def _is_persons(name: str) -> bool:
    """Tell whether a name has only letters and their marks, and no word of groups."""
    is_plain = all(
        character in _MARKS or character in " ," or unicodedata.category(character)[0] in "LM"
        for character in name
    )
    return is_plain and _GROUP.search(name) is None
