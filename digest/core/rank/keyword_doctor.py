"""The keyword doctor: which of a reader's keywords do not work as they may have been meant.

Each keyword is looked at against recent papers, and gets one remark at most: the first that
applies of ``Ailment``. Below ``FEWEST`` papers nothing is said that hangs on how many hit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from digest.core.rank.index import TextIndex
from digest.core.rank.lexical import score_terms
from digest.core.rank.occurrences import find
from digest.core.rank.pool import Pool
from digest.core.rank.spelling import suggestion
from digest.core.rank.terms import Form, Term, Word, keyword_term, phrase
from digest.core.subscriber import Interests, Keyword, TextField

FEWEST = 50
BROAD = 0.25  # the share of the papers from which on a keyword tells them apart no more
_STRAY = re.compile(r"(?<![\w+#*])\*|\*\w")  # a star that stands at no word's end
_ENOUGH = 3  # hits that show that two keywords, or a keyword and an exclusion, go together


class Ailment(StrEnum):
    """What may be wrong with a keyword."""

    SAYS_NOTHING = "says-nothing"
    STRAY_STAR = "stray-star"
    DUPLICATE = "duplicate"
    EXCLUDED = "excluded"
    MISSPELT = "misspelt"
    NEVER_HIT = "never-hit"
    TOO_BROAD = "too-broad"
    COVERED = "covered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is wrong with a keyword.

    Attributes:
        keyword: the keyword, as the reader typed it.
        ailment: what, for scripts.
        line: the same for people, one line that names the keyword.
    """

    keyword: str
    ailment: Ailment
    line: str


@dataclass(frozen=True, slots=True)
class _Case:
    """A keyword with what the papers say of it; ``papers`` have all of its words together."""

    keyword: Keyword
    term: Term
    papers: frozenset[int]
    draws: bool

    @property
    def name(self) -> str:
        return f'"{self.keyword.term.strip()}"'


@dataclass(frozen=True, slots=True)
class _Ward:
    """What a keyword is judged by.

    Attributes:
        index: the words of the papers.
        papers: how many there are.
        cases: all keywords of the reader.
        excluded: what the reader excludes, each with the papers that it keeps out.
    """

    index: TextIndex
    papers: int
    cases: Sequence[_Case]
    excluded: Sequence[tuple[str, frozenset[int]]]


def examine(pool: Pool, interests: Interests) -> tuple[Remark, ...]:
    """Return remarks on a reader's keywords, in the order of the keywords."""
    ward = _Ward(
        pool.index,
        len(pool.papers),
        _cases(pool, interests.keywords),
        _excluded(pool, interests.exclude),
    )
    remarks: list[Remark] = []
    for number, case in enumerate(ward.cases):
        said = next(_said(ward, number, case), None)
        if said is not None:
            ailment, what = said
            line = f"{case.name} {what}"
            remarks.append(Remark(keyword=case.keyword.term, ailment=ailment, line=line))
    return tuple(remarks)


def _said(ward: _Ward, number: int, case: _Case) -> Iterator[tuple[Ailment, str]]:
    """Yield what is wrong with a keyword, the worst first."""
    if not case.term.words:
        yield Ailment.SAYS_NOTHING, "has no word that says something"
    if _STRAY.search(case.keyword.term):
        read = " ".join(case.term.spelled)
        yield Ailment.STRAY_STAR, f'is read as "{read}": a star counts at a word\'s end only'
    for other in ward.cases[:number]:
        if _is_same(ward.index, other, case):
            yield Ailment.DUPLICATE, f"says the same as {other.name}"
    for text, barred in ward.excluded:
        if _is_barred(case, text, barred):
            said = f'is in vain: what has it is kept out by exclude "{text}"'
            yield Ailment.EXCLUDED, said
    if ward.papers >= FEWEST:
        yield from _unknown(ward, case)
        if case.keyword.weight > 0:
            yield from _useless(ward, number, case)


def _unknown(ward: _Ward, case: _Case) -> Iterator[tuple[Ailment, str]]:
    if meant := _meant(ward.index, case):
        said = f'is in none of {ward.papers} recent papers; did you mean "{meant}"?'
        yield Ailment.MISSPELT, said
    if not case.draws:
        yield Ailment.NEVER_HIT, f"hits none of {ward.papers} recent papers"


def _useless(ward: _Ward, number: int, case: _Case) -> Iterator[tuple[Ailment, str]]:
    share = len(case.papers) / ward.papers
    if share >= BROAD:
        yield Ailment.TOO_BROAD, f"is too broad: it hits {share:.0%} of {ward.papers} papers"
    for other in ward.cases:
        if other is not case and _is_within(ward.index, case, other):
            yield Ailment.COVERED, f"is covered by {other.name}, which hits the same and more"
    for other in ward.cases[:number]:
        draws = other.keyword.weight > 0 and len(case.papers) >= _ENOUGH
        if draws and other.papers == case.papers:
            said = f"hits the same {len(case.papers)} papers as {other.name}"
            yield Ailment.COVERED, said


