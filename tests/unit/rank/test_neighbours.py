"""Papers that are alike vouch for each other."""

import numpy as np
from scipy import sparse

from digest.core.rank.index import TextIndex
from digest.core.rank.neighbours import Neighbourhood

_TEXTS = [
    ("Dense retrieval of passages", "We train dense encoders for passage retrieval."),
    ("Encoders for passage retrieval", "Dense encoders retrieve passages better."),
    ("Growing tomatoes in spring", "Soil, water and light decide the harvest of tomatoes."),
    ("Tomatoes and water", "How much water tomatoes need in spring soil."),
]


def _neighbourhood(texts):
    return Neighbourhood.by_words(TextIndex(texts), len(texts))


def _vouched(scores, *, beyond=0.0, texts=_TEXTS):
    matrix = sparse.csr_array(np.array([scores], np.float32))
    return _neighbourhood(texts).vouched(matrix, beyond=beyond).toarray()[0]


def test_of_two_equal_matches_the_one_among_matches_comes_first():
    scores = _vouched([1, 0.8, 1, 0])
    assert scores[0] > scores[2]


def test_a_paper_that_does_not_match_stays_out_unless_it_is_asked_for():
    assert _vouched([1, 0, 0, 0])[1] == 0
    faint = _vouched([1, 0, 0, 0], beyond=0.5)[1]
    assert 0 < faint < _vouched([1, 0, 0, 0], beyond=1.0)[1]


def test_a_paper_alone_keeps_its_own_say():
    assert _vouched([1], texts=_TEXTS[:1]).tolist() == [1]


def test_papers_without_words_have_no_neighbours_and_disturb_nobody():
    scores = _vouched([1, 1, 1], texts=[("", ""), ("the of and", ""), _TEXTS[0]])
    assert np.isfinite(scores).all()


def test_no_papers_at_all_are_no_trouble():
    none = sparse.csr_array((1, 0), dtype=np.float32)
    assert _neighbourhood([]).vouched(none).shape == (1, 0)
