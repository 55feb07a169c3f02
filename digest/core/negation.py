"""Negation: what an interest in free words wants, and what it says it does not want.

Only words that deny a whole clause count ("… but not about vision", "nothing about games"):
"no-reference quality", "without supervision" and "not only X but also Y" are subjects.
"""

import re

_ABOUT = r"(?:\s+(?:about|on|for|in|regarding))?"
_PAPERS = r"(?:papers?|articles?|preprints?|works?|studies)"
_CUE = re.compile(
    rf"""\b(?:
        but \s+ not (?!\s+(?:also|exclusively|just|limited|merely|necessarily|only|solely)\b)
            {_ABOUT} (?:\s+{_PAPERS}\s+(?:about|on))?
      | (?: (?:but|and) \s+ )? (?: (?:i\s+am|i['’]m) \s+ )? not \s+ (?:(?:at\s+all|really)\s+)?
            interested \s+ in
      | (?: (?:but|and) \s+ )? (?:please \s+)? nothing \s+ (?:about|on)
      | (?: (?:but|and) \s+ )? (?:please \s+)? no \s+ (?:more \s+)? {_PAPERS} \s+ (?:about|on)
      | (?: (?:but|and) \s+ )? (?:excluding|except (?:\s+for)?) {_ABOUT}
    )\b(?!-)""",
    re.VERBOSE | re.IGNORECASE,
)
_END = re.compile(
    r"[.;!?](?=\s|$)|\n|\)|[,\s]+(?:but|however|instead|and\s+(?:also|i|i['’]m))\b", re.IGNORECASE
)
_MARKS = frozenset(".;!?)\n")
_EDGES = " \t\r\n,;:()–—-"


def split_wish(text: str) -> tuple[str, str]:
    """Return what a text wants and what it does not want; either may be "".

    A clause that denies reaches to the end of its sentence, to a closing parenthesis, or to a
    "but" or "and I" that takes the wish up again.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    place = 0
    while cue := _CUE.search(text, place):
        wanted.append(text[place : cue.start()])
        end = _END.search(text, cue.end())
        stop = end.start() if end else len(text)
        unwanted.append(text[cue.end() : stop])
        place = end.end() if end and end[0] in _MARKS else stop
    if not any(part.strip(_EDGES) for part in unwanted):
        return text, ""
    wanted.append(text[place:])
    return _joined(wanted), _joined(unwanted)


def _joined(parts: list[str]) -> str:
    whole = " ".join(part.strip(_EDGES) for part in parts if part.strip(f"{_EDGES}.!?"))
    return whole.strip()
