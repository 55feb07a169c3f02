"""The pool: papers prepared once, for all readers that will be ranked against them."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from digest.core.paper import Paper
from digest.core.rank.index import TextIndex
from digest.core.rank.likeness import Likeness
from digest.core.rank.matrices import Floats, Ints
from digest.core.rank.meanings import Space
from digest.core.rank.names import Authors
from digest.core.rank.neighbours import Neighbourhood
from digest.core.rank.signals import esteem
from digest.core.rank.twins import twins_of

MOST_PAPERS = 1 << 20  # what the packed sorting keys have room for


class Pool:
    """Papers to rank, and what is known about words from them and from others.

    Attributes:
        papers: the papers to rank, in the order that breaks ties.
        index: their words, and those of the background.
        esteem: per paper, the community's interest in [0, 1).
        number_of: the number of the paper with an id.
        space: the papers by their meaning; None when their vectors are not known.
    """

    def __init__(
        self,
        papers: Sequence[Paper],
        *,
        background: Sequence[Paper] = (),
        vectors: Floats | None = None,
    ) -> None:
        """Prepare papers.

        Args:
            papers: the papers to rank.
            background: other papers, to know better which words are rare.
            vectors: what ``text_of`` each paper means, papers x size, each of length one;
                zeros where it is not known.

        Raises:
            ValueError: there are more papers than the ranking has room for.
        """
        if len(papers) >= MOST_PAPERS:
            raise ValueError(f"{len(papers)} papers, at most {MOST_PAPERS - 1} can be ranked")
        self.papers = tuple(papers)
        texts = ((paper.title, paper.abstract) for paper in (*papers, *background))
        self.index = TextIndex(texts)
        self.esteem: Floats = np.array([esteem(paper.signals) for paper in papers], np.float32)
        self.space = None if vectors is None else Space(vectors)
        self.number_of = {paper.id: number for number, paper in enumerate(self.papers)}

    @cached_property
    def authors(self) -> Authors:
        """Who wrote the papers."""
        return Authors([paper.authors for paper in self.papers])

    @cached_property
    def likeness(self) -> Likeness:
        """The papers as vectors, made when the first reader has liked papers."""
        return Likeness(self.index, self.neighbourhood, len(self.papers))

    @cached_property
    def neighbourhood(self) -> Neighbourhood:
        """Which papers are most alike, found out when the first reader has terms."""
        return Neighbourhood.by_words(self.index, len(self.papers))

    @cached_property
    def twins(self) -> Ints:
        """Per paper, the number of the first paper that is the same work."""
        return twins_of(self.papers, self.index, self.neighbourhood)
