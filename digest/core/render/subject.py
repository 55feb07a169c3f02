"""The subject line, and the preheader that an inbox shows after it."""

from collections.abc import Sequence
from itertools import accumulate

from digest.core.text import clean, clip

_SUBJECT = 100
_PREHEADER = 100
_ENOUGH = 40
_REASSURANCE = "Each with the reason why it is here and the way to read it."
_NOTHING = "No paper made it into this one; the next one may have more."


def subject_line(rendered: str) -> str:
    """Make one line of a rendered subject, cut at a word so that it stays useful.

    A line break here would be a header of somebody else's choice (CWE-93).
    """
    return clip(clean(rendered), _SUBJECT)


def preheader(titles: Sequence[str], first_lead: str) -> str:
    """Go on where the subject ends: the second title, the third, …; 40 to 100 characters.

    Args:
        titles: of all picks; the subject has shown the first one.
        first_lead: the beginning of the first pick's abstract, or "".
    """
    if not titles:
        return _NOTHING
    told = (*titles[1:3], first_lead, _REASSURANCE)
    parts = (clip(part, _PREHEADER) for part in told if part)
    longer = accumulate(parts, lambda text, part: clip(f"{text} · {part}", _PREHEADER))
    return next(text for text in longer if len(text) >= _ENOUGH)
