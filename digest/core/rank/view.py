"""Views: the papers of a pool as vectors, seen in one way, and what is near to them.

What readers ask for is seen in the same way before it is compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from digest.core.rank.matrices import Floats
from digest.core.rank.neighbours import Neighbourhood

FLOOR = 0.15  # cosines below say nothing: papers at random differ by a tenth from each other
DOUBT = 20  # papers that must speak for what they have in common before it is believed by half

_SPREAD = 0.11  # of the cosines of a phrase with all papers, as a rule
_LEADING = 5  # papers that stand for what is asked
_NEAR_WORTH = 3  # of a cosine of one above the floor, beside a clear match of words
_SAY = 0.5  # of the mean of a paper's nearest ones, beside the paper itself
_AT_ONCE = 1024  # texts to compare with all papers; bounds the memory


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The papers of a pool, seen in one way.

    Attributes:
        papers: papers x size, each of length one; zeros where nothing is known.
        neighbourhood: which papers are nearest to each other.
        seen: sees other vectors in the same way.
    """

    papers: Floats
    neighbourhood: Neighbourhood
    seen: Callable[[Floats], Floats]

    def nearness(self, seen: Floats, *, least: float = FLOOR) -> Any:
        """Return by how much each cosine with each paper is above ``FLOOR``, sparse.

        Each paper's nearest ones have a say, as they have for words: see ``neighbours``.

        Args:
            seen: what is asked for, asked x size.
            least: leave out cosines below this.
        """
        rows = []
        for start in range(0, len(seen), _AT_ONCE):
            above = self._above_floor(seen[start : start + _AT_ONCE])
            heard = self.neighbourhood.blended(sparse.csr_array(above), say=_SAY).toarray()
            heard /= np.float32(1 + _SAY)
            heard[heard < least - FLOOR] = 0
            rows.append(sparse.csr_array(heard))
        return sparse.vstack(rows, format="csr")

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
            near = self._above_floor(seen[some])
            answers = clearness[some].toarray() + _NEAR_WORTH * near
            leaders = np.argpartition(-answers, leading - 1, axis=1)[:, :leading]
            weights = np.take_along_axis(answers, leaders, axis=1) / _LEADING
            moved = np.einsum("al,als->as", weights, self.papers[leaders])
            drawn[some] = unit(seen[some] + moved.astype(np.float32))
        return drawn

    def _above_floor(self, seen: Floats) -> Floats:
        cosines = seen @ self.papers.T
        cosines *= _evening(cosines, int(np.any(self.papers != 0, axis=1).sum()))
        above: Floats = np.maximum(cosines - np.float32(FLOOR), np.float32(0))
        return above


def unit(vectors: Floats) -> Floats:
    """Return vectors of length one; those of no length stay as they are."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Floats = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled


def _evening(cosines: Floats, known: int) -> Floats:
    """Return what brings each row's cosines half way to the spread that they have as a rule.

    A broad phrase is somewhat near to half of all papers and far from the rest; a cosine of
    0.3 says more of one whose other cosines are about zero. Half way, since they are spread
    as well where many papers do answer.

    Args:
        cosines: asked x papers, around zero.
        known: how many of the papers are not zeros.
    """
    squares = np.einsum("ap,ap->a", cosines, cosines) + np.float32(DOUBT * _SPREAD**2)
    spreads = np.sqrt(squares / np.float32(known + DOUBT))
    evening: Floats = np.sqrt(np.float32(_SPREAD) / spreads)[:, None].astype(np.float32)
    return evening
