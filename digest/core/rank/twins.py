"""Twins: papers that are the same work, told twice under two ids.

Their titles are the same, or nearly all their words are (a version sent in again, the
extended version of a workshop paper) and they share an author; where the authors are not
known, most words of the title.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from digest.core.paper import Paper
from digest.core.rank.index import TextIndex
from digest.core.rank.matrices import Ints
from digest.core.rank.names import name_of
from digest.core.rank.neighbours import Neighbourhood
from digest.core.rank.words import plain

# Cosine of the words from which two texts are one: among 3,692 papers of nine days of arXiv,
# of which no two are the same, the highest is 0.70.
_SAME = 0.8
_SAME_TITLE = 0.5  # of the words of two titles
_LONG = 40  # words that a text must have to be told by them; a title's count twice


def twins_of(papers: tuple[Paper, ...], index: TextIndex, neighbourhood: Neighbourhood) -> Ints:
    """Return, for each paper, the number of the first paper that is the same work."""
    titles = _same_title(papers)
    long = index.lengths[: len(papers)] >= _LONG
    pairs = [
        pair
        for pair in neighbourhood.alike(least=_SAME)
        if long[list(pair)].all() and _may_be_one(papers[pair[0]], papers[pair[1]])
    ]
    if not pairs:
        return titles
    numbers = np.arange(len(papers))
    one, other = np.array(pairs, np.int64).T
    rows, columns = np.concatenate([numbers, one]), np.concatenate([titles, other])
    links = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(papers),) * 2)
    _, works = connected_components(links, directed=False)
    _, first, which = np.unique(works, return_index=True, return_inverse=True)
    twins: Ints = first[which].astype(np.int64)
    return twins


def _same_title(papers: tuple[Paper, ...]) -> Ints:
    first: dict[str, int] = {}
    titles = (plain(paper.title) or str(paper.id) for paper in papers)
    numbers = (first.setdefault(title, number) for number, title in enumerate(titles))
    return np.fromiter(numbers, np.int64, len(papers))


def _may_be_one(one: Paper, other: Paper) -> bool:
    """Tell whether authors, or titles where these are not known, speak for one work."""
    if not one.authors or not other.authors:
        return _alike(set(plain(one.title).split()), set(plain(other.title).split()))
    families = {name_of(author).family for author in one.authors}
    return not families.isdisjoint(name_of(author).family for author in other.authors)


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= _SAME_TITLE * len(one | other)
