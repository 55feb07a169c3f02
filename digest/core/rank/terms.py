"""Terms: a reader's keyword, excluded phrase or sentence, read into words to look for."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from digest.core.rank.chatter import CHATTER, without_turns
from digest.core.rank.words import STOP_WORDS, asked_words
from digest.core.subscriber import TextField

_SHORT = 3
_ACRONYM = re.compile(r"[A-Z][A-Z0-9]{1,5}")
_ACRONYMS = re.compile(r"[A-Z][A-Z0-9]{1,5}s")


class Form(StrEnum):
    """How a word of a term is compared with a word of a text; a string, for quick hashing."""

    STEM = "inflected forms count"
    EXACT = "only itself and its plural"
    PREFIX = "every word that begins so"


class Word(NamedTuple):
    """A word to look for; ``text`` is folded, and not yet stemmed."""

    form: Form
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Term:
    """Words to look for in a field; compares as itself, so it is a quick key.

    Attributes:
        words: the words that carry meaning, in order.
        spelled: the same words as the reader typed them.
        field: look only there; None looks in title and abstract.
        is_sentence: free words: their order and neighbourhood mean nothing.
    """

    words: tuple[Word, ...]
    spelled: tuple[str, ...]
    field: TextField | None = None
    is_sentence: bool = False


def keyword_term(text: str, field: TextField | None = None) -> Term:
    """Read a keyword: a word, a phrase, either with wildcards."""
    return _term(text, STOP_WORDS, field=field)


def sentence_term(text: str) -> Term:
    """Read an interest in free words; a word said twice counts twice."""
    return _term(without_turns(text), STOP_WORDS | CHATTER, is_sentence=True)


def phrase(text: str) -> tuple[Word, ...]:
    """Read words that must all occur, in this order and side by side; stop words count."""
    return tuple(word_of(typed, starred=starred) for typed, starred in asked_words(text))


def word_of(typed: str, *, starred: bool) -> Word:
    """Tell how a typed word wants to be compared."""
    text = typed.casefold()
    if starred:
        return Word(Form.PREFIX, text)
    has_capitals = typed != text
    if has_capitals and _ACRONYMS.fullmatch(typed):
        return Word(Form.EXACT, text.removesuffix("s"))
    if len(text) <= _SHORT or (has_capitals and _ACRONYM.fullmatch(typed)):
        return Word(Form.EXACT, text)
    return Word(Form.STEM, text)


def _term(
    text: str,
    ignored: frozenset[str],
    *,
    field: TextField | None = None,
    is_sentence: bool = False,
) -> Term:
    pairs = [
        (word_of(typed, starred=starred), typed + "*" * starred)
        for typed, starred in asked_words(text)
        if starred or typed.casefold() not in ignored
    ]
    return Term(
        words=tuple(word for word, _ in pairs),
        spelled=tuple(spelled for _, spelled in pairs),
        field=field,
        is_sentence=is_sentence,
    )
