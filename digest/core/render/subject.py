"""The subject line, and the preheader that an inbox shows after it."""

from collections.abc import Sequence

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
    line = ""
    for part in (*titles[1:3], first_lead, _REASSURANCE):
        if part and len(line) < _ENOUGH:
            more = clip(part, _PREHEADER)
            line = clip(f"{line} · {more}", _PREHEADER) if line else more
    return line
