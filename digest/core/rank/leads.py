"""Leads: which of a reader's interests earned a paper most of its points."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from digest.core.rank.block import Block
from digest.core.rank.matrices import Ints
from digest.core.rank.product import Product

_MOST = 0.5  # of a paper's points


class Leads:
    """The leading interests of readers and papers.

    Args:
        asked: readers x wishes, sparse: who asks for what.
        products: the parts of the points that go by these wishes.
    """

    def __init__(self, asked: Any, products: Sequence[Product]) -> None:
        self._asked = asked
        self._products = products

    def of(self, block: Block) -> Ints:
        """Return, for each entry, the wish that earned most of its points; -1 where none did.

        A step looks at one wish of every reader, so that memory stays that of a block.
        """
        own, rows = np.unique(block.rows, return_inverse=True)
        readers = own + block.readers.start
        starts = self._asked.indptr[readers]
        counts = self._asked.indptr[readers + 1] - starts
        lead = np.full(len(rows), -1)
        most = np.zeros(len(rows), np.float32)
        for place in range(int(counts.max(initial=0)) if self._products else 0):
            having = np.flatnonzero(counts > place)
            wishes = self._asked.indices[starts[having] + place]
            at = np.full(len(readers), -1)
            at[having] = np.arange(len(having))
            entries = np.flatnonzero(at[rows] >= 0)
            where = at[rows[entries]], block.papers[entries]
            points = np.zeros(len(entries), np.float32)
            for product in self._products:
                points += product.of_one(readers[having], wishes, *where)
            better = points > most[entries]
            most[entries[better]] = points[better]
            lead[entries[better]] = wishes[where[0][better]]
        lead[most < _MOST * block.points] = -1
        return lead
