"""Categories that nobody has heard of."""

from digest.core.rank import unheard_of

PAPERS = [("cs.IR",), ("q-bio.NC", "Neuroscience")]


def test_what_arxiv_or_a_paper_has_is_heard_of():
    assert unheard_of(["cs.LG", "CS.ir", "math.*", "stat", "neuroscience", "cmp-lg"], PAPERS) == []


def test_what_neither_has_is_named_with_what_may_be_meant():
    assert unheard_of(["nonsense cat", "cs.IR", "csCL", "Physiology"], PAPERS) == [
        '"nonsense cat" is no category of arXiv, nor of any recent paper.',
        '"csCL" is no category of arXiv, nor of any recent paper; did you mean "cs.CL"?',
        '"Physiology" is no category of arXiv, nor of any recent paper.',
    ]
    assert unheard_of([""], []) == ['"" is no category of arXiv, nor of any recent paper.']
