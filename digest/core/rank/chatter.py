"""Chatter: what people wrap a wish in free words in, and never mean as a subject.

"I am a PhD student working on protein folding. Please send me recent papers" wants protein
folding. A word is chatter by itself only when it is no subject; one that may be ("working
memory", "student dropout", "reading comprehension") is so only in a turn of phrase.
"""

import re

CHATTER = frozenset(
    """
    advances article articles currently especially find generally hello hi interest interested
    interesting interests keen latest mainly new newest paper papers particularly phd postdoc
    postdocs preprint preprints primarily publications recent recently related researcher
    researchers send sent stuff thank thanks want wanted work works
    """.split()  # noqa: SIM905 (as with the stop words)
)

_PEOPLE = r"(?:students?|researchers?|scientists?|postdocs?|fellows?|professors?|lecturers?)\b"
_RANKS = (
    r"(?:ph\.?\s?d\.?|doctoral|grad(?:uate)?|undergraduate|master['\u2019]?s|postdoctoral|research"
    r"|(?:first|second|third|fourth|final)[- ]year)\s+"
)
_KINDS = r"(?:methods?|applications?|techniques?|approach(?:es)?|results?|ideas?|developments?)\b"
_VERBS = r"(?:do|enjoy|follow|get|hear|know|learn|love|need|read|receive|research|see|study)\b"
_TURNS = re.compile(
    "|".join(
        (
            r"\bcares?\s+(?:\w+\s+)?about\b",
            rf"(?:\b(?:am|as)|['\u2019]m)\s+an?\s+(?:{_RANKS}){{0,4}}{_PEOPLE}",
            rf"\b(?:{_RANKS}){{1,4}}{_PEOPLE}",
            r"\bworking\s+(?:at|in|on|with)\b",
            r"\b(?:look|looking|search|searching)\s+(?:for|into)\b",
            rf"\bi(?:['\u2019]d|\s+would)?\s+(?:\w+ly\s+)?{_VERBS}(?:\s+to\s+{_VERBS})?",
            rf"\b(?:like|love|need|want|wish)\s+to\s+{_VERBS}",
            rf"\b(?:latest|new|recent)\s+{_KINDS}(?:\s+and\s+{_KINDS})?",
        )
    ),
    re.IGNORECASE,
)


def without_turns(text: str) -> str:
    """Return free words without the turns of phrase that say nothing of a subject."""
    return _TURNS.sub(" ", text)
