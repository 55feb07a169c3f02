"""What templates see of a paper's authors, and which of them a reader follows."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from digest.core.text import clean, clip

_NAME = 60
_MOST = 4
_MOST_FOLLOWED = 5


@dataclass(frozen=True, slots=True)
class AuthorView:
    """An author's name, and whether the reader follows it."""

    name: str
    followed: bool = False


@dataclass(frozen=True, slots=True)
class AuthorsView:
    """The authors to show, and how many more there are."""

    shown: tuple[AuthorView, ...]
    more: int = 0


def view_authors(names: Sequence[str], followed: Sequence[str] = ()) -> AuthorsView:
    """Choose which authors to show: the first ones, and followed ones however late.

    Args:
        names: all authors in order.
        followed: names as the reader wrote them.
    """
    first = len(names) if len(names) <= _MOST else _MOST - 1
    shown = [AuthorView(_print(name), _is_any(name, followed)) for name in names[:first]]
    late = (name for name in names[first:] if _is_any(name, followed))
    if followed:
        shown += [AuthorView(_print(name), True) for name in islice(late, _MOST_FOLLOWED)]
    return AuthorsView(tuple(shown), len(names) - len(shown))


def byline(names: Sequence[str]) -> str:
    """Return "Ada", "Ada and Bo" or "Ada and 7 more"."""
    if not names:
        return ""
    others = {1: "", 2: f" and {_print(names[-1])}"}
    return _print(names[0]) + others.get(len(names), f" and {len(names) - 1} more")


def same_person(name: str, other: str) -> bool:
    """Compare names without case and accents; an initial stands for a first name."""
    ours, theirs = _words(name), _words(other)
    if not ours or not theirs or ours[-1] != theirs[-1]:
        return False
    if 1 in {len(ours[0]), len(theirs[0])}:
        return ours[0][0] == theirs[0][0]
    return ours[0] == theirs[0]


def _is_any(name: str, others: Sequence[str]) -> bool:
    return any(same_person(name, other) for other in others)


def _print(name: str) -> str:
    return clip(clean(name), _NAME)


def _words(name: str) -> list[str]:
    """Split a name into folded words, "Last, First" in its natural order."""
    family, comma, given = name.partition(",")
    natural = f"{given} {family}" if comma else name
    folded = unicodedata.normalize("NFKD", natural).casefold()
    letters = (letter for letter in folded if not unicodedata.combining(letter))
    return "".join(letter if letter.isalpha() else " " for letter in letters).split()
