"""Leads: which of a reader's interests earned a paper most of its points."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from digest.core.rank.block import Block
from digest.core.rank.matrices import Floats, Ints

_MOST = 0.5  # of a paper's points


class Earner(Protocol):
    """A part of the points that knows what each wish brought."""

    def earned(self, readers: Ints, wishes: Ints, papers: Ints) -> Floats:
        """Return, for each reader, wish and paper, the points that the wish brings it."""
        ...


class Leads:
    """The leading interests of readers and papers.

    Args:
        asked: readers x wishes, sparse: who asks for what.
        earners: the parts whose points go by these wishes.
    """

    def __init__(self, asked: Any, earners: Sequence[Earner]) -> None:
        self._asked = asked
        self._earners = earners

    def of(self, block: Block) -> Ints:
        """Return, for each entry, the wish that earned most of its points; -1 where none did.

        A step looks at one wish of every reader, so that memory stays that of the entries.
        """
        readers = block.rows + block.readers.start
        starts = self._asked.indptr[readers]
        counts = self._asked.indptr[readers + 1] - starts
        lead = np.full(len(readers), -1)
        most = np.zeros(len(readers), np.float32)
        for place in range(int(counts.max(initial=0)) if self._earners else 0):
            having = np.flatnonzero(counts > place)
            wishes = self._asked.indices[starts[having] + place].astype(np.int64)
            points = np.zeros(len(having), np.float32)
            for part in self._earners:
                points += part.earned(readers[having], wishes, block.papers[having])
            better = points > most[having]
            most[having[better]] = points[better]
            lead[having[better]] = wishes[better]
        lead[most < _MOST * block.points] = -1
        return lead
