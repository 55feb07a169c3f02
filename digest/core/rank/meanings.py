"""Meanings: texts as vectors of a sentence model, and how near papers are to them.

The core is given the vectors and never asks who made them; ``text_of`` and ``said_by`` say
which texts it wants them of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from digest.core.negation import split_wish
from digest.core.paper import Paper, PaperId
from digest.core.rank.matrices import Flags, Floats
from digest.core.rank.neighbours import Neighbourhood
from digest.core.subscriber import Interests

FLOOR = 0.15  # cosines below say nothing: papers at random differ by a tenth from each other
NEAR = 0.3  # to a phrase, of a paper that is a match by it: one in thirty
LIKED_NEAR = 0.25  # to a liked paper, which is as long as the other

_DOUBT = 20  # papers that must speak for a middle before it is believed by half
_LEADING = 5  # papers that stand for what is asked
_NEAR_WORTH = 2  # of a cosine of one above the floor, beside a clear match of words
_SAY = 0.5  # of the mean of a paper's nearest ones, beside the paper itself
_AT_ONCE = 1024  # texts to compare with all papers; bounds the memory


@dataclass(frozen=True, slots=True, eq=False)
class Meanings:
    """The vectors of what readers say and like, each of length one.

    Attributes:
        phrases: by the text, as ``said_by`` gives it.
        liked: by the paper's id.
    """

    phrases: Mapping[str, Floats]
    liked: Mapping[PaperId, Floats]


def text_of(paper: Paper) -> str:
    """Return what stands for a paper: its title, then its abstract."""
    return ". ".join(filter(None, (paper.title.strip(), paper.abstract.strip())))


def said_by(interests: Interests) -> Iterator[str]:
    """Yield the texts in which a reader tells what to find."""
    for keyword in interests.keywords:
        if keyword.weight > 0 and (said := bare(keyword.term)):
            yield said
    wanted, _ = split_wish(interests.text)
    if said := bare(wanted):
        yield said


def bare(text: str) -> str:
    """Return a keyword without its wildcards, which mean nothing to a sentence model."""
    return text.replace("*", "").strip()


class Space:
    """The papers of a pool, seen from their middle.

    Vectors of one field's papers all point roughly the same way. What tells the papers
    apart is where they lie around their mean ("all-but-the-top": Mu and Viswanath, 2018),
    and cosines taken from there mean the same to every reader.

    Args:
        vectors: papers x size; a row of zeros where none is known.

    Attributes:
        papers: papers x size, from the middle, each of length one (or zero).
    """

    def __init__(self, vectors: Floats) -> None:
        known: Flags = np.any(vectors != 0, axis=1)
        self._middle = vectors[known].sum(axis=0) / (np.count_nonzero(known) + _DOUBT)
        self.papers: Floats = self.seen(vectors)

    def seen(self, vectors: Floats) -> Floats:
        """Return vectors as seen from the middle, each of length one; unknown ones stay zero."""
        known: Flags = np.any(vectors != 0, axis=1)
        return unit(np.where(known[:, None], vectors - self._middle, np.float32(0)))

    def nearness(self, seen: Floats, *, least: float = FLOOR) -> Any:
        """Return by how much each cosine with each paper is above ``FLOOR``, sparse.

        Each paper's nearest ones have a say, as they have for words: see ``neighbours``.

        Args:
            seen: what is asked for, asked x size.
            least: leave out cosines below this.
        """
        rows = []
        for start in range(0, len(seen), _AT_ONCE):
            above = _above_floor(seen[start : start + _AT_ONCE] @ self.papers.T)
            heard = self._neighbourhood.blended(sparse.csr_array(above), say=_SAY).toarray()
            heard /= np.float32(1 + _SAY)
            heard[heard < least - FLOOR] = 0
            rows.append(sparse.csr_array(heard))
        return sparse.vstack(rows, format="csr")

    @cached_property
    def _neighbourhood(self) -> Neighbourhood:
        return Neighbourhood.by_meaning(self.papers)

    def drawn(self, seen: Floats, clearness: Any) -> Floats:
        """Return what is asked for, moved towards the papers that seem to answer it.

        A phrase of two words says little; the papers that have its words, or are near to it,
        say more of what is meant. They move it by how clearly they answer (Rocchio, "Relevance
        feedback in information retrieval", 1971, with the first papers taken for relevant).

        Args:
            seen: what is asked for, asked x size.
            clearness: how clearly each paper has its words, asked x papers, sparse.
        """
        drawn = np.empty_like(seen)
        leading = min(_LEADING, len(self.papers))
        for start in range(0, len(seen), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            near = _above_floor(seen[some] @ self.papers.T)
            answers = clearness[some].toarray() + _NEAR_WORTH * near
            leaders = np.argpartition(-answers, leading - 1, axis=1)[:, :leading]
            weights = np.take_along_axis(answers, leaders, axis=1) / _LEADING
            moved = np.einsum("al,als->as", weights, self.papers[leaders])
            drawn[some] = unit(seen[some] + moved.astype(np.float32))
        return drawn


def unit(vectors: Floats) -> Floats:
    """Return vectors of length one; those of no length stay as they are."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Floats = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled


def _above_floor(cosines: Floats) -> Floats:
    above: Floats = np.maximum(cosines - np.float32(FLOOR), np.float32(0))
    return above
