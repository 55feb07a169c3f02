"""WordPiece: how a text becomes the numbers that a BERT model was trained on.

The uncased form: accents and case go, every sign of punctuation and every Chinese character
is a word of its own, and a word is cut into the longest pieces that the vocabulary has.
Devlin et al., "BERT", 2019; the rules are those of ``tokenization.py`` beside the paper.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, islice

MOST_TOKENS = 128  # what the sentence model was trained with, marks included

_MOST_CHARACTERS = 10_000  # of a text that are looked at: far more than fill the tokens
_LONGEST_WORD = 100  # a longer one is unknown
_WORDS_KEPT = 1 << 16
_UNSPACED = (  # the blocks of CJK ideographs
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF), (0x2A700, 0x2CEAF), (0x2F800, 0x2FA1F),
)  # fmt: skip
_ASCII_PUNCTUATION = frozenset(map(ord, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))


class WordPiece:
    """Turns texts into numbers of the vocabulary.

    Args:
        vocabulary: the pieces, by their number; a piece that continues a word begins
            with ``##``.
        limit: the most numbers for one text, marks included.

    Raises:
        KeyError: the vocabulary lacks one of its marks.
    """

    def __init__(self, vocabulary: Iterable[str], *, limit: int = MOST_TOKENS) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._begin, self._end, self._unknown = (
            self._numbers[mark] for mark in ("[CLS]", "[SEP]", "[UNK]")
        )
        self._room = limit - 2
        self._spaced = _Spaced()
        self._pieces = lru_cache(maxsize=_WORDS_KEPT)(self._cut)

    def numbers(self, text: str) -> list[int]:
        """Return the numbers of a text, two at least and never more than the limit."""
        apart = unicodedata.normalize("NFD", text[:_MOST_CHARACTERS])
        words = apart.translate(self._spaced).split()
        pieces = chain.from_iterable(map(self._pieces, words))
        return [self._begin, *islice(pieces, self._room), self._end]

    def _cut(self, word: str) -> tuple[int, ...]:
        """Cut a word into the longest pieces there are, from its start on."""
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(len(word), start, -1):
                if (number := self._numbers.get(mark + word[start:end])) is not None:
                    found.append(number)
                    start = end
                    break
            else:
                return (self._unknown,)
        return tuple(found)


class _Spaced(dict[int, str]):
    """What each character becomes, worked out when it first occurs."""

    def __missing__(self, code: int) -> str:
        self[code] = _spaced(code)
        return self[code]


def _spaced(code: int) -> str:
    """Return a character in lower case, between blanks when it is a word of its own."""
    character = chr(code)
    category = unicodedata.category(character)
    if character.isspace():
        return " "
    if category[0] == "C" or category == "Mn" or character == "\N{REPLACEMENT CHARACTER}":
        return ""
    is_alone = category[0] == "P" or code in _ASCII_PUNCTUATION
    if is_alone or any(first <= code <= last for first, last in _UNSPACED):
        return f" {character} "
    return character.lower()
