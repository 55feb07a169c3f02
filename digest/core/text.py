"""Text from upstream made fit to print: one line, nothing hidden, cut where it reads well.

Everything a source says is hostile. What reaches a mail or a page has passed ``clean`` (or
``tidy``, which also turns TeX into Unicode), and every address in it ``safe_url``.
"""

# ruff: noqa: RUF001 - the punctuation of other scripts is meant

import re
import unicodedata
from urllib.parse import SplitResult, quote, urlsplit

import idna

from digest.core.tex import to_unicode

MAX_URL = 2_000

_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that print as nothing: Hangul fillers and the empty Braille cell."""

_UNSEEN_OF_PLANE_0 = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are not white space
    "\u00ad\u034f\u17b4\u17b5\u180e"  # soft hyphen, signs without a shape
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero width, direction
    "\ufff9-\uffff"  # annotations, noncharacters
    "\ud800-\udfff\ufdd0-\ufdef"  # surrogates and noncharacters
)
_UNSEEN = re.compile(
    f"[{_UNSEEN_OF_PLANE_0}"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # shorthand, music
    "\U000e0000-\U000e0fff"  # tags and the supplement of variation selectors
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
    + "]"
)
_BLANK = re.compile(f"[{_BLANKS}]")
_JOINER = re.compile("[\u200c\u200d]")
_SELECTORS = re.compile("([\ufe00-\ufe0f])[\ufe00-\ufe0f]+")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILE = re.compile(
    f"([{_MARKS}]{{4}})[{_MARKS}]+"
)  # "zalgo": it would be drawn over its neighbours
_SUSPECT = re.compile(
    f"[{_UNSEEN_OF_PLANE_0}{_BLANKS}{_MARKS}\u200c\u200d\ufe00-\ufe0f\U00010000-\U0010ffff]"
)
"""Whatever ``clean`` may have to mend, and what is rare enough to be looked at closely."""

_VIRAMA = 9

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s+[^\sa-z])|[。！？][”’」』）]*")
_ABBREVIATION = re.compile(
    r"""(?:^|[\s("'“\[])
    (?: et\ al | e\.g | i\.e | cf | vs | viz | resp | approx | ca | w\.r\.t | a\.k\.a
      | figs? | eqs? | eqn | refs? | secs? | sect | tabs? | chap | thm | vol | nos? | pp?
      | dr | prof | mr | mrs | st | jr | sr | inc | ltd | dept | univ
      | [^\W\d_](?:\.[^\W\d_])*  # initials, U.S.
    )\.$""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST_ABBREVIATION = 20
"""Characters; longer chains of initials are words. To look from the beginning takes far longer."""

_CUT_TAIL = " ,;:.-–—([{“‘/&"

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NO_TEXT = re.compile(f"{_CONTROL.pattern}|[\ud800-\udfff]")


def clean(raw: str) -> str:
    """Return ``raw`` as one line of NFC text with nothing in it that cannot be seen.

    Zero-width joiners stay where scripts and emoji need them (RFC 5892, appendix A).
    """
    if raw.isascii() and raw.isprintable():
        return " ".join(raw.split())
    if unicodedata.is_normalized("NFC", raw) and not _SUSPECT.search(raw):
        return " ".join(raw.split())
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", raw))
    text = _SELECTORS.sub(r"\1", _BLANK.sub(" ", text))
    text = _PILE.sub(r"\1", _JOINER.sub(_keep_needed_joiner, text))
    return unicodedata.normalize("NFC", " ".join(text.split()))


def tidy(raw: str) -> str:
    """Return ``raw`` cleaned, with TeX and its accents as Unicode."""
    return clean(to_unicode(clean(raw)))


def clip(text: str, limit: int) -> str:
    """Return ``text`` in at most ``limit`` characters, cut after a word and marked with "…"."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    end = limit - 1
    if not text[end].isspace():
        space = text.rfind(" ", 0, end)
        end = space if space > end // 2 else _character_border(text, end)
    return text[:end].rstrip(_CUT_TAIL) + "…"


def lead(abstract: str, limit: int) -> str:
    """Return the first sentences of ``abstract`` that fit ``limit`` characters together.

    A first sentence that is too long by itself is clipped.
    """
    if len(abstract) <= limit:
        return abstract
    end = 0
    for match in _SENTENCE_END.finditer(abstract, 0, limit + 2):
        word = max(match.start() - _LONGEST_ABBREVIATION, 0)
        if match.end() <= limit and not _ABBREVIATION.search(abstract, word, match.start() + 1):
            end = match.end()
    return abstract[:end] or clip(abstract, limit)


def safe_url(raw: str) -> str:
    """Return an absolute http(s) URL that can stand in a mail or a page, or "".

    The host becomes A-labels, everything else is percent-encoded to ASCII (RFC 3986, 2.1);
    user names, control characters and more than 2,000 characters are refused.
    """
    text = raw.strip()
    if len(text) > MAX_URL or _CONTROL.search(text):
        return ""
    try:
        parts = urlsplit(text)
        origin = _origin(parts)
        query = f"?{_encode(parts.query)}" if parts.query else ""
        fragment = f"#{_encode(parts.fragment)}" if parts.fragment else ""
        url = f"{origin}{_encode(parts.path)}{query}{fragment}" if origin else ""
    except ValueError:
        return ""
    return url if len(url) <= MAX_URL else ""


def breaks_lines(raw: str) -> bool:
    """Tell whether a text cannot stand, as it is, in a line of a file: tabs, line ends, controls.

    Halves of surrogate pairs, which JSON can write, have no UTF-8 form (Unicode 3.9, D92).
    """
    return _NO_TEXT.search(raw) is not None


def ascii_host(host: str) -> str:
    """Return a host name in lower-case A-labels (RFC 5891, UTS 46).

    Raises:
        ValueError: it is no host name.
    """
    name = host.lower()
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode("ascii")
    if not _HOST.fullmatch(name) or ".." in name:
        raise ValueError(f"{host!r} is no host name")
    return name


def _keep_needed_joiner(match: re.Match[str]) -> str:
    before = match.string[max(match.start() - 1, 0) : match.start()]
    after = match.string[match.end() : match.end() + 1]
    needed = (
        (before and unicodedata.combining(before) == _VIRAMA)
        or ("\u0620" <= before <= "\u08ff")
        or (_is_emoji(before) and unicodedata.category(after or " ") == "So")
    )
    return match.group() if needed else ""


def _is_emoji(character: str) -> bool:
    return character == "\ufe0f" or (
        not character.isascii() and unicodedata.category(character) in {"So", "Sk"}
    )


def _character_border(text: str, end: int) -> int:
    """Return the last position up to ``end`` that does not part a character from its marks."""
    while end > 0 and (
        unicodedata.category(text[end]) in {"Mn", "Mc", "Me", "Sk"}
        or "\u200d" in text[end - 1 : end + 1]
    ):
        end -= 1
    return end


def _origin(parts: SplitResult) -> str:
    """Return scheme, host and port, or "" when the URL may not be linked."""
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{ascii_host(host)}{port}"


def _encode(part: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe="%/:@!$&()*+,;=?~-._")
