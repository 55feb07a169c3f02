"""What templates see of a paper's authors, and which of them a reader follows."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from digest.core.text import clean, clip

_WORD = re.compile(r"[^\W\d_]+")
_NAME = 60
_LONGEST = 120  # no name is longer, but a hostile record may say so
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
    wanted = [_words(name) for name in followed]
    first = len(names) if len(names) <= _MOST else _MOST - 1
    shown = [AuthorView(_print(name), _is_any(name, wanted)) for name in names[:first]]
    if wanted:
        late = (name for name in names[first:] if _is_any(name, wanted))
        shown += [AuthorView(_print(name), followed=True) for name in islice(late, _MOST_FOLLOWED)]
    return AuthorsView(tuple(shown), len(names) - len(shown))


def byline(names: Sequence[str]) -> str:
    """Return "Ada", "Ada and Bo" or "Ada and 7 more"."""
    if not names:
        return ""
    others = {1: "", 2: f" and {_print(names[-1])}"}
    return _print(names[0]) + others.get(len(names), f" and {len(names) - 1} more")


def _is_any(name: str, wanted: Sequence[Sequence[str]]) -> bool:
    if not wanted:
        return False
    ours = _words(name)
    return any(_same_person(ours, theirs) for theirs in wanted)


def _same_person(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Compare the words of two names; an initial stands for a first name."""
    if not ours or not theirs or ours[-1] != theirs[-1]:
        return False
    if 1 in {len(ours[0]), len(theirs[0])}:
        return ours[0][0] == theirs[0][0]
    return ours[0] == theirs[0]


def _print(name: str) -> str:
    return clip(clean(name), _NAME)


def _words(name: str) -> Sequence[str]:
    """Split a name into words without case and accents, "Last, First" in natural order."""
    family, comma, given = name[:_LONGEST].partition(",")
    folded = unicodedata.normalize("NFKD", f"{given} {family}" if comma else family).casefold()
    if not folded.isascii():
        folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _WORD.findall(folded)
