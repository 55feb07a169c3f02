"""Meanings: texts as vectors of a sentence model, and how near papers are to them.

The core is given the vectors and never asks who made them; ``text_of`` and ``said_by`` say
which texts it wants them of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from digest.core.negation import split_wish
from digest.core.paper import Paper, PaperId
from digest.core.rank.matrices import Flags, Floats
from digest.core.rank.neighbours import Neighbourhood
from digest.core.rank.view import DOUBT, View, unit
from digest.core.subscriber import Interests

NEAR = 0.3  # to a phrase, of a paper that is a match by it: one in thirty
LIKED_NEAR = 0.25  # to a liked paper, which is as long as the other


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
    apart is where they lie around their mean, and cosines taken from there mean the same to
    every reader. The direction in which they differ most tells broad fields apart; it is left
    out, too, where that says little (both: Mu and Viswanath, "All-but-the-top", ICLR 2018).

    Args:
        vectors: papers x size; a row of zeros where none is known.
    """

    def __init__(self, vectors: Floats) -> None:
        known: Flags = np.any(vectors != 0, axis=1)
        self._known = np.count_nonzero(known)
        self._middle = vectors[known].sum(axis=0) / (self._known + DOUBT)
        self._papers = self._seen(vectors)

    @cached_property
    def whole(self) -> View:
        """The papers from their middle: a liked paper's broad field is liked as well."""
        return View(self._papers, self._neighbourhood, self._seen)

    @cached_property
    def apart(self) -> View:
        """The papers apart from their main direction, too, for the few words of a phrase.

        They lie far out on one side or the other of it, for no more than their broad field.
        """
        main = _main_direction(self._papers)
        believed = main * np.float32(self._known / (self._known + DOUBT))

        def off_main(seen: Floats) -> Floats:
            return unit(seen - (seen @ main)[:, None] * believed)

        return View(
            off_main(self._papers),
            self._neighbourhood,
            lambda vectors: off_main(self._seen(vectors)),
        )

    @cached_property
    def _neighbourhood(self) -> Neighbourhood:
        return Neighbourhood.by_meaning(self._papers)

    def _seen(self, vectors: Floats) -> Floats:
        """Return vectors as seen from the middle, each of length one; unknown ones stay zero."""
        known: Flags = np.any(vectors != 0, axis=1)
        return unit(np.where(known[:, None], vectors - self._middle, np.float32(0)))


def _main_direction(papers: Floats) -> Floats:
    """Return the direction of length one along which papers differ most.

    Args:
        papers: papers x size, around zero.
    """
    _, directions = np.linalg.eigh((papers.T @ papers).astype(np.float64))
    main: Floats = directions[:, -1].astype(np.float32)
    return main
