"""Words: how a text becomes words, and which words say nothing about a subject.

Accents, case and compatibility forms are folded, a hyphen ends a word, and each character
of the scripts written without spaces is a word of its own.
"""

import re
import unicodedata

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:\+\+|\#)?"
_TOKEN = re.compile(rf"({_WORD})(?:['\u2019]s\b)?|[.;:!?](?=\s|$)")  # no word: a border
_ASKED = re.compile(rf"({_WORD})(?:['\u2019]s\b)?(\*?)")
_UNDECOMPOSED = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "\u0131": "i",
        "æ": "ae",
        "Æ": "AE",
    }
    | {"œ": "oe", "Œ": "OE", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ħ": "h", "Ħ": "H"}
)

BORDER = ""

STOP_WORDS = frozenset(
    """
    a about above across after afterwards again against all almost alone along already also
    although always am among amongst an and another any anyhow anyone anything anyway anywhere
    are around as at be became because become becomes been before beforehand being below beside
    besides between beyond both but by can cannot could did do does doing done down due during
    each either else elsewhere enough etc even ever every everyone everything everywhere except
    few for former formerly from further get gets getting give given gives go had has have having
    he hence her here hereby herein hers herself him himself his how however i ie if in indeed
    instead into is it its itself just keep last latter least less like made make makes making
    many may me meanwhile might more moreover most mostly much must my myself namely neither
    never nevertheless next no nobody none nor not nothing now nowhere of off often on once one
    only onto or other others otherwise our ours ourselves out over own per perhaps please put
    quite rather re really regarding s same seem seemed seeming seems several she should since so
    some somehow someone something sometime sometimes somewhere still such t than that the their
    theirs them themselves then thence there thereafter thereby therefore therein these they this
    those though through throughout thus to together too toward towards under unless until up
    upon us use used uses using various very via was we well were what whatever when whence
    whenever where whereas whereby wherein wherever whether which while who whoever whole whom
    whose why will with within without would yet you your yours yourself yourselves
    """.split()  # noqa: SIM905 (three hundred words read better as text)
)


def fold(text: str) -> str:
    """Return the text without accents and compatibility forms; case stays."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    marks = dict.fromkeys(map(ord, filter(unicodedata.combining, apart)))
    return unicodedata.normalize("NFKC", apart.translate(marks)).translate(_UNDECOMPOSED)


def words_of(text: str) -> list[str]:
    """Split a paper's text into folded words, with ``BORDER`` where a sentence ends."""
    return _TOKEN.findall(fold(text).casefold())


def asked_words(text: str) -> list[tuple[str, bool]]:
    """Split a reader's text into words as typed, each with whether a ``*`` follows."""
    return [(word, star == "*") for word, star in _ASKED.findall(fold(text))]


def plain(text: str) -> str:
    """Return the text's folded words joined by blanks: equal for spellings of one title."""
    return " ".join(filter(None, words_of(text)))
