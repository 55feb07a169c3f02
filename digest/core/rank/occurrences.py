"""Occurrences: where many phrases stand in many texts, all found in one sweep.

The phrases form a tree of words. Each position of the texts walks down it together with
all others, one word a step, so the cost hangs on the texts and hardly on the phrases.
"""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from scipy import sparse

from digest.core.rank.index import Sequence, TextIndex
from digest.core.rank.lists import Lists, lengths, numbered
from digest.core.rank.matrices import Ints
from digest.core.rank.terms import Word


@dataclass(frozen=True, slots=True)
class Occurrences:
    """How often each phrase stands in each text, as parallel arrays sorted by key.

    Attributes:
        keys: phrase times the number of texts, plus text.
        in_title: occurrences in the title.
        in_abstract: occurrences in the abstract.
    """

    keys: Ints
    in_title: Ints
    in_abstract: Ints

    def presence(self, *, phrases: int, size: int, texts: int) -> Any:
        """Return phrases x texts, sparse: one where a phrase stands in a text.

        Args:
            phrases: how many phrases were looked for.
            size: how many texts were searched.
            texts: how many of them, from the first, are wanted.
        """
        phrase, text = np.divmod(self.keys, max(size, 1))
        wanted = text < texts
        ones = np.ones(int(wanted.sum()), np.float32)
        place = (phrase[wanted], text[wanted])
        return sparse.csr_array((ones, place), shape=(phrases, texts))

    def together(self, groups: Lists, size: int) -> "Occurrences":
        """Return the occurrences of groups of phrases, each group taken for one phrase.

        Args:
            groups: the numbers of the phrases of each group.
            size: how many texts were searched.
        """
        phrases = np.arange(int(groups.values.max(initial=-1)) + 2)
        counts = np.diff(np.searchsorted(self.keys, phrases * size))
        found = Lists(np.arange(len(self.keys)), counts).of(groups.values)
        place = found.values
        keys = groups.rows[found.rows] * size + self.keys[place] % max(size, 1)
        distinct, where = np.unique(keys, return_inverse=True)
        in_title = np.bincount(where, self.in_title[place], len(distinct)).astype(np.int64)
        in_abstract = np.bincount(where, self.in_abstract[place], len(distinct)).astype(np.int64)
        return Occurrences(distinct, in_title, in_abstract)

    def at(self, keys: Ints) -> tuple[Ints, Ints]:
        """Return the occurrences (in title, in abstract) for each of these keys."""
        if not len(self.keys):
            return np.zeros_like(keys), np.zeros_like(keys)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found = self.keys[place] == keys
        return self.in_title[place] * found, self.in_abstract[place] * found


@dataclass(frozen=True, slots=True)
class _Tree:
    """Phrases as a tree of words.

    Attributes:
        edges: node times words plus word, sorted; the first one leads to node 1, and so on. The
            root is 0.
        phrase_at: the phrase that ends at each node, or -1.
        words: the distinct words.
    """

    edges: Ints
    phrase_at: Ints
    words: tuple[Word, ...]


def find(index: TextIndex, sequence: Sequence, phrases: Many[tuple[Word, ...]]) -> Occurrences:
    """Find every occurrence of distinct, non-empty phrases in a sequence of the index."""
    tree = _tree(phrases)
    meant = _Meant(index, sequence, tree.words)
    phrase, cell = _walk(tree, meant, sequence.cells)
    return _counted(phrase, cell, index.size)


class _Meant:
    """Which words of the phrases each position of a sequence can stand for."""

    def __init__(self, index: TextIndex, sequence: Sequence, words: tuple[Word, ...]) -> None:
        numbers = [index.numbers_of(word) for word in words]
        word = np.repeat(np.arange(len(words)), [len(each) for each in numbers])
        number = np.fromiter((n for each in numbers for n in each), np.int64, len(word))
        order = np.argsort(number, kind="stable")
        self._words = Lists(word[order], np.bincount(number, minlength=index.word_count))
        self._tokens = sequence.tokens

    def at(self, positions: Ints) -> tuple[Ints, Ints]:
        """Return pairs: the number of a position in ``positions``, a word it stands for."""
        meant = self._words.of(self._tokens[positions])
        return meant.rows, meant.values


def _tree(phrases: Many[tuple[Word, ...]]) -> _Tree:
    """Grow the tree by one word of all phrases a step; so nodes come in the order of edges."""
    words, spelled = numbered(chain.from_iterable(phrases))
    own = Lists(spelled, lengths(phrases))
    growing, nodes = np.arange(len(phrases)), np.zeros(len(phrases), np.int64)
    edges, phrase_at, length = [np.zeros(0, np.int64)], np.full(len(spelled) + 1, -1), 0
    while len(growing):
        edge = nodes * len(words) + spelled[own.starts[growing] + length]
        new, which = np.unique(edge, return_inverse=True)
        nodes = sum(map(len, edges)) + 1 + which
        edges.append(new)
        length += 1
        grown = own.counts[growing] == length
        phrase_at[nodes[grown]] = growing[grown]
        growing, nodes = growing[~grown], nodes[~grown]
    return _Tree(np.concatenate(edges), phrase_at, words)


def _walk(tree: _Tree, meant: _Meant, cells: Ints) -> tuple[Ints, Ints]:
    positions = np.arange(len(cells))
    nodes = np.zeros_like(positions)
    phrases, places = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    while len(positions) and len(tree.edges):
        which, word = meant.at(positions)
        edge = nodes[which] * len(tree.words) + word
        place = np.minimum(np.searchsorted(tree.edges, edge), len(tree.edges) - 1)
        on = tree.edges[place] == edge
        positions, nodes = positions[which[on]], place[on] + 1
        phrase = tree.phrase_at[nodes]
        phrases.append(phrase[phrase >= 0])
        places.append(cells[positions[phrase >= 0]])
        positions = positions + 1  # the last position is a border, where no word goes on
    return np.concatenate(phrases), np.concatenate(places)


def _counted(phrase: Ints, cell: Ints, size: int) -> Occurrences:
    spots, counts = np.unique(phrase * (2 * size) + cell, return_counts=True)
    keys, where = np.unique(spots >> 1, return_inverse=True)
    in_title = np.bincount(where, counts * (spots & 1), len(keys)).astype(np.int64)
    totals = np.bincount(where, counts, len(keys)).astype(np.int64)
    return Occurrences(keys, in_title, totals - in_title)
