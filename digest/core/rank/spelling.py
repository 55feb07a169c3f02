"""Spelling: the word of the papers that a reader may have meant by one that no paper has."""

from digest.core.rank.index import TextIndex
from digest.core.rank.terms import Form, Word

_SHORTEST = 5  # letters; shorter words have too many neighbours
_LONG = 8  # letters from which on two mistakes are likely to be mistakes
_LEAST = 3  # times that the papers have a word worth suggesting


def suggestion(index: TextIndex, word: Word) -> str:
    """Return the nearest word of the texts, or "" when the word is there or none is near.

    Near is one mistake, or two in a long word; of equally near words the most frequent one.
    The first letter has to agree: it is seldom mistyped (Pollock and Zamora, "Collection and
    Characterization of Spelling Errors in Scientific and Scholarly Text", 1983).
    """
    text = word.text
    if word.form is not Form.STEM or len(text) < _SHORTEST or not text.isalpha():
        return ""
    if index.numbers_of(word):
        return ""
    most = 2 if len(text) >= _LONG else 1
    near = [
        (distance, -often, known)
        for known, often in index.counted_from(text[0]).items()
        if often >= _LEAST and known.isalpha() and abs(len(known) - len(text)) <= most
        if (distance := mistakes(text, known)) <= most
    ]
    return min(near)[2] if near else ""


def mistakes(one: str, other: str) -> int:
    """Return how many letters were added, left out, mistaken or swapped with their neighbour.

    The optimal string alignment distance (Damerau, 1964; Levenshtein, 1966).
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        before, last, row = row, before, [place]
        for column, wanted in enumerate(other, start=1):
            cost = min(
                before[column] + 1, row[column - 1] + 1, before[column - 1] + (letter != wanted)
            )
            if place > 1 < column and letter == other[column - 2] and one[place - 2] == wanted:
                cost = min(cost, last[column - 2] + 1)
            row.append(cost)
    return row[-1]