def _cases(pool: Pool, keywords: Sequence[Keyword]) -> list[_Case]:
    terms = [keyword_term(keyword.term, keyword.field) for keyword in keywords]
    drawing = _drawing(pool, [term for term in terms if term.words])
    together = _papers_with(pool, terms)
    return [
        _Case(keyword, term, together[number], term in drawing)
        for number, (keyword, term) in enumerate(zip(keywords, terms, strict=True))
    ]


def _drawing(pool: Pool, terms: Sequence[Term]) -> set[Term]:
    """Return the terms that any paper matches, if only in part."""
    if not terms or not pool.papers:
        return set()
    scores = score_terms(pool.index, terms, papers=len(pool.papers)).scores
    return {term for term, hits in zip(terms, np.diff(scores.indptr), strict=True) if hits}


def _papers_with(pool: Pool, terms: Sequence[Term]) -> list[frozenset[int]]:
    """Return, for each term, the papers in which its words stand side by side."""
    size = max(pool.index.size, 1)
    distinct = {term.words: None for term in terms if term.words}
    numbers = {words: number for number, words in enumerate(distinct)}
    found = find(pool.index, pool.index.content, tuple(distinct))
    papers: list[frozenset[int]] = []
    for term in terms:
        here = found.keys // size == numbers.get(term.words, -1)
        if term.field is TextField.TITLE:
            here &= found.in_title > 0
        if term.field is TextField.ABSTRACT:
            here &= found.in_abstract > 0
        papers.append(frozenset((found.keys[here] % size).tolist()))
    return papers


def _excluded(pool: Pool, exclude: Sequence[str]) -> list[tuple[str, frozenset[int]]]:
    """Return each exclusion, and the papers that it keeps out."""
    size = max(pool.index.size, 1)
    phrases = {text.strip(): phrase(text) for text in exclude if phrase(text)}
    distinct = {words: number for number, words in enumerate(dict.fromkeys(phrases.values()))}
    found = find(pool.index, pool.index.full, tuple(distinct))
    return [
        (text, frozenset((found.keys[found.keys // size == distinct[words]] % size).tolist()))
        for text, words in phrases.items()
    ]


def _is_barred(case: _Case, text: str, barred: frozenset[int]) -> bool:
    words = phrase(case.keyword.term)
    return case.keyword.weight > 0 and (
        _stands_in(phrase(text), words) or (len(case.papers) >= _ENOUGH and case.papers <= barred)
    )


def _stands_in(inner: tuple[Word, ...], outer: tuple[Word, ...]) -> bool:
    places = range(len(outer) - len(inner) + 1)
    return any(outer[place : place + len(inner)] == inner for place in places)


def _is_same(index: TextIndex, one: _Case, other: _Case) -> bool:
    if one.term.field is not other.term.field or len(one.term.words) != len(other.term.words):
        return False
    pairs = zip(one.term.words, other.term.words, strict=True)
    return all(_means(index, a, b) and _means(index, b, a) for a, b in pairs)


def _is_within(index: TextIndex, case: _Case, wider: _Case) -> bool:
    """Tell whether whatever has a keyword has a wider one, which counts no less, too."""
    inner, outer = wider.term.words, case.term.words
    if not 0 < len(inner) <= len(outer) or wider.keyword.weight < case.keyword.weight:
        return False
    if wider.term.field not in {None, case.term.field} or _is_same(index, case, wider):
        return False
    return any(
        all(_means(index, a, b) for a, b in zip(inner, outer[place:], strict=False))
        for place in range(len(outer) - len(inner) + 1)
    )


def _means(index: TextIndex, wide: Word, narrow: Word) -> bool:
    """Tell whether each word of the papers that ``narrow`` means is meant by ``wide``, too."""
    if wide == narrow:
        return True
    if wide.form is Form.PREFIX and narrow.text.startswith(wide.text):
        return True
    meant = index.numbers_of(narrow)
    return bool(meant) and set(meant) <= set(index.numbers_of(wide))


def _meant(index: TextIndex, case: _Case) -> str:
    """Return a keyword with words that the papers have in place of misspelt ones, or ""."""
    suggested = [suggestion(index, word) for word in case.term.words]
    if not any(suggested):
        return ""
    pairs = zip(case.term.spelled, suggested, strict=True)
    return " ".join(better or spelled for spelled, better in pairs)
